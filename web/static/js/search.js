// The page of search: every hit plays from its word, right here.

const audio = document.querySelector("#search-sound");
const status = document.querySelector("#search-status");
let playing = null;

function show(button) {
  for (const other of document.querySelectorAll("[data-hit-play]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

function playFrom(button) {
  const source = `/media/recordings/${button.dataset.recording}/stereo`;
  const start = Number(button.dataset.at);
  playing = button;
  status.textContent = "";
  if (audio.getAttribute("src") === source && audio.readyState > 0) {
    audio.currentTime = start;
  } else {
    audio.src = source;
    audio.addEventListener("loadedmetadata", () => (audio.currentTime = start), { once: true });
  }
  audio.play().catch((error) => {
    if (error.name !== "AbortError") status.textContent = status.dataset.failed;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hit-play]");
  if (!button) return;
  if (button === playing && !audio.paused) audio.pause();
  else playFrom(button);
});

audio.addEventListener("play", () => show(playing));
for (const name of ["pause", "ended", "error"]) audio.addEventListener(name, () => show(null));
audio.addEventListener("error", () => (status.textContent = status.dataset.failed));

const form = document.querySelector("[data-search-form]");
// Empty fields would only make the address long.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
for (const field of form.querySelectorAll("select, [type=date]")) {
  field.addEventListener("change", () => form.elements.namedItem("q").value && form.requestSubmit());
}
