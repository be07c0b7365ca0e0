// The form of a client's card: says at once when a colleague has saved the same card meanwhile.

const form = document.getElementById("edit");
const strip = document.getElementById("card-changed");

async function look() {
  const answer = await fetch(`${location.pathname}/version`, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { version, who } = await answer.json();
  if (version <= Number(form.elements.version.value)) return;
  strip.querySelector("span").textContent = strip.dataset.words.replace("{who}", who || strip.dataset.somebody);
  strip.hidden = false;
}

if (form && strip) {
  let asked = 0;
  document.body.addEventListener("slovo:client", () => {
    clearTimeout(asked);
    asked = setTimeout(() => look().catch(() => {}), 200);
  });
}
