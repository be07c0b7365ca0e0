// Skipping silence: while it is on, the player jumps over the stretches in which neither side speaks.
//
// In: the intervals that the server found in the outline of both sides. Out: seeks, and what they saved is told.

import { clock } from "./player_time.js";

/** The interval that holds `time` and does not end at once, or null. `intervals`: [from, to], in the order of time. */
function silenceAt(intervals, time) {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle][0] <= time) low = middle + 1;
    else high = middle;
  }
  const found = intervals[low - 1];
  return found && time < found[1] - 0.1 ? found : null;
}

class Skipping {
  constructor(controls) {
    this.controls = controls;
    this.button = controls.root.querySelector("[data-player-silence]");
    this.told = controls.root.querySelector("[data-silence-told]");
    this.intervals = null;
    this.silent = 0;
    this.saved = 0;
    this.on = false;
  }

  async toggle() {
    this.on = !this.on;
    this.button.setAttribute("aria-pressed", String(this.on));
    this.told.hidden = !this.on;
    if (this.on && !this.intervals) await this.load();
    else this.tell();
  }

  async load() {
    const answer = await fetch(this.controls.root.dataset.silences, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) {
      this.told.textContent = this.told.dataset.failed;
      return;
    }
    ({ intervals: this.intervals, silent_s: this.silent } = await answer.json());
    this.tell();
  }

  tell() {
    if (!this.intervals) return;
    const { words, none } = this.told.dataset;
    const all = Number(this.controls.audio.dataset.duration);
    this.told.textContent = this.intervals.length
      ? words.replace("{silent}", clock(this.silent)).replace("{all}", clock(all)).replace("{saved}", clock(this.saved))
      : none;
  }

  watch(time) {
    const { audio } = this.controls;
    if (!this.on || !this.intervals || audio.paused || audio.seeking) return;
    const silence = silenceAt(this.intervals, time);
    if (!silence) return;
    this.saved += (silence[1] - time) / audio.playbackRate;
    this.controls.seek(silence[1]);
    this.tell();
  }
}

/** Wire the button; returns what the key does. */
export function attachSilence(controls) {
  const skipping = new Skipping(controls);
  skipping.button.addEventListener("click", () => skipping.toggle());
  controls.root.addEventListener("player:time", (event) => skipping.watch(event.detail));
  return () => skipping.toggle();
}
