// Makes the selected words or stretch of sound evidence for one of the client's open disputes, or begins a new one with it.
//
// In: "slovo:tool" of the name "dispute" with the selection. Out: a form sent to the server.

import { clear } from "./selection.js";
import { errorText, post, say, words } from "./toast.js";

const dialog = document.querySelector("[data-dispute-dialog]");
let selection = null;

async function open(detail) {
  selection = detail.selection;
  dialog.querySelector("[data-dispute-quote]").textContent = selection.quote ?? "";
  const answer = await fetch(dialog.dataset.address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) {
    say(answer ? errorText(await answer.text()) : words().noServer, { bad: true });
    return;
  }
  const place = dialog.querySelector("[data-dispute-list]");
  place.innerHTML = await answer.text();
  const fresh = place.querySelector("[data-dispute-new]");
  if (fresh && selection.quote) fresh.href += `&claim=${encodeURIComponent(selection.quote)}`;
  dialog.showModal();
}

async function add(form) {
  const { utteranceId, wordFrom, wordTo, startS, endS } = selection;
  const spot = utteranceId == null ? {} : { utterance_id: utteranceId, word_from: wordFrom, word_to: wordTo };
  const fields = { ...Object.fromEntries(new FormData(form)), ...spot, start_s: startS, end_s: endS };
  try {
    await post(form.action, fields, { headers: { "HX-Request": "true" } });
    dialog.close();
    clear();
    say(dialog.dataset.added);
  } catch (error) {
    say(error.message, { bad: true });
  }
}

if (dialog) {
  // The toolbar hides with the selection; the dialogue belongs to the page.
  document.body.append(dialog);
  document.addEventListener("slovo:tool", (event) => {
    if (event.detail.name === "dispute") open(event.detail);
  });
  dialog.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-dispute-add]")) return;
    event.preventDefault();
    add(event.target);
  });
}
