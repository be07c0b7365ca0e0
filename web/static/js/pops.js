// The cards of calls: put into the page the moment they come, folded when they are over, put away by a person.
// The server sends each card whole ("pops" of a message: `order` and `cards`); htmx morphs a card that is there already, so
// that focus and half-typed notes stay.

import { post, words } from "./toast.js";

const WITHDRAWN_STAYS_MS = 12000;
const NEWS_MS = 10000;
const FOLDS_AFTER_MS = 20000;
const OVER_SHOWN = 3;
const QUIET_MS = 3000;
const overSince = new Map(); // key → when this page first saw the card over
const opened = new Set(); // keys of folded cards that the person opened
let showsAll = false;
let insertedAt = 0;
let morphing = Promise.resolve();
let hasNew = false;
let followUp = 0;
const changes = new Map(); // key → newest HTML of a card that is in the page already

const stack = () => document.getElementById("live-pops");
const cardOf = (key) => document.getElementById(`pop-${key}`);

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function process(card) {
  if (card.querySelector("[hx-get], [hx-post]")) htmx.process(card);
}

function insert(html) {
  const card = parsed(html);
  // In the rush of many calls nothing moves.
  if (performance.now() - insertedAt > QUIET_MS) card.classList.add("pop-enters");
  insertedAt = performance.now();
  hasNew = true;
  stack().prepend(card);
  process(card);
}

// A card without anything that a person may be using is just put anew, which is quicker; others are morphed, one by one.
function change(card, html) {
  const fresh = parsed(html);
  // After a lost connection the stored half comes a moment later; until then the one in the page, with its notes, is better.
  if (fresh.querySelector(".pop-waits") && card.querySelector(".pop-body:not(.pop-waits)")) return;
  const hasFields = fresh.dataset.state !== "withdrawn" && card.querySelector("[hx-morph-skip]");
  if (!hasFields && !card.contains(document.activeElement)) {
    card.replaceWith(fresh);
    process(fresh);
    return;
  }
  morphing = morphing.then(async () => {
    if (!card.isConnected) return;
    await htmx.swap({ sourceElement: card, target: card, swap: "outerMorph", text: html, transition: false });
    fold(); // the server knows nothing of folded cards
  });
}

// Only what lies in the wrong place is moved, and never the card that the person types in.
function arrange(order) {
  let next = document.getElementById("pops-more");
  for (const key of [...order].reverse()) {
    const card = cardOf(key);
    if (!card) continue;
    const isFixed = card.contains(document.activeElement);
    if (card.nextElementSibling !== next && !isFixed) stack().insertBefore(card, next);
    next = card;
  }
}

function moreButton() {
  const known = document.getElementById("pops-more");
  if (known) return known;
  const button = document.createElement("button");
  button.type = "button";
  button.id = "pops-more";
  button.className = "pops-more";
  button.hidden = true;
  button.addEventListener("click", () => { showsAll = true; fold(); });
  stack().append(button);
  return button;
}

// Cards of calls that are over are one line each as soon as another call wants the place, or after a while.
export function fold() {
  const cards = [...document.querySelectorAll("[data-pop]")];
  const over = cards.filter((card) => card.hasAttribute("data-over"));
  const now = Date.now();
  for (const key of overSince.keys()) if (!cardOf(key)?.hasAttribute("data-over")) overSince.delete(key);
  for (const key of opened) if (!cardOf(key)) opened.delete(key);
  for (const card of over) if (!overSince.has(card.dataset.pop)) overSince.set(card.dataset.pop, now);
  const isAnotherCall = over.length < cards.length;
  // Who has just answered instead is news; it comes before the calls of earlier.
  const isNews = (card) => card.dataset.state === "withdrawn" && now - overSince.get(card.dataset.pop) < NEWS_MS;
  const stays = new Set([...over.filter(isNews), ...over.filter((card) => !isNews(card))].slice(0, OVER_SHOWN));
  for (const card of cards) {
    const key = card.dataset.pop;
    const isOver = card.hasAttribute("data-over");
    const isInUse = opened.has(key) || card.querySelector(":is(input, textarea):focus") !== null;
    const isOld = isAnotherCall || now - overSince.get(key) > FOLDS_AFTER_MS;
    card.toggleAttribute("data-folded", isOver && isOld && !isInUse);
    card.querySelector("[data-unfold-pop]")?.setAttribute("aria-expanded", String(!card.hasAttribute("data-folded")));
    card.hidden = isOver && !isInUse && !showsAll && !stays.has(card);
  }
  if (over.length <= OVER_SHOWN) showsAll = false;
  const hidden = cards.filter((card) => card.hidden).length;
  const more = moreButton();
  more.hidden = !hidden;
  if (hidden) more.textContent = `${words().moreCards} ${hidden}`;
  stack().classList.toggle("has-cards", cards.length > 0);
  document.documentElement.classList.toggle("has-pops", cards.length > 0);
}

function putAwayWithdrawn() {
  for (const card of document.querySelectorAll('[data-pop][data-state="withdrawn"]')) {
    if (Date.now() - overSince.get(card.dataset.pop) > WITHDRAWN_STAYS_MS) {
      overSince.set(card.dataset.pop, Date.now());
      closePop(card.dataset.pop);
    }
  }
}

// New cards are in the page when this returns; the others, the clocks, alerts and kept notes follow in a moment.
export function placeCards({ order, cards }) {
  const wanted = new Set(order);
  for (const [key, html] of Object.entries(cards)) if (cardOf(key)) changes.set(key, html);
  for (const key of order.toReversed()) if (key in cards && !changes.has(key)) insert(cards[key]);
  for (const card of document.querySelectorAll("[data-pop]")) if (!wanted.has(card.dataset.pop)) card.remove();
  moreButton();
  arrange(order);
  fold();
  if (!followUp) followUp = setTimeout(follow, 0);
}

async function follow() {
  followUp = 0;
  for (const [key, html] of changes) {
    const card = cardOf(key);
    if (card) change(card, html);
  }
  changes.clear();
  fold();
  if (hasNew && !stack().contains(document.activeElement)) {
    requestAnimationFrame(() => { stack().scrollTop = 0; }); // together with the layout of this frame
  }
  hasNew = false;
  await morphing;
  document.dispatchEvent(new CustomEvent("slovo:placed"));
}

export async function closePop(key) {
  try {
    await post(`/pops/${key}/close`);
  } catch {
    cardOf(key)?.remove();
    fold();
  }
}

function toggle(card) {
  const key = card.dataset.pop;
  if (card.hasAttribute("data-folded")) opened.add(key);
  else {
    opened.delete(key);
    overSince.set(key, 0);
  }
  fold();
}

export function startPops() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close-pop]");
    if (button) {
      closePop(button.dataset.closePop);
      return;
    }
    const head = event.target.closest("[data-pop][data-over] .pop-head");
    if (!head || event.target.closest("a, button:not([data-unfold-pop])")) return;
    const card = head.closest("[data-pop]");
    if (card.querySelector("[data-unfold-pop]")) toggle(card);
  });
  setInterval(() => { fold(); putAwayWithdrawn(); }, 1000);
}
