// The recording player of a call's page: waveform of both sides, seeking, speed, one side apart, selections.
//
// In: an element [data-player] with the addresses of sound and peaks. Out: the events "player:time" (detail: seconds)
// and "player:ready" on that element; it takes "player:seek" (detail: {time, play}) from the transcript.

import RegionsPlugin from "/static/vendor/wavesurfer/regions.esm.js";
import { listenForKeys } from "./player_keys.js";
import { attachSelection } from "./player_selection.js";
import { sideSwitch } from "./player_sides.js";
import { attachSilence } from "./player_silence.js";
import { askedPosition, clock } from "./player_time.js";
import { Wave, colour } from "./player_wave.js";
import { current } from "./selection.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** Go to a position; before the sound's metadata came, keep it in `data-wanted`: there it will start. */
function seek(audio, seconds) {
  const end = Number.isFinite(audio.duration) ? audio.duration : Number(audio.dataset.duration);
  const time = Math.min(Math.max(0, seconds), Math.max(0, end - 0.05));
  if (audio.readyState > 0 && audio.dataset.wanted === undefined) {
    audio.currentTime = time;
    return;
  }
  audio.dataset.wanted = String(time);
  // To load again what is already on its way would take back a press of play that waits for it.
  const loads = audio.networkState > HTMLMediaElement.NETWORK_IDLE && !audio.error;
  if (audio.readyState === 0 && !loads) audio.load();
}

function startFromWanted(audio) {
  audio.addEventListener("loadedmetadata", () => {
    if (audio.dataset.wanted !== undefined) audio.currentTime = Number(audio.dataset.wanted);
    delete audio.dataset.wanted;
  });
}

function play(audio, status) {
  audio.play().catch((error) => {
    // Browsers refuse sound before the first click on a page: the position is kept, one press of play starts there.
    if (error.name === "NotAllowedError") status.textContent = status.dataset.pressPlay;
    else if (error.name !== "AbortError") status.textContent = status.dataset.failed;
  });
}

class Controls {
  constructor(root, audio) {
    this.root = root;
    this.audio = audio;
    this.status = root.querySelector("[data-player-status]");
    this.position = root.querySelector("[data-player-position]");
    this.toggle = root.querySelector("[data-player-toggle]");
    this.speed = root.querySelector("[data-player-speed]");
    this.listenTo = sideSwitch(audio);
  }

  get time() {
    return Number(this.audio.dataset.wanted ?? this.audio.currentTime);
  }

  seek(seconds) {
    seek(this.audio, seconds);
    this.show(seconds);
  }

  by(seconds) {
    this.seek(this.time + seconds);
  }

  play() {
    this.status.textContent = "";
    play(this.audio, this.status);
  }

  pause() {
    this.audio.pause();
  }

  playOrPause() {
    if (this.audio.paused) this.play();
    else this.pause();
  }

  setSpeed(speed) {
    this.audio.preservesPitch = true;
    this.audio.defaultPlaybackRate = speed;
    this.audio.playbackRate = speed;
    this.speed.value = String(speed);
  }

  changeSpeed(step) {
    const now = SPEEDS.indexOf(this.audio.defaultPlaybackRate);
    this.setSpeed(SPEEDS[Math.min(Math.max(0, now + step), SPEEDS.length - 1)]);
  }

  choose(side) {
    // In a recording of one track nobody is apart: the second channel of it would be silence.
    if (this.root.dataset.sides !== "two") return;
    this.listenTo(side);
    this.root.dataset.side = side;
    for (const button of this.root.querySelectorAll("[data-player-side]")) {
      button.setAttribute("aria-pressed", String(button.dataset.playerSide === side));
    }
  }

  show(seconds) {
    this.position.textContent = clock(seconds);
    this.root.dispatchEvent(new CustomEvent("player:time", { detail: seconds }));
  }

  showPlaying() {
    const playing = !this.audio.paused;
    this.toggle.setAttribute("aria-pressed", String(playing));
    this.toggle.setAttribute("aria-label", playing ? this.toggle.dataset.pause : this.toggle.dataset.play);
    this.toggle.classList.toggle("is-playing", playing);
  }
}

