// Marking words of the transcript as a promise: select them, press p (or the button), say who, what and until when.
//
// In: the transcript and the dialogue [data-promise-dialog]; both are there for supervisors and administrators only.
// Out: a form sent to the server, which answers with the new list of promises.

const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, dialog");

class Marking {
  constructor(root, dialog) {
    this.root = root;
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.offer = document.querySelector("[data-promise-offer]");
    this.first = null;
    this.last = null;
    this.anchor = null;
    this.dragged = false;
  }

  get words() {
    return this.first ? this.between(this.first, this.last) : [];
  }

  between(first, last) {
    const all = [...first.closest("[data-utterance]").querySelectorAll("[data-start]")];
    return all.slice(all.indexOf(first), all.indexOf(last) + 1);
  }

  /** A promise is said by one person in one turn: a selection over several turns keeps the words of its first. */
  select(one, other) {
    const utterance = one.closest("[data-utterance]");
    const all = [...utterance.querySelectorAll("[data-start]")];
    const follows = one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    const outside = follows ? all.at(-1) : all[0];
    const end = utterance.contains(other) ? other : outside;
    [this.first, this.last] = all.indexOf(one) <= all.indexOf(end) ? [one, end] : [end, one];
    this.draw();
  }

  extend(from, to) {
    this.anchor ??= from;
    this.select(this.anchor, to);
  }

  clear() {
    this.first = this.last = this.anchor = null;
    this.draw();
  }

  draw() {
    for (const word of this.root.querySelectorAll(".is-selected")) word.classList.remove("is-selected");
    for (const word of this.words) word.classList.add("is-selected");
    this.offer.hidden = this.words.length === 0;
  }

  /** A drag from word to word selects; a finger scrolls, so touch selects with the keys of its keyboard only. */
  drag(event) {
    const word = event.target.closest?.("[data-start]");
    if (event.type === "pointerdown") {
      this.dragged = false;
      this.clear();
      this.anchor = event.pointerType === "touch" || event.button !== 0 ? null : word;
    } else if (this.anchor && word && word !== this.anchor && event.buttons === 1) {
      this.dragged = true;
      this.select(this.anchor, word);
    }
  }

  open() {
    if (!this.first) return;
    const { utterance, side, speaker } = this.first.closest("[data-utterance]").dataset;
    const field = (name) => this.form.elements.namedItem(name);
    const quote = this.words.map((word) => word.textContent.trim()).join(" ");
    field("utterance_id").value = utterance;
    field("word_from").value = this.first.dataset.index;
    field("word_to").value = this.last.dataset.index;
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
    this.clear();
    showMarks(this.root);
  }
}

async function refusal(answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return "";
  const { error } = await answer.json();
  return [error?.title, error?.text].filter(Boolean).join(". ");
}

/** Light up the words that the list of promises names. */
function showMarks(root) {
  for (const word of root.querySelectorAll(".is-promise")) word.classList.remove("is-promise");
  for (const promise of document.querySelectorAll("#promises [data-utterance-id]")) {
    const { utteranceId, wordFrom, wordTo } = promise.dataset;
    for (let index = Number(wordFrom); index <= Number(wordTo); index += 1) {
      root
        .querySelector(`[data-utterance="${utteranceId}"] [data-index="${index}"]`)
        ?.classList.add("is-promise");
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
  marking.offer.querySelector("button").addEventListener("click", () => marking.open());
}

/** Show the marked words; with the dialogue on the page, let new ones be marked. Returns the marking, or null. */
export function attachMarking(root) {
  showMarks(root);
  const dialog = document.querySelector("[data-promise-dialog]");
  if (!dialog) return null;
  const marking = new Marking(root, dialog);
  wireDialog(marking);
  for (const name of ["pointerdown", "pointerover"]) root.addEventListener(name, (event) => marking.drag(event));
  // Before the keys of every page: beside a transcript "p" is for the marked words, and pauses nobody.
  const onKey = (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    // By place on the keyboard: on a Russian layout the same key gives "з".
    if (plain && event.code === "KeyP") {
      marking.open();
      event.preventDefault();
    }
    if (plain && event.key === "Escape") marking.clear();
  };
  document.addEventListener("keydown", onKey, { capture: true });
  return marking;
}
