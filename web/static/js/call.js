// The page of a call: notes and state that come later, the client to attach, promises that are closed.

/** Replace one part of the page by its fresh state, unless somebody works in it. */
async function refreshPart(selector) {
  const shown = document.querySelector(selector);
  if (!shown || shown.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
  if (fresh) shown.replaceWith(fresh);
}

/** While something is awaited (recording, transcript, end of the call), a notice about calls or jobs loads the page anew. */
function reloadWhenReady() {
  const page = document.querySelector("[data-call-page]");
  const waits = document.querySelector("[data-wait-for-sound], [data-wait-for-transcript]");
  if (page.dataset.ended === "yes" && !waits) return;
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const changed = ["#recording", "#transcript", ".call-head"].some(
        (part) => fresh.querySelector(part)?.textContent !== document.querySelector(part)?.textContent,
      );
      const busy = document.activeElement?.closest("input, textarea, select, dialog");
      if (changed && !busy) location.reload();
    }, 500);
  };
  for (const topic of ["call", "job"]) document.body.addEventListener(`slovo:${topic}`, soon);
}

function closePromises() {
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-promise-close]")) return;
    event.preventDefault();
    const body = new FormData(event.target, event.submitter);
    const answer = await fetch(event.target.action, { method: "POST", body, headers: { Accept: "text/html", "HX-Request": "true" } });
    if (answer.ok) document.querySelector("#promises").outerHTML = await answer.text();
    else location.reload();
  });
}

/** A promise's time plays from its words, without leaving the page. */
function playPromises() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-play-at]");
    const player = document.querySelector("[data-player]");
    if (!link || !player || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const detail = { time: Number(link.dataset.playAt), play: true };
    player.dispatchEvent(new CustomEvent("player:seek", { detail }));
  });
}

function findClients() {
  const field = document.querySelector("[data-client-query]");
  const found = document.querySelector("[data-client-found]");
  field?.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = `${field.form.action}?${new URLSearchParams({ q: field.value })}`;
    const answer = await fetch(address, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (answer.ok) found.innerHTML = await answer.text();
  });
}

reloadWhenReady();
closePromises();
playPromises();
findClients();
document.body.addEventListener("slovo:note", () => refreshPart("#call-notes"));
