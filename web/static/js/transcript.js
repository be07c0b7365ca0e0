// The transcript beside the player: a click on a word plays from it, the words follow the sound, keys move along them.
//
// In: [data-transcript] with words [data-start]; the player's events. Out: "player:seek" to the player.

import { clear, extend, wasDragged } from "./selection.js";

const FOLLOW_AGAIN_MS = 4000;
const HANGS_ON_S = 0.25;

class Transcript {
  constructor(root, player) {
    this.root = root;
    this.player = player;
    this.gather();
    this.scrolledAt = -Infinity;
    this.follow = document.querySelector("[data-transcript-follow]");
  }

  /** Look which words there are: corrections bring new ones. */
  gather() {
    this.words = [...this.root.querySelectorAll("[data-start]")];
    this.timed = this.words
      .map((element) => ({ element, start: Number(element.dataset.start), end: Number(element.dataset.end) }))
      .sort((one, other) => one.start - other.start);
    this.playing = new Set();
  }

  playFrom(word) {
    this.player.dispatchEvent(
      new CustomEvent("player:seek", { detail: { time: Number(word.dataset.start), play: true } }),
    );
  }

  /** Both sides may speak at once, so each turn may have a current word; in one turn it is the last that began. */
  wordsAt(time) {
    let [low, high] = [0, this.timed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timed[middle].start <= time) low = middle + 1;
      else high = middle;
    }
    const lately = this.timed.slice(Math.max(0, low - 6), low).filter(({ end }) => time < end + HANGS_ON_S);
    return [...new Map(lately.map(({ element }) => [element.closest("[data-utterance]"), element])).values()];
  }

  show(time) {
    const now = new Set(this.wordsAt(time));
    for (const word of this.playing) if (!now.has(word)) word.classList.remove("is-playing");
    for (const word of now) if (!this.playing.has(word)) this.light(word);
    this.playing = now;
  }

  light(word) {
    word.classList.add("is-playing");
    const mayScroll = this.follow.checked && performance.now() - this.scrolledAt > FOLLOW_AGAIN_MS;
    if (mayScroll && !this.player.querySelector("audio").paused) {
      word.closest("[data-utterance]").scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
  }

  /** One word at a time is in the tab order; the arrows move from there. */
  focus(word) {
    for (const other of this.root.querySelectorAll('[data-start][tabindex="0"]')) other.tabIndex = -1;
    word.tabIndex = 0;
    word.focus();
  }

  neighbour(word, step) {
    return this.words[this.words.indexOf(word) + step] ?? null;
  }
}

function wireKeys(transcript) {
  transcript.root.addEventListener("keydown", (event) => {
    const word = event.target.closest("[data-start]");
    if (!word || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = transcript.neighbour(word, step);
      if (next) {
        if (event.shiftKey) extend(word, next);
        else clear();
        transcript.focus(next);
      }
    } else if (event.key === "Enter" || event.key === " ") {
      transcript.playFrom(word);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

function start(root) {
  const player = document.querySelector("[data-player]");
  const transcript = new Transcript(root, player);
  if (player) {
    root.addEventListener("click", (event) => {
      const word = event.target.closest("[data-start]");
      if (!word || wasDragged()) return;
      transcript.focus(word);
      transcript.playFrom(word);
    });
    player.addEventListener("player:time", (event) => transcript.show(event.detail));
  }
  for (const name of ["wheel", "touchmove"]) {
    window.addEventListener(name, () => (transcript.scrolledAt = performance.now()), { passive: true });
  }
  root.addEventListener("transcript:changed", () => transcript.gather());
  wireKeys(transcript);
  if (transcript.words.length) transcript.words[0].tabIndex = 0;
  root.dataset.ready = "true";
}

for (const root of document.querySelectorAll("[data-transcript]")) start(root);
