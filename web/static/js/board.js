// The board of deals: dragging (SortableJS), the same with the keyboard and with a menu, and the moves of others.
//
// A card moves at once; what the server refuses goes back, with its words. While a card is in the hand or a form is open
// nothing is fetched; afterwards the board is as the server has it.

import Sortable from "/static/vendor/sortable/sortable.esm.js";
import { errorText, post, say, words } from "./toast.js";

const REFRESH_MS = 400;
const MORE = 25;
const board = document.querySelector("[data-board]");
const sorted = new WeakSet();
const waiting = []; // keys for cards that the server has not answered about yet
let busy = 0;
let isHeld = false; // a card is pressed, and may be dragged the next moment
let timer = 0;

const columnOf = (element) => element.closest("[data-stage]");
const linkOf = (card) => card.querySelector("[data-deal-link]");
const nameOf = (card) => linkOf(card).textContent.trim();
const isTyping = () => Boolean(board.querySelector("details[open]")) || board.contains(document.activeElement?.closest("form"));
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

function whereIs(card) {
  return { list: card.parentElement, next: card.nextElementSibling };
}

function putBack(card, { list, next }) {
  list.insertBefore(card, next?.parentElement === list ? next : null);
}

function tell(text) {
  document.getElementById("board-said").textContent = text;
}

// The columns anew, with as many cards of each as are shown now.
async function refresh() {
  clearTimeout(timer);
  if (busy || isHeld || isTyping() || document.querySelector("dialog[open]")) return later();
  const shown = [...board.querySelectorAll("[data-stage]")].map((column) => `${column.dataset.stage}:${column.dataset.shown}`);
  const address = new URL(board.dataset.address, location.href);
  address.searchParams.set("part", "board");
  address.searchParams.set("shown", shown.join(","));
  const focused = document.activeElement?.closest?.("[data-deal]")?.id;
  try {
    const answer = await fetch(address);
    const text = await answer.text();
    if (!answer.ok) return say(errorText(text), { bad: true });
    if (busy || isHeld || isTyping()) return later();
    const scrolled = board.scrollLeft;
    board.innerHTML = text;
    board.scrollLeft = scrolled;
    start();
    delete board.dataset.waits;
    if (focused) linkOf(document.getElementById(focused) ?? board)?.focus({ preventScroll: true });
  } catch {
    say(words().noServer, { bad: true });
  }
}

function later() {
  clearTimeout(timer);
  board.dataset.waits = "";
  timer = setTimeout(refresh, REFRESH_MS);
}

// Why a deal was lost: fields for the server, or null when the person thought better of it.
function askReason(card) {
  const sheet = document.getElementById("lost-sheet");
  const form = sheet.querySelector("form");
  form.reset();
  sheet.querySelector("[data-lost-name]").textContent = nameOf(card);
  sheet.returnValue = "";
  sheet.showModal();
  return new Promise((resolve) => {
    sheet.addEventListener("close", () => {
      resolve(sheet.returnValue === "ok" ? Object.fromEntries(new FormData(form)) : null);
    }, { once: true });
  });
}

// The card stands where it shall be already. `before`: where it stood.
async function keep(card, before) {
  const column = columnOf(card);
  const isElsewhere = column !== columnOf(before.list);
  const fields = { stage: column.dataset.stage, version: card.dataset.version };
  const above = card.previousElementSibling?.dataset.deal;
  const below = card.nextElementSibling?.dataset.deal;
  if (above) fields.above = above;
  else if (below) fields.below = below;
  busy += 1;
  card.classList.add("is-moving");
  try {
    const reason = isElsewhere && column.dataset.kind === "lost" ? await askReason(card) : {};
    if (!reason) return putBack(card, before);
    const html = await post(`/deals/${card.dataset.deal}/move`, { ...fields, ...reason });
    const hadFocus = card.contains(document.activeElement);
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-deal]");
    card.replaceWith(fresh);
    if (hadFocus) linkOf(fresh).focus({ preventScroll: true });
    if (isElsewhere) tell(filled(board.dataset.moved, { name: nameOf(fresh), stage: column.dataset.name }));
  } catch (error) {
    putBack(card, before);
    say(error.message, { bad: true });
  } finally {
    card.classList.remove("is-moving");
    busy -= 1;
    later();
    const next = waiting.findIndex(({ id }) => id === card.id);
    if (next >= 0) {
      const [{ id, key }] = waiting.splice(next, 1);
      moveByKey(document.getElementById(id), key);
    }
  }
}

