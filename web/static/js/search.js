// The page of search: every hit plays from its word, right here.

const audio = document.querySelector("#search-sound");
const status = document.querySelector("#search-status");
let playing = null;
let startAt = 0;

function show(button) {
  for (const other of document.querySelectorAll("[data-hit-play]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

function showPlaying() {
  show(audio.paused ? null : playing);
}

function playFrom(button) {
  const source = `/media/recordings/${button.dataset.recording}/stereo`;
  startAt = Number(button.dataset.at);
  playing = button;
  status.textContent = "";
  if (audio.getAttribute("src") === source && audio.readyState > 0) {
    audio.currentTime = startAt;
  } else if (audio.getAttribute("src") !== source || audio.error) {
    audio.src = source;
  }
  audio.play().catch((error) => {
    if (error.name !== "AbortError") status.textContent = status.dataset.failed;
  });
  showPlaying(); // from one hit of a playing call to another there is no "play" event
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hit-play]");
  if (!button) return;
  if (button === playing && !audio.paused) audio.pause();
  else playFrom(button);
});

// The hit that was pressed last: another may have been pressed while the sound was on its way.
audio.addEventListener("loadedmetadata", () => (audio.currentTime = startAt));
for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showPlaying);
audio.addEventListener("error", () => {
  show(null);
  status.textContent = status.dataset.failed;
});

const form = document.querySelector("[data-search-form]");
// Empty fields would only make the address long.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
for (const field of form.querySelectorAll("select, [type=date]")) {
  field.addEventListener("change", () => form.elements.namedItem("q").value && form.requestSubmit());
}

// On a phone the hits come first.
if (matchMedia("(max-width: 575px)").matches) {
  for (const facets of document.querySelectorAll(".search-facets")) facets.open = false;
}
