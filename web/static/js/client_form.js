// Rows that grow: typing into the last row of a group adds an empty one below it.

import { errorText, say } from "./toast.js";

function grow(group) {
  const rows = group.querySelectorAll("[data-grow-row]");
  const last = rows[rows.length - 1];
  if (![...last.querySelectorAll("input")].some((input) => input.value.trim())) return;
  const added = last.cloneNode(true);
  for (const input of added.querySelectorAll("input")) {
    input.value = "";
    const name = input.getAttribute("aria-label");
    if (name) input.setAttribute("aria-label", name.replace(/\d+/, String(rows.length + 1)));
  }
  last.after(added);
}

for (const group of document.querySelectorAll("[data-grow]")) {
  group.addEventListener("input", () => grow(group));
}

// A value that the browser itself refuses may stand in a section that is shut: open it, so that the message is seen.
document.addEventListener("invalid", (event) => event.target.closest("details")?.setAttribute("open", ""), true);

// A custom field that holds a file: the file is taken in at once, the form keeps its number.
function keep(field, id, name) {
  field.querySelector("[data-file-id]").value = id;
  field.querySelector("[data-file-title]").value = name;
  field.querySelector("[data-file-name]").textContent = name;
  field.querySelector("[data-file-drop]").hidden = !id;
}

async function upload(field) {
  const picker = field.querySelector("input[type=file]");
  const file = picker.files[0];
  if (!file) return;
  const query = new URLSearchParams({ name: file.name, place: "field" });
  picker.disabled = true;
  try {
    const answer = await fetch(`${field.dataset.fileField}?${query}`, { method: "POST", body: file });
    const said = await answer.text();
    if (!answer.ok) {
      say(errorText(said), { bad: true });
      return;
    }
    const { id, name } = JSON.parse(said);
    keep(field, id, name);
  } catch {
    say(document.getElementById("words").dataset.noServer, { bad: true });
  } finally {
    picker.disabled = false;
    picker.value = "";
  }
}

for (const field of document.querySelectorAll("[data-file-field]")) {
  field.querySelector("input[type=file]").addEventListener("change", () => upload(field));
  field.querySelector("[data-file-drop]").addEventListener("click", () => {
    keep(field, "", "");
  });
}
