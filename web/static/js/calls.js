// The list of calls: filters apply at once, rows appear and change while calls go on.

const DEBOUNCE_MS = 300;
const list = () => document.querySelector("#calls");

/** Put fresh rows among those shown: changed ones are replaced, new ones go to the top. */
function merge(fresh) {
  const body = document.querySelector("#calls-rows");
  for (const blind of body.querySelectorAll("[data-blind]")) {
    if (!fresh.querySelector(`#${blind.id}`)) blind.remove(); // filled in meanwhile
  }
  let anchor = body.firstElementChild;
  for (const row of [...fresh.querySelectorAll("#calls-rows > tr")]) {
    const shown = document.getElementById(row.id);
    if (!shown) {
      row.classList.add("is-new");
      body.insertBefore(row, anchor);
    } else {
      if (shown.outerHTML !== row.outerHTML && !shown.contains(document.activeElement)) shown.replaceWith(row);
      anchor = document.getElementById(row.id).nextElementSibling;
    }
  }
}

async function refresh() {
  const shown = list();
  if (shown?.dataset.calls !== "newest") return;
  const answer = await fetch(shown.dataset.part, { headers: { Accept: "text/html", "HX-Request": "true" } });
  if (!answer.ok) return; // the page's own strip tells that the server is away; the next notice tries again
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#calls");
  if (!fresh) return;
  if (document.querySelector("#calls-rows") && fresh.querySelector("#calls-rows")) merge(fresh);
  else shown.replaceWith(fresh);
}

let waiting = 0;
document.body.addEventListener("slovo:call", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, DEBOUNCE_MS);
});

const more = document.querySelector("[data-calls-more]");
// On a phone the filters would push the calls off the screen.
if (matchMedia("(max-width: 767px)").matches && more.dataset.callsMore === "none") more.open = false;

const form = document.querySelector("[data-calls-filters]");
form.addEventListener("change", (event) => {
  if (event.target.matches("[data-date]")) form.querySelector("[data-period]")?.remove();
  form.requestSubmit();
});
// Empty fields would only make the address long.
form.addEventListener("formdata", ({ formData }) => {
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});
