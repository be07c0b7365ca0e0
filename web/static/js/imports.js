// Imports: a file is dropped (or chosen) and sent as it is, with its progress shown.

import { errorText } from "./toast.js";

const zone = document.querySelector("[data-upload]");
const MOST_BYTES = 50 * 1024 * 1024;

if (zone) {
  const input = zone.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files.length && send(input.files[0]));
  zone.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      if (name === "drop" || !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
    });
  }
  zone.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (file) send(file);
  });
}

function fail(text) {
  const line = zone.querySelector("[data-failure]");
  line.textContent = text;
  line.hidden = false;
  zone.querySelector(".drop-progress").hidden = true;
}

function send(file) {
  zone.querySelector("[data-failure]").hidden = true;
  if (file.size > MOST_BYTES) return fail(zone.dataset.tooLarge);
  const shown = zone.querySelector(".drop-progress");
  const bar = shown.querySelector("progress");
  const said = shown.querySelector("[data-said]");
  shown.hidden = false;
  said.textContent = file.name;
  // Not fetch: only this one tells how much of the body was sent.
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.total ? (100 * event.loaded) / event.total : 0;
    if (event.loaded === event.total) {
      bar.removeAttribute("value");
      said.textContent = zone.dataset.reading;
    }
  });
  request.addEventListener("load", () => {
    if (request.status === 201) location.assign(JSON.parse(request.responseText).location);
    else if (request.status === 401) location.assign("/login");
    else fail(request.status === 413 ? zone.dataset.tooLarge : errorText(request.responseText));
  });
  request.addEventListener("error", () => fail(errorText("")));
  request.open("POST", `${zone.dataset.upload}?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
}

for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const column of document.querySelectorAll(".import-column")) {
  const select = column.querySelector("select");
  select.addEventListener("change", () => column.classList.toggle("is-left-out", !select.value));
}

// The work is over: the page shows what came of it.
document.addEventListener("htmx:after:request", (event) => {
  if (event.target.id === "import-state" && event.detail.ctx?.response?.status === 204) location.reload();
});
