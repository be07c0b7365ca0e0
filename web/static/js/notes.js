// Notes on a call, saved as they are typed. What is not saved yet is kept in the browser and sent again: a reload, a lost
// server or a card that goes away loses nothing.

import { post, words } from "./toast.js";

const PREFIX = `slovo-note:${document.documentElement.dataset.user ?? ""}:`;
const WAIT_MS = 400;
const RETRY_MS = 3000;
const timers = new Map();
const typed = new Map();

const keyOf = (field) => PREFIX + JSON.stringify([field.dataset.pbx, field.dataset.call]);

function show(key, text) {
  for (const field of document.querySelectorAll("textarea[data-note]")) {
    if (keyOf(field) !== key) continue;
    const state = field.parentElement.querySelector("[data-note-state]");
    if (state) state.textContent = text;
  }
}

/** Put a text into its fields, but not over what is being typed here. A field that was put anew keeps the focus and loses its text. */
function refill(key, text) {
  for (const field of document.querySelectorAll("textarea[data-note]")) {
    if (keyOf(field) !== key || field.value === text) continue;
    if (field !== document.activeElement || field.value !== typed.get(key)) field.value = text;
  }
}

function later(key, wait) {
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => save(key), wait));
}

async function save(key) {
  const text = localStorage.getItem(key);
  if (text === null) return;
  const [pbx, call] = JSON.parse(key.slice(PREFIX.length));
  try {
    await post("/notes", { pbx, call, text }, { keepalive: true });
  } catch (error) {
    if ([403, 413, 422].includes(error.status)) {
      show(key, error.message);
      return;
    }
    show(key, words().notSaved);
    later(key, RETRY_MS);
    return;
  }
  // Typed on meanwhile: that is on its way already.
  if (localStorage.getItem(key) === text) {
    localStorage.removeItem(key);
    refill(key, text);
    show(key, words().saved);
  }
}

export function startNotes() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("textarea[data-note]");
    if (!field) return;
    localStorage.setItem(keyOf(field), field.value);
    typed.set(keyOf(field), field.value);
    show(keyOf(field), words().saving);
    later(keyOf(field), WAIT_MS);
  });
  // What this browser still holds is newer than what the server sent.
  document.addEventListener("slovo:placed", () => {
    for (const field of document.querySelectorAll("textarea[data-note]")) {
      const kept = localStorage.getItem(keyOf(field));
      if (kept !== null) refill(keyOf(field), kept);
    }
  });
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) later(key, 0);
}
