// Correcting a turn of the transcript: e opens an editor in the turn, Ctrl+Enter saves, Esc leaves; versions unfold below it.
//
// In: "slovo:tool" of the one selection; turns [data-utterance]. Out: forms to the server, which answers with the turn's new
// fragment, or with the editor again where a colleague was faster. "transcript:changed" tells that words are new ones.

import { clear } from "./selection.js";

const PAGE = { Accept: "text/html", "HX-Request": "true" };
const transcript = document.querySelector("[data-transcript]");

const turnOf = (id) => transcript.querySelector(`[data-utterance="${id}"]`);

function toElement(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

async function refusal(answer) {
  if (!answer?.headers.get("Content-Type")?.includes("json")) return "";
  const { error } = await answer.json();
  return [error?.title, error?.text].filter(Boolean).join(". ");
}

/** The turn that is meant: of the selected words, of the word in focus, of the word that sounds now, else the first. */
function meant(selection) {
  if (selection?.utteranceId != null) return turnOf(selection.utteranceId);
  const focused = document.activeElement?.closest?.("[data-utterance]");
  const sounding = transcript.querySelector(".is-playing")?.closest("[data-utterance]");
  return focused ?? sounding ?? transcript.querySelector("[data-utterance]");
}

async function open(turn) {
  if (!turn || turn.querySelector("[data-correction]")) return;
  const answer = await fetch(`/utterances/${turn.dataset.utterance}/correction`, { headers: PAGE }).catch(() => null);
  if (!answer?.ok) return say(turn, (await refusal(answer)) || transcript.dataset.failed);
  put(turn, toElement(await answer.text()));
}

function put(turn, editor) {
  turn.querySelector("[data-correction]")?.remove();
  turn.append(editor);
  turn.classList.add("is-edited");
  const text = editor.querySelector("textarea");
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

function leave(turn) {
  turn.querySelector("[data-correction]")?.remove();
  turn.classList.remove("is-edited");
  (turn.querySelector("[data-start]") ?? turn).focus();
}

function say(turn, message) {
  turn.querySelector("[data-correction-error]")?.remove();
  const line = document.createElement("p");
  line.className = "turn-said text-danger";
  line.dataset.correctionError = "";
  line.setAttribute("role", "alert");
  line.textContent = message;
  turn.append(line);
}

/** The turn has new words: whoever keeps a list of them must look again. */
function renew(turn, html) {
  const fresh = toElement(html);
  turn.replaceWith(fresh);
  clear();
  transcript.dispatchEvent(new CustomEvent("transcript:changed"));
  const first = fresh.querySelector("[data-start]");
  if (first) {
    first.tabIndex = 0;
    first.focus();
  }
}

async function send(form) {
  const turn = turnOf(form.dataset.correction ?? form.dataset.restore);
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, headers: PAGE }).catch(() => null);
  button.disabled = false;
  const isPage = answer?.headers.get("Content-Type")?.includes("html");
  if (answer?.ok) return renew(turn, await answer.text());
  if (isPage && form.matches("[data-correction]")) return put(turn, toElement(await answer.text()));
  return say(turn, (await refusal(answer)) || transcript.dataset.failed);
}

async function unfold(button) {
  const turn = button.closest("[data-utterance]");
  const shown = turn.querySelector("[data-versions-of]");
  button.setAttribute("aria-expanded", String(!shown));
  if (shown) return shown.remove();
  const answer = await fetch(`/utterances/${button.dataset.versions}/versions`, { headers: PAGE }).catch(() => null);
  if (!answer?.ok) return say(turn, (await refusal(answer)) || transcript.dataset.failed);
  return turn.append(toElement(await answer.text()));
}

function onKey(event) {
  const form = event.target.closest?.("[data-correction]");
  if (!form) return;
  if (event.key === "Escape") leave(form.closest("[data-utterance]"));
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

if (transcript) {
  document.addEventListener("slovo:tool", ({ detail }) => {
    if (detail.name === "correct") open(meant(detail.selection));
  });
  transcript.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-correction], [data-restore]")) return;
    event.preventDefault();
    send(event.target);
  });
  transcript.addEventListener("click", (event) => {
    const versions = event.target.closest("[data-versions]");
    if (versions) unfold(versions);
    if (event.target.closest("[data-correct]")) open(event.target.closest("[data-utterance]"));
    if (event.target.closest("[data-correction-cancel]")) leave(event.target.closest("[data-utterance]"));
  });
  transcript.addEventListener("keydown", onKey, { capture: true });
}