function wireButtons(controls) {
  const { root, audio } = controls;
  controls.toggle.addEventListener("click", () => controls.playOrPause());
  for (const button of root.querySelectorAll("[data-player-by]")) {
    button.addEventListener("click", () => controls.by(Number(button.dataset.playerBy)));
  }
  for (const button of root.querySelectorAll("[data-player-side]")) {
    button.addEventListener("click", () => controls.choose(button.dataset.playerSide));
  }
  controls.speed.addEventListener("change", () => controls.setSpeed(Number(controls.speed.value)));
  for (const name of ["play", "pause", "ended", "emptied"]) audio.addEventListener(name, () => controls.showPlaying());
  audio.addEventListener("error", () => (controls.status.textContent = controls.status.dataset.failed));
  root.addEventListener("player:seek", (event) => {
    controls.seek(event.detail.time);
    if (event.detail.play) controls.play();
  });
}

function wireKeys(controls, stretch, skipSilence, zoom) {
  listenForKeys({
    Space: () => controls.playOrPause(),
    "Shift+Space": () => stretch.play(),
    ArrowLeft: () => controls.by(-5),
    ArrowRight: () => controls.by(5),
    "Shift+ArrowLeft": () => controls.by(-10),
    "Shift+ArrowRight": () => controls.by(10),
    Comma: () => controls.changeSpeed(-1),
    Period: () => controls.changeSpeed(1),
    BracketLeft: () => stretch.startAt(controls.time),
    BracketRight: () => stretch.endAt(controls.time),
    KeyL: () => stretch.toggleLoop(),
    KeyX: skipSilence,
    Minus: () => zoom(-1),
    NumpadSubtract: () => zoom(-1),
    Equal: () => zoom(1),
    "Shift+Equal": () => zoom(1),
    NumpadAdd: () => zoom(1),
    Digit1: () => controls.choose("both"),
    Digit2: () => controls.choose("client"),
    Digit3: () => controls.choose("operator"),
  });
}

/** A function that zooms the waveform by a step, around the selection or the position. */
function wireZoom(controls, wave) {
  const zoom = (step) => {
    const selection = current();
    const middle = selection ? (selection.startS + selection.endS) / 2 : controls.time;
    return wave?.zoomBy(step, middle).catch(() => (controls.status.textContent = controls.status.dataset.noPeaks));
  };
  for (const button of controls.root.querySelectorAll("[data-player-zoom]")) {
    button.addEventListener("click", () => zoom(Number(button.dataset.playerZoom)));
  }
  wave?.showZoom();
  return zoom;
}

/** `timeupdate` comes four times a second: too seldom to follow words, so while it plays every frame is used. */
function followTime(controls) {
  const tick = () => {
    controls.show(controls.time);
    if (!controls.audio.paused) requestAnimationFrame(tick);
  };
  controls.audio.addEventListener("play", () => requestAnimationFrame(tick));
  // No frames are drawn in a window behind others, and what stops or jumps there must do so as well.
  controls.audio.addEventListener("timeupdate", () => document.hidden && controls.show(controls.time));
  controls.audio.addEventListener("seeked", () => controls.show(controls.audio.currentTime));
}

async function start(root) {
  const audio = root.querySelector("audio");
  const controls = new Controls(root, audio);
  startFromWanted(audio);
  wireButtons(controls);
  followTime(controls);
  const asked = askedPosition(location.href);
  let wave = null;
  try {
    wave = await Wave.draw(root, audio);
    wave.surfer.on("interaction", (time) => controls.seek(time));
  } catch (error) {
    // Without the picture the sound still plays; the reader is told why there is none.
    controls.status.textContent = controls.status.dataset.noPeaks;
  }
  const regions = wave?.surfer.registerPlugin(RegionsPlugin.create());
  const stretch = attachSelection(controls, regions, colour);
  wireKeys(controls, stretch, attachSilence(controls), wireZoom(controls, wave));
  controls.setSpeed(1);
  if (asked !== null) {
    controls.seek(asked);
    controls.play();
  }
  root.dataset.ready = "true";
  root.dispatchEvent(new CustomEvent("player:ready"));
}

for (const root of document.querySelectorAll("[data-player]")) start(root);
