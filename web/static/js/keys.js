// The keyboard: "/" to the search field, "g" and a letter to a page, j and k through rows, "n" to the notes, "p" pauses and
// comes back, "w" ends the wrap-up, Esc closes.

import { pressOwn } from "./agent.js";

const GO_WAIT_MS = 1200;
let goUntil = 0;

// What a key means. On a Russian layout the same keys give other letters: then its place on the keyboard counts.
function keyOf(event) {
  if (event.key === "/" || event.key === "?") return event.key;
  if (/^[\x20-\x7e]$/.test(event.key) && event.code !== "Slash") return event.key;
  if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable]");

function rows() {
  const list = document.querySelector("main [data-rows]");
  return list ? [...list.querySelectorAll("[data-row], :scope > li")] : [];
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.classList.contains("is-selected"));
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + step, 0), all.length - 1);
  all[now]?.classList.remove("is-selected");
  all[next].classList.add("is-selected");
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function openRow() {
  const row = document.querySelector("main [data-rows] .is-selected");
  const address = row?.dataset.href ?? row?.querySelector("a[href]")?.getAttribute("href");
  if (!address) return false;
  location.assign(address);
  return true;
}

function close() {
  const open = document.querySelector("details[open].nav-me, details[open].inline-form");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
    return true;
  }
  const done = document.querySelector('[data-pop]:not([data-state="ringing"]) [data-close-pop]');
  if (done) done.click();
  return Boolean(done);
}

const ACTIONS = {
  "/": () => focusOn("main [data-search]") || focusOn("[data-search]"),
  n: () => focusOn("textarea[data-note]"),
  p: () => pressOwn("p"),
  w: () => pressOwn("w"),
  j: () => move(1),
  k: () => move(-1),
  Enter: openRow,
  Escape: close,
  "?": () => { document.getElementById("keys")?.showModal(); return true; },
};

function focusOn(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select?.();
  return Boolean(field);
}

function go(key) {
  const link = document.querySelector(`.nav-item-link[data-key="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    if (document.querySelector("dialog[open]")) return;
    const key = keyOf(event);
    const isGoing = Date.now() < goUntil;
    goUntil = !isGoing && key === "g" ? Date.now() + GO_WAIT_MS : 0;
    const done = isGoing ? go(key) : ACTIONS[key]?.();
    if (done) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-show]");
    if (opener) document.getElementById(opener.dataset.show)?.showModal();
    for (const box of document.querySelectorAll("details[open].nav-me")) {
      if (!box.contains(event.target)) box.open = false;
    }
  });
}
