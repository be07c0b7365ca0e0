// Comments, mentions, files: what the panels of a client or a deal do by themselves. Loaded once per page that has them.

import { startMentions } from "./mentions.js";
import { errorText, post, say, words } from "./toast.js";

const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

// While a comment is edited, or a file's name, its panel is not put anew: what was typed would be lost.
document.addEventListener("htmx:before:request", (event) => {
  const panel = event.detail.ctx.sourceElement;
  if (panel?.matches?.("[data-keeps-edits]") && panel.querySelector("[data-editing], details.file-edit[open]")) event.preventDefault();
});

// A panel that does not come says so, and can be asked for again.
document.addEventListener("htmx:after:request", (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const line = sourceElement?.querySelector?.(":scope > .loading");
  if (!line || (response && response.status < 400)) return;
  const said = document.getElementById("history-words").dataset;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-sm";
  again.textContent = said.again;
  again.addEventListener("click", () => location.reload());
  line.replaceChildren(`${said.failed} `, again);
});

async function sendComment(form) {
  const field = form.elements.namedItem("text");
  const failure = form.querySelector("[data-comment-failure]");
  const button = form.querySelector("button:not([type=button])");
  button.disabled = true;
  try {
    await post(form.getAttribute("action"), { text: field.value });
    failure.hidden = true;
    field.value = "";
    if (form.matches("[data-editing]")) form.remove();
    tell("slovo:comment");
  } catch (error) {
    failure.textContent = error.message;
    failure.hidden = false;
  } finally {
    button.disabled = false;
  }
}

async function sendForm(form) {
  try {
    await post(form.dataset.postForm, Object.fromEntries(new FormData(form)));
    const open = form.closest("details[open]");
    if (open) open.open = false;
    tell(form.dataset.then);
  } catch (error) {
    say(error.message, { bad: true });
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-comment-form], [data-post-form]")) return;
  event.preventDefault();
  if (form.matches("[data-comment-form]")) sendComment(form);
  else sendForm(form);
});

// Ctrl+Enter sends a comment, Escape leaves off editing.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-comment-form]");
  if (!form || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.key === "Escape" && form.matches("[data-editing]")) {
    form.remove();
    tell("slovo:comment");
  }
});

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-cancel-edit]")) {
    event.target.closest("[data-editing]").remove();
    tell("slovo:comment");
    return;
  }
  const button = event.target.closest("[data-post]");
  if (!button || (button.dataset.ask && !confirm(button.dataset.ask))) return;
  button.disabled = true;
  try {
    await post(button.dataset.post);
    const open = button.closest("details.file-edit[open]");
    if (open) open.open = false;
    tell(button.dataset.then);
  } catch (error) {
    say(error.message, { bad: true });
  } finally {
    button.disabled = false;
  }
});

// A preview that cannot be drawn leaves the sign of its kind.
document.addEventListener("error", (event) => {
  if (event.target.matches?.("img[data-preview]")) event.target.remove();
}, true);

function upload(area, file) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  line.append(name, bar);
  area.querySelector("[data-upload-list]").append(line);
  const failed = (why) => {
    bar.remove();
    line.classList.add("is-bad");
    name.classList.add("is-bad");
    name.textContent = why;
  };
  if (file.size > Number(area.dataset.most)) {
    failed(area.dataset.tooLarge.replace("{name}", file.name));
    return Promise.resolve();
  }
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${area.dataset.upload}&name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      if (request.status === 201) line.remove();
      else {
        const why = request.status ? errorText(request.responseText) : words().noServer;
        failed(`${area.dataset.failed.replace("{name}", file.name)} ${why}`);
      }
      done();
    });
    request.send(file);
  });
}

async function uploadAll(area, files) {
  for (const old of area.querySelectorAll("[data-upload-list] .is-bad")) old.closest("li")?.remove();
  // One after the other: two large ones at once would only share the line.
  for (const file of files) await upload(area, file);
  if (!area.querySelector("[data-upload-list] li")) tell("slovo:file");
}

document.addEventListener("change", (event) => {
  const input = event.target.closest?.("[data-file-input]");
  if (!input) return;
  const files = [...input.files];
  input.value = "";
  uploadAll(input.closest("[data-upload]"), files);
});

const areaOf = (event) => event.target.closest?.("[data-upload]");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Dropped beside an area, a file would replace the page.
    event.preventDefault();
    areaOf(event)?.classList.add("is-over");
  });
}
document.addEventListener("dragleave", (event) => {
  const area = areaOf(event);
  if (area && !area.contains(event.relatedTarget)) area.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const area = areaOf(event);
  if (!area) return;
  area.classList.remove("is-over");
  uploadAll(area, [...event.dataTransfer.files].filter((file) => file.size || file.type));
});

startMentions();
