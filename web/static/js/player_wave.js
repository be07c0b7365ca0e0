// The waveform: both sides, zoom with as much detail as the zoom needs, and the marks and pauses on it.
//
// In: the address of the peaks; [data-player-pause] with times and title; marks as "player:marks" (detail: [{from, to, kind, title}]). Out: "interaction" events of
// wavesurfer, "player:seek" from marks and from the buttons of pauses.

import WaveSurfer from "/static/vendor/wavesurfer/wavesurfer.esm.js";

const WAVE_HEIGHT_PX = 56;
const BAR_PX = 3;
const FEWEST_PEAKS = 1000;
const LARGEST_PX_PER_S = 150;
const LARGEST_ZOOM = 256;

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function waveColours(sides) {
  const of = (side) => ({ waveColor: colour(`--wave-${side}`), progressColor: colour(`--wave-${side}-played`) });
  return sides === "two" ? [of("client"), of("operator")] : [of("operator")];
}

async function loadPeaks(address, pairs) {
  const answer = await fetch(`${address}?pairs=${pairs}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`peaks: HTTP ${answer.status}`);
  const { duration_s: duration, channels } = await answer.json();
  return { duration, peaks: channels.map((channel) => Float32Array.from(channel, (value) => value / 127)) };
}

export class Wave {
  constructor(root, surfer, duration) {
    this.root = root;
    this.surfer = surfer;
    this.duration = duration;
    this.zoom = 1;
    this.asked = 0;
    this.marks = null;
  }

  /** Draw the whole call. */
  static async draw(root, audio) {
    const { peaks, duration } = await loadPeaks(root.dataset.peaks, FEWEST_PEAKS);
    const surfer = WaveSurfer.create({
      container: root.querySelector("[data-player-wave]"),
      cspNonce: root.dataset.nonce,
      media: audio,
      peaks,
      duration,
      height: WAVE_HEIGHT_PX,
      normalize: true,
      dragToSeek: false,
      cursorColor: colour("--wave-cursor"),
      cursorWidth: 2,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      splitChannels: waveColours(root.dataset.sides),
    });
    const wave = new Wave(root, surfer, duration);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      surfer.setOptions({ splitChannels: waveColours(root.dataset.sides), cursorColor: colour("--wave-cursor") });
    });
    wave.showPauses([...root.querySelectorAll("[data-player-pause]")]);
    root.addEventListener("player:marks", (event) => wave.showMarks(event.detail));
    return wave;
  }

  get width() {
    return this.root.querySelector("[data-player-wave]").clientWidth;
  }

  get largest() {
    const useful = (LARGEST_PX_PER_S * this.duration) / this.width;
    return Math.min(LARGEST_ZOOM, 2 ** Math.ceil(Math.log2(Math.max(1, useful))));
  }

  /** Twice as large or half as large (`step` 1 or -1), around `middle` (seconds). */
  async zoomBy(step, middle) {
    const zoom = Math.min(Math.max(1, this.zoom * 2 ** step), this.largest);
    if (zoom === this.zoom) return;
    this.zoom = zoom;
    this.showZoom();
    const mine = ++this.asked;
    const perSecond = zoom === 1 ? 0 : (this.width * zoom) / this.duration;
    const pairs = Math.max(FEWEST_PEAKS, Math.ceil((this.width * zoom) / BAR_PX));
    const { peaks, duration } = await loadPeaks(this.root.dataset.peaks, pairs);
    if (mine !== this.asked) return;
    this.surfer.setOptions({ peaks, duration, minPxPerSec: perSecond });
    // wavesurfer 7 takes new peaks, but goes on drawing the old ones until somebody draws the new.
    this.surfer.renderer.render(this.surfer.getDecodedData());
    this.surfer.setScroll(Math.max(0, middle * perSecond - this.width / 2));
    this.root.dataset.zoom = String(zoom);
  }

  showZoom() {
    this.root.querySelector("[data-player-zoom-told]").textContent = `${this.zoom}×`;
    this.root.querySelector('[data-player-zoom="-1"]').disabled = this.zoom === 1;
    this.root.querySelector('[data-player-zoom="1"]').disabled = this.zoom === this.largest;
  }

  /** Marks lie over the waves for the mouse; the list below it is for everybody. */
  showMarks(marks) {
    this.marks ??= this.#layer("marks", "6");
    this.marks.replaceChildren(...marks.map((mark) => this.#flag(mark)));
  }

  /** Where the recording was paused: hatched over the whole height. The buttons below the waveform are for everybody. */
  showPauses(buttons) {
    if (buttons.length) this.#layer("pauses", "4").append(...buttons.map((button) => this.#pause(button)));
  }

  #pause(button) {
    const { from, to, title } = button.dataset;
    const hatched = document.createElement("div");
    hatched.setAttribute("part", "pause");
    hatched.title = title;
    Object.assign(hatched.style, {
      position: "absolute",
      top: "0",
      bottom: "0",
      left: this.#share(from),
      width: this.#share(to - from),
      pointerEvents: "auto",
    });
    button.addEventListener("click", () => {
      this.root.dispatchEvent(new CustomEvent("player:seek", { detail: { time: Number(from) } }));
    });
    return hatched;
  }

  #share(seconds) {
    return `${(100 * seconds) / this.duration}%`;
  }

  #layer(name, zIndex) {
    const layer = document.createElement("div");
    layer.setAttribute("part", name);
    layer.setAttribute("aria-hidden", "true");
    Object.assign(layer.style, { position: "absolute", inset: "0", pointerEvents: "none", zIndex });
    this.surfer.getWrapper().append(layer);
    return layer;
  }

  #flag({ from, to, kind, title }) {
    const flag = document.createElement("div");
    flag.setAttribute("part", `mark mark-${kind}`);
    flag.title = title;
    Object.assign(flag.style, {
      position: "absolute",
      bottom: "0",
      left: this.#share(from),
      width: this.#share((to ?? from) - from),
      pointerEvents: "auto",
      cursor: "pointer",
    });
    for (const name of ["pointerdown", "click"]) flag.addEventListener(name, (event) => event.stopPropagation());
    flag.addEventListener("click", () => {
      this.root.dispatchEvent(new CustomEvent("player:seek", { detail: { time: from, play: true } }));
    });
    return flag;
  }
}
