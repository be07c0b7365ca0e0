// Keys of the feed of inquiries: d into a deal, c to a client, x not ours, z later, m mine, u undo; of the chosen row.

const KEYS = new Set(["d", "c", "x", "z", "m", "u"]);

function keyOf(event) {
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  return event.key;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.matches?.("input, textarea, select, [contenteditable]")) return;
  const key = keyOf(event);
  if (!KEYS.has(key)) return;
  const within = key === "u" ? document.querySelector(".inquiry-done") : document.querySelector(".inquiry.is-selected");
  const button = within?.querySelector(`[data-act="${key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
  const box = button.closest("details");
  if (box?.open) box.querySelector("input, button")?.focus();
});
