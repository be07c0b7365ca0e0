// Being noticed when a call comes in: the title of the page blinks; sound and notifications after a person switched them on.

import { say, words } from "./toast.js";

const KEY = "slovo-alerts";
const seen = new Set();
let audio = null;
let title = document.title;
let blink = 0;

const isOn = () => localStorage.getItem(KEY) === "on";

export const alertsAreOn = isOn;

function beep() {
  audio ??= new AudioContext();
  audio.resume();
  for (const [start, pitch] of [[0, 660], [0.22, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.15, audio.currentTime + start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + start + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.22);
  }
}

// Several tabs of one person: the first one that notices is the one that rings.
function isFirstTab(key) {
  const mark = `slovo-rang-${key}`;
  if (localStorage.getItem(mark)) return false;
  localStorage.setItem(mark, "1");
  setTimeout(() => localStorage.removeItem(mark), 30000);
  return true;
}

function notify(card) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const note = new Notification(words().incoming, { body: card.dataset.who, tag: card.dataset.pop });
  note.onclick = () => { focus(); note.close(); };
}

function look() {
  const ringing = [...document.querySelectorAll('[data-pop][data-state="ringing"]')];
  for (const card of ringing) {
    if (seen.has(card.dataset.pop)) continue;
    seen.add(card.dataset.pop);
    if (isOn() && isFirstTab(card.dataset.pop)) {
      beep();
      notify(card);
    }
  }
  if (ringing.length && !blink) {
    title = document.title;
    blink = setInterval(() => {
      const who = document.querySelector('[data-pop][data-state="ringing"]')?.dataset.who ?? "";
      document.title = document.title === title ? `☎ ${who}` : title;
    }, 900);
    document.title = `☎ ${ringing[0].dataset.who}`;
  } else if (!ringing.length && blink) {
    clearInterval(blink);
    blink = 0;
    document.title = title;
  }
}

export function startAlerts() {
  const control = document.getElementById("alerts-switch");
  const show = () => control.setAttribute("aria-pressed", String(isOn()));
  control.addEventListener("click", async () => {
    localStorage.setItem(KEY, isOn() ? "off" : "on");
    show();
    if (!isOn()) return say(words().alertsOff);
    beep();
    const allowed = "Notification" in window ? await Notification.requestPermission() : "denied";
    return say(allowed === "granted" ? words().alertsOn : words().alertsBlocked);
  });
  show();
  document.addEventListener("slovo:placed", look);
}
