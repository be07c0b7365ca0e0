// The panel of quality on the page of a call: forms are sent without leaving the page, the player's time goes into a mark, and
// a selection becomes the moment of a coaching note.

import { clock } from "./player_time.js";

const panel = () => document.querySelector("[data-quality]");

function say(message) {
  const line = panel().querySelector("[data-quality-failure]");
  line.textContent = message;
  line.hidden = !message;
  if (message) line.scrollIntoView({ block: "nearest" });
}

async function send(form, button) {
  const body = new FormData(form, button);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html", "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok) {
    panel().outerHTML = await answer.text();
    return;
  }
  const isJson = answer?.headers.get("Content-Type")?.includes("json");
  const { error } = isJson ? await answer.json() : {};
  say([error?.title, error?.text].filter(Boolean).join(". ") || String(answer?.status ?? "…"));
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-quality-form]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-take-time]");
  const audio = document.querySelector("[data-player] audio");
  if (!button || !audio) return;
  const second = Number(audio.dataset.wanted ?? audio.currentTime);
  button.parentElement.querySelector("input[type=hidden]").value = second.toFixed(1);
  button.querySelector("[data-time]").textContent = clock(second);
});

document.addEventListener("slovo:tool", (event) => {
  const form = panel()?.querySelector("[data-coaching-form]");
  if (event.detail.name !== "coach" || !form || !event.detail.selection) return;
  const { utteranceId, startS, endS } = event.detail.selection;
  form.elements.namedItem("utterance_id").value = utteranceId ?? "";
  form.elements.namedItem("start_s").value = startS.toFixed(2);
  form.elements.namedItem("end_s").value = endS.toFixed(2);
  form.querySelector("[data-coaching-moment]").textContent = `${clock(startS)} – ${clock(endS)}`;
  form.elements.namedItem("text").focus();
});
