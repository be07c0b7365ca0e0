// Rows that grow: typing into the last row of a group adds an empty one below it.

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
