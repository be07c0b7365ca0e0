// The one selection of a call's page: words of the transcript or a stretch of the sound, and the toolbar that offers what can
// be done with it.
//
// Out: `current()`, and "slovo:selection" on the document whenever it changes (detail: the selection or null). A button or key
// of the toolbar fires "slovo:tool" (detail: {name, selection}); the topic's own module opens its dialogue. Import this module
// as "./selection.js" only: with another address (a version behind it) there would be two selections.

import { clock, tenths } from "./player_time.js";

const SHORTEST_S = 0.2;
const GO_WAIT_MS = 1200;
const WORD = "[data-transcript] [data-start]";

let selection = null;
let anchor = null;
let dragged = false;
let goesUntil = 0;

/** What is selected: null or {recordingId, startS, endS, side, utteranceId, wordFrom, wordTo, quote, speaker}; the last five null for sound. */
export const current = () => selection;

/** Whether the last press of the mouse drew a selection: then its click plays no word. */
export const wasDragged = () => dragged;

function tell(next) {
  selection = next;
  document.dispatchEvent(new CustomEvent("slovo:selection", { detail: selection }));
}

export function clear() {
  anchor = null;
  if (selection) tell(null);
}

const player = () => document.querySelector("[data-player]");
const recordingId = () => (player() ? Number(player().dataset.recording) : null);

/** Select a stretch of the sound, in seconds; `side` is what is heard of it: both, client or operator. */
export function selectTime(one, other) {
  anchor = null;
  const startS = Math.max(0, Math.min(one, other));
  const endS = Math.max(one, other, startS + SHORTEST_S);
  const side = player()?.dataset.side ?? "both";
  const none = { utteranceId: null, wordFrom: null, wordTo: null, quote: null, speaker: null };
  tell({ recordingId: recordingId(), startS, endS, side, ...none });
}

const wordsOf = (utterance) => [...utterance.querySelectorAll("[data-start]")];

/** Select from one word to another. One person says it in one turn: of several turns the words of the first word's count. */
function selectWords(one, other) {
  const utterance = one.closest("[data-utterance]");
  const all = wordsOf(utterance);
  const follows = one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  const outside = follows ? all.at(-1) : all[0];
  const end = utterance.contains(other) ? other : outside;
  const [from, to] = [all.indexOf(one), all.indexOf(end)].sort((a, b) => a - b);
  const words = all.slice(from, to + 1);
  tell({
    recordingId: recordingId(),
    startS: Number(words[0].dataset.start),
    endS: Math.max(...words.map((word) => Number(word.dataset.end))),
    side: utterance.dataset.side,
    utteranceId: Number(utterance.dataset.utterance),
    wordFrom: Number(words[0].dataset.index),
    wordTo: Number(words.at(-1).dataset.index),
    quote: words.map((word) => word.textContent.trim()).join(" "),
    speaker: utterance.dataset.speaker,
  });
}

/** Let the selection, begun at `from`, reach to `to`: with the keyboard, word by word. */
export function extend(from, to) {
  if (!selection || !from.classList.contains("is-selected")) anchor = from; // begun anew, on another word
  anchor ??= from;
  selectWords(anchor, to);
}

function showWords() {
  for (const word of document.querySelectorAll(".word.is-selected")) word.classList.remove("is-selected");
  if (selection?.utteranceId == null) return;
  const { utteranceId, wordFrom, wordTo } = selection;
  const utterance = document.querySelector(`[data-utterance="${utteranceId}"]`);
  for (const word of utterance ? wordsOf(utterance) : []) {
    const index = Number(word.dataset.index);
    word.classList.toggle("is-selected", index >= wordFrom && index <= wordTo);
  }
}

/** A drag from word to word selects. A finger scrolls: it selects with a long press, as any text of a phone. */
function drag(event) {
  const word = event.target.closest?.(WORD);
  if (event.type === "pointerdown") {
    dragged = false;
    if (!event.target.closest?.("[data-transcript]")) return;
    const touched = event.pointerType === "touch" || event.button !== 0;
    if (!touched) clear();
    anchor = touched ? null : word;
  } else if (anchor && word && word !== anchor && event.buttons === 1) {
    dragged = true;
    selectWords(anchor, word);
  }
}

let byTouch = false;

function textSelected() {
  const text = document.getSelection();
  if (!byTouch || !text || text.isCollapsed) return;
  const of = (node) => (node instanceof Element ? node : node?.parentElement)?.closest(WORD);
  const [one, other] = [of(text.anchorNode), of(text.focusNode)];
  if (one) selectWords(one, other ?? one);
}

const NEEDS = {
  words: () => selection?.utteranceId != null,
  time: () => selection?.recordingId != null,
  none: () => true,
};

const isMet = (button) => NEEDS[button.dataset.needs]();

function showTools() {
  const bar = document.querySelector("[data-selection-tools]");
  if (!bar) return;
  bar.hidden = !selection;
  document.body.classList.toggle("has-selection", Boolean(selection));
  for (const button of bar.querySelectorAll("[data-needs]")) button.hidden = !isMet(button);
  if (!selection) return;
  const { startS, endS } = selection;
  bar.querySelector("[data-selection-times]").textContent =
    `${clock(startS)} – ${clock(endS)} (${tenths(endS - startS)} ${bar.dataset.seconds})`;
}

function use(button) {
  const detail = { name: button.dataset.tool, selection };
  document.dispatchEvent(new CustomEvent("slovo:tool", { detail }));
}

const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog");

/**
 * Before the keys of every page: beside a transcript "p" is for the marked words, and pauses nobody. A tool with
 * data-shares-key lets its key do what it does on every page as long as there is nothing for the tool. After "g" a letter
 * names a page (keys.js).
 */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") clear();
  // By place on the keyboard: on a Russian layout the same key gives another letter.
  const key = /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
  const goes = performance.now() < goesUntil;
  goesUntil = key === "g" ? performance.now() + GO_WAIT_MS : 0;
  if (goes) return;
  const button = key && document.querySelector(`[data-selection-tools] [data-tool][data-key="${key}"]`);
  if (!button || (!isMet(button) && "sharesKey" in button.dataset)) return;
  event.preventDefault();
  event.stopPropagation();
  if (isMet(button)) use(button);
}

document.addEventListener("slovo:selection", () => {
  showWords();
  showTools();
});
for (const name of ["pointerdown", "pointerover"]) document.addEventListener(name, drag);
document.addEventListener("pointerdown", (event) => (byTouch = event.pointerType === "touch"), { capture: true });
document.addEventListener("selectionchange", textSelected);
document.addEventListener("keydown", onKey, { capture: true });
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-tool]");
  if (button && isMet(button)) use(button);
  if (event.target.closest?.("[data-selection-clear]")) clear();
});
