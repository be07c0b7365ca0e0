// The ledger of promises: one key decides one promise. y confirms (or kept), x rejects (or broken), u takes the last decision
// back, Space plays the moment; j and k go through the rows as everywhere.

import { toggle } from "./moment.js";
import { post, say } from "./toast.js";

const list = document.querySelector("[data-promises]");
const rows = () => [...list.querySelectorAll("[data-row]")];
const undecided = (row) => row.querySelector('[data-do="y"]');
let lastDecided = null;
let busy = false;

function select(row) {
  for (const one of rows()) one.classList.toggle("is-selected", one === row);
  row?.scrollIntoView({ block: "nearest" });
}

const selected = () => list.querySelector(".is-selected") ?? (rows().length === 1 ? rows()[0] : null);

async function send(form) {
  if (busy) return;
  busy = true;
  const row = form.closest("[data-row]");
  const isUndo = form.action.endsWith("/undo");
  try {
    const answer = await post(form.action, Object.fromEntries(new FormData(form)), { headers: { "HX-Request": "true" } });
    if ("stays" in list.dataset) {
      location.reload();
      return;
    }
    const next = rows().slice(rows().indexOf(row) + 1).find(undecided);
    row.outerHTML = answer;
    const fresh = document.getElementById(row.id);
    lastDecided = isUndo ? null : row.id;
    select(isUndo ? fresh : (next ?? fresh));
  } catch (error) {
    say(error.message, { bad: true });
  } finally {
    busy = false;
  }
}

function press(key) {
  const row = key === "u" ? (document.getElementById(lastDecided) ?? selected()) : selected();
  const button = row?.querySelector(`[data-do="${key}"]`);
  if (button) send(button.form);
  return Boolean(button);
}

const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable]");
const KEYS = { KeyY: "y", KeyX: "x", KeyU: "u" };

if (list) {
  list.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-promise-form]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const onButton = event.target.closest?.("button, a, summary");
    const isDone = event.code === "Space" && !onButton ? toggle(selected()) : KEYS[event.code] && press(KEYS[event.code]);
    if (isDone) event.preventDefault();
  });
  if (!("stays" in list.dataset)) select(rows()[0]);
}
