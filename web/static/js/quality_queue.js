// Keys of the listening queue: y heard, x skip, of the chosen row; u takes the last one back.

const KEYS = { KeyY: "y", KeyX: "x", KeyU: "u" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.matches?.("input, textarea, select, [contenteditable]")) return;
  const key = KEYS[event.code];
  const within = key === "u" ? document.querySelector(".strip") : document.querySelector("[data-queue] .is-selected");
  const button = key && within?.querySelector(`[data-do="${key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
