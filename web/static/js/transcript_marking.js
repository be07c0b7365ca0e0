// Marking the selected words as a promise: press p (or the button), say who, what and until when.
//
// In: "slovo:tool" with the selection, the dialogue [data-promise-dialog]; both are there for supervisors and administrators
// only. Out: a form sent to the server, which answers with the new list of promises.

import { clear } from "./selection.js";

class Marking {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
  }

  open({ utteranceId, wordFrom, wordTo, quote, side, speaker }) {
    const field = (name) => this.form.elements.namedItem(name);
    field("utterance_id").value = utteranceId;
    field("word_from").value = wordFrom;
    field("word_to").value = wordTo;
    field("what").value = quote;
    const who = [...field("by").options].find((option) => option.value === `${side}:${speaker}`);
    const sameSide = [...field("by").options].find((option) => option.value.startsWith(`${side}:`));
    field("by").value = (who ?? sameSide ?? field("by").options[0]).value;
    // The recording tells who spoke; only in one of a single track somebody has to say so.
    for (const option of field("by").options) option.disabled = side !== "unknown" && !option.selected;
    this.dialog.querySelector("[data-promise-quote]").textContent = quote;
    this.say("");
    this.dialog.showModal();
    field("what").select();
  }

  say(message) {
    const line = this.dialog.querySelector("[data-promise-error]");
    line.textContent = message;
    line.hidden = !message;
  }

  async send() {
    const answer = await fetch(this.form.action, {
      method: "POST",
      body: new FormData(this.form),
      headers: { Accept: "text/html", "HX-Request": "true" },
    }).catch(() => null);
    if (!answer?.ok) {
      this.say((answer && (await refusal(answer))) || this.dialog.dataset.failed);
      return;
    }
    document.querySelector("#promises").outerHTML = await answer.text();
    this.dialog.close();
    clear();
    showMarks();
  }
}

async function refusal(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return "";
  const { error } = await answer.json();
  return [error?.title, error?.text].filter(Boolean).join(". ");
}

const MARKS = ["is-promise", "is-claim", "is-refusal"];

/** Light up the words that the list of promises, claims and refusals names. */
function showMarks() {
  for (const mark of MARKS) {
    for (const word of document.querySelectorAll(`.word.${mark}`)) word.classList.remove(mark);
  }
  for (const act of document.querySelectorAll("#promises [data-utterance-id]")) {
    const { utteranceId, wordFrom, wordTo, mark } = act.dataset;
    for (let index = Number(wordFrom); index <= Number(wordTo); index += 1) {
      document
        .querySelector(`[data-utterance="${utteranceId}"] [data-index="${index}"]`)
        ?.classList.add(`is-${mark}`);
    }
  }
}

function wireDialog(marking) {
  const { dialog, form } = marking;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    marking.send();
  });
  for (const button of dialog.querySelectorAll("[data-promise-cancel]")) {
    button.addEventListener("click", () => dialog.close());
  }
  for (const button of dialog.querySelectorAll("[data-promise-due]")) {
    button.addEventListener("click", () => (form.elements.namedItem("due_on").value = button.dataset.promiseDue));
  }
  document.addEventListener("slovo:tool", (event) => {
    if (event.detail.name === "promise") marking.open(event.detail.selection);
  });
}

showMarks();
// The list is replaced whole after every decision about one of its lines.
const list = document.querySelector("#promises")?.parentElement;
if (list) new MutationObserver(showMarks).observe(list, { childList: true });
const dialog = document.querySelector("[data-promise-dialog]");
if (dialog) wireDialog(new Marking(dialog));
