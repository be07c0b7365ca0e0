// The list of clients: the filter that is built by hand, the choice of columns, and what is done to ticked rows.

import Sortable from "../vendor/sortable/sortable.esm.js";
import { startFilter } from "./filter.js";

function startColumns(form) {
  const list = form.querySelector("ul");
  new Sortable(list, { animation: 120, filter: "input, button", preventOnFilter: false });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const line = button.closest("li");
    if (button.dataset.move === "up") line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    button.focus();
  });
}

// Rows come and go as one types, so everything is heard at the document.
function showTicked() {
  const form = document.querySelector("[data-bulk]");
  const tools = form?.querySelector("[data-bulk-tools]");
  if (!tools) return;
  const many = form.querySelectorAll('[name="client"]:checked').length;
  tools.hidden = many === 0;
  tools.querySelector("[data-bulk-count]").textContent = many;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-check-all]")) {
    for (const box of document.querySelectorAll('[data-bulk] [name="client"]')) box.checked = event.target.checked;
  }
  if (event.target.closest("[data-bulk]")) showTicked();
});
window.addEventListener("pageshow", showTicked);

for (const form of document.querySelectorAll("[data-columns]")) startColumns(form);
for (const form of document.querySelectorAll("[data-filter]")) startFilter(form);
