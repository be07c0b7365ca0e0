// Plays one moment of a recording without a page of its own: for lists of promises and of evidence.
//
// In: elements with data-recording, data-start and data-end (seconds), a button [data-play] in each. Out: sound, from a second
// before the words to half a second behind them; the element that sounds has the class "is-sounding".

const BEFORE_S = 1;
const BEHIND_S = 0.5;
const audio = document.querySelector("audio[data-moment]");
let sounding = null;

function stop() {
  audio.pause();
  sounding?.classList.remove("is-sounding");
  sounding = null;
}

/** Play the moment of this element, or stop it if it sounds already. Returns whether it has one. */
export function toggle(element) {
  if (!audio || !element?.dataset.recording) return false;
  if (sounding === element) {
    stop();
    return true;
  }
  stop();
  sounding = element;
  const begin = Math.max(0, Number(element.dataset.start) - BEFORE_S);
  const source = `/media/recordings/${element.dataset.recording}/stereo`;
  if (!audio.src.endsWith(source)) audio.src = source;
  element.classList.add("is-sounding");
  audio.currentTime = begin;
  audio.play().catch(() => stop());
  return true;
}

audio?.addEventListener("timeupdate", () => {
  if (sounding && audio.currentTime > Number(sounding.dataset.end) + BEHIND_S) stop();
});
audio?.addEventListener("ended", stop);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (button) toggle(button.closest("[data-recording]"));
});
