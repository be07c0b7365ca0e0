// The search box of every page: hits below it as one types, arrows go through them, Esc closes. Boxes that drop down close
// when one clicks beside them.

function closeFound() {
  document.getElementById("nav-found")?.replaceChildren();
}

function step(event) {
  const form = event.target.closest?.("[data-find]");
  if (!form) return;
  if (event.key === "Escape") {
    closeFound();
    form.querySelector("input").value = "";
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const lines = [form.querySelector("input"), ...form.querySelectorAll("[data-found]")];
  if (!by || lines.length < 2) return;
  const now = lines.indexOf(document.activeElement);
  lines[(now + by + lines.length) % lines.length].focus();
  event.preventDefault();
}

export function startFind() {
  document.addEventListener("keydown", step);
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest?.("details[data-drop][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-find]")) closeFound();
    for (const box of document.querySelectorAll("details[data-drop][open]")) {
      if (!box.contains(event.target)) box.open = false;
    }
  });
}