function start() {
  for (const list of board.querySelectorAll("[data-cards]")) {
    if (sorted.has(list)) continue;
    sorted.add(list);
    let before;
    new Sortable(list, {
      group: "deals",
      draggable: "[data-movable]",
      filter: "[data-move-menu]",
      preventOnFilter: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: 180,
      delayOnTouchOnly: true,
      onStart({ item }) { busy += 1; before = whereIs(item); },
      onEnd({ item, from, to, oldIndex, newIndex }) {
        busy -= 1;
        if (from !== to || oldIndex !== newIndex) keep(item, before);
        else later();
      },
    });
  }
}

function columns() {
  return [...board.querySelectorAll("[data-stage]")];
}

// The card that an arrow leads to.
function neighbour(card, key) {
  if (key === "ArrowUp") return card.previousElementSibling;
  if (key === "ArrowDown") return card.nextElementSibling;
  const all = columns();
  const index = [...card.parentElement.children].indexOf(card);
  const step = key === "ArrowLeft" ? -1 : 1;
  for (let at = all.indexOf(columnOf(card)) + step; all[at]; at += step) {
    const cards = all[at].querySelectorAll("[data-deal]");
    if (cards.length) return cards[Math.min(index, cards.length - 1)];
  }
  return null;
}

function moveByKey(card, key) {
  if (!("movable" in card.dataset)) return;
  if (card.classList.contains("is-moving")) {
    waiting.push({ id: card.id, key });
    return;
  }
  const before = whereIs(card);
  if (key === "ArrowUp") card.previousElementSibling?.before(card);
  else if (key === "ArrowDown") card.nextElementSibling?.after(card);
  else {
    const all = columns();
    const to = all[all.indexOf(columnOf(card)) + (key === "ArrowLeft" ? -1 : 1)];
    to?.querySelector("[data-cards]").prepend(card);
  }
  if (before.list === card.parentElement && before.next === card.nextElementSibling) return;
  linkOf(card).focus();
  keep(card, before);
}

board.addEventListener("keydown", (event) => {
  const card = event.target.closest("[data-deal]");
  if (!card || !event.key.startsWith("Arrow") || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  if (event.shiftKey) moveByKey(card, event.key);
  else linkOf(neighbour(card, event.key) ?? card).focus();
});

board.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more) {
    const column = columnOf(more);
    column.dataset.shown = String(Number(column.dataset.shown) + MORE);
    refresh();
  }
  const menu = event.target.closest("[data-move-menu]");
  if (menu) choose(menu.closest("[data-deal]"));
});

function choose(card) {
  const sheet = document.getElementById("move-sheet");
  for (const button of sheet.querySelectorAll(".move-to")) button.disabled = button.value === columnOf(card).dataset.stage;
  sheet.returnValue = "";
  sheet.showModal();
  sheet.addEventListener("close", () => {
    const list = document.getElementById(`cards-${sheet.returnValue}`);
    if (!sheet.returnValue || !list) return;
    const before = whereIs(card);
    list.prepend(card);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    keep(card, before);
  }, { once: true });
}

board.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-quick]");
  if (!form) return;
  event.preventDefault();
  try {
    await post(form.action, new FormData(form));
    form.reset();
    form.closest("details").open = false;
    form.closest("details").querySelector("summary").focus();
    refresh();
  } catch (error) {
    say(error.message, { bad: true });
  }
});

board.addEventListener("pointerdown", (event) => { isHeld = Boolean(event.target.closest("[data-movable]")); });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => { isHeld = false; });
document.body.addEventListener("slovo:deal", later);
start();
