// Marks and comments at times of the recording: the list under the player, the flags on the waveform, the dialogue.
//
// In: [data-marks] with the address of the list; "slovo:tool" (mark), "slovo:mark" when somebody changed one. Out:
// "player:marks" to the player.

import { startMentions } from "./mentions.js";
import { clock } from "./player_time.js";
import { clear } from "./selection.js";
import { sendForm } from "./send_form.js";

const list = document.querySelector("[data-marks]");
const player = document.querySelector("[data-player]");
const dialog = document.querySelector("[data-mark-dialog]");

function tellPlayer() {
  const detail = [...list.querySelectorAll("[data-mark]")].map((mark) => ({
    from: Number(mark.dataset.from),
    to: mark.dataset.to === undefined ? null : Number(mark.dataset.to),
    kind: mark.dataset.kind,
    title: mark.querySelector(".mark-text").textContent.trim(),
  }));
  player.dispatchEvent(new CustomEvent("player:marks", { detail }));
}

function put(fragment) {
  list.querySelector("[data-marks-place]").innerHTML = fragment;
  tellPlayer();
}

async function load() {
  const answer = await fetch(list.dataset.marks, { headers: { Accept: "text/html", "HX-Request": "true" } }).catch(() => null);
  const failure = list.querySelector("[data-marks-failure]");
  failure.hidden = Boolean(answer?.ok);
  if (answer?.ok) put(await answer.text());
  else failure.textContent = failure.dataset.failed;
}

const field = (name) => dialog.querySelector("form").elements.namedItem(name);

function open({ action, from, to, kind, text }) {
  dialog.querySelector("form").action = action;
  field("from_s").value = from.toFixed(2);
  field("to_s").value = to == null ? "" : to.toFixed(2);
  field("kind").value = kind;
  field("text").value = text;
  dialog.querySelector("[data-mark-times]").textContent = to == null ? clock(from) : `${clock(from)} – ${clock(to)}`;
  dialog.querySelector("[data-form-failure]").hidden = true;
  dialog.showModal();
  field("text").focus();
}

function openNew(selection) {
  const audio = player.querySelector("audio");
  const from = selection?.startS ?? Number(audio.dataset.wanted ?? audio.currentTime);
  open({ action: dialog.dataset.add, from, to: selection?.endS ?? null, kind: "note", text: "" });
}

function openOwn(mark) {
  const { mark: id, from, to, kind } = mark.dataset;
  const { text } = mark.querySelector("[data-mark-edit]").dataset;
  open({ action: `/marks/${id}`, from: Number(from), to: to === undefined ? null : Number(to), kind, text });
}

async function remove(mark, button) {
  if (!confirm(button.dataset.ask)) return;
  const headers = { Accept: "text/html", "HX-Request": "true" };
  const answer = await fetch(`/marks/${mark.dataset.mark}/delete`, { method: "POST", headers }).catch(() => null);
  if (answer?.ok) put(await answer.text());
  else load();
}

async function save(form) {
  const fragment = await sendForm(form, dialog.dataset.failed);
  if (fragment === null) return;
  dialog.close();
  clear();
  put(fragment);
}

function wireDialog() {
  const form = dialog.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  dialog.querySelector("[data-dialog-close]").addEventListener("click", () => dialog.close());
  document.addEventListener("slovo:tool", (event) => {
    if (event.detail.name === "mark") openNew(event.detail.selection);
  });
  list.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (event.target.closest("[data-mark-edit]")) openOwn(mark);
    const button = event.target.closest("[data-mark-delete]");
    if (button) remove(mark, button);
  });
  startMentions();
}

if (list && player) {
  if (dialog) wireDialog();
  document.body.addEventListener("slovo:mark", load);
  player.addEventListener("player:ready", tellPlayer);
  load();
}
