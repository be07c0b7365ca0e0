// The page of a dispute: Space plays the selected moment, y takes it, x dismisses it; j and k go through the rows as everywhere.

import { toggle } from "./moment.js";

const list = document.querySelector("[data-evidence-list]");
const selected = () => list.querySelector(".is-selected");
const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable]");
const KEYS = { KeyY: "y", KeyX: "x" };

function press(key) {
  const button = selected()?.querySelector(`[data-do="${key}"]`);
  button?.form.requestSubmit(button);
  return Boolean(button);
}

if (list) {
  const next = list.querySelector('[data-state="proposed"]') ?? list.querySelector("[data-row]");
  next?.classList.add("is-selected");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const onButton = event.target.closest?.("button, a, summary");
    const isDone = event.code === "Space" && !onButton ? toggle(selected()) : KEYS[event.code] && press(KEYS[event.code]);
    if (isDone) event.preventDefault();
  });
}
