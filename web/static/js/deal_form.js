// The form of a deal: clients are chosen by a part of their name, a product brings its price, rows grow.

import { errorText, say, words } from "./toast.js";

const WAIT_MS = 200;

function startPicker(box) {
  const text = box.querySelector("[data-picker-text]");
  const picked = box.querySelector("[data-picked]");
  const list = box.querySelector(".picker-list");
  let timer = 0;
  let asked = 0;
  const close = () => { asked += 1; list.replaceChildren(); };
  async function find() {
    const turn = ++asked;
    if (!text.value.trim()) return close();
    try {
      const answer = await fetch(`/deals/clients?${new URLSearchParams({ q: text.value })}`);
      const body = await answer.text();
      if (turn !== asked) return;
      if (answer.ok) list.innerHTML = body;
      else say(errorText(body), { bad: true });
    } catch {
      say(words().noServer, { bad: true });
    }
  }
  text.addEventListener("input", () => {
    picked.value = "";
    clearTimeout(timer);
    timer = setTimeout(find, WAIT_MS);
  });
  list.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-pick]");
    if (!choice) return;
    picked.value = choice.dataset.pick;
    text.value = choice.querySelector("span").textContent;
    close();
    text.focus();
  });
  box.addEventListener("keydown", (event) => {
    const choices = [...list.querySelectorAll("[data-pick]")];
    if (event.key === "Escape" && choices.length) { event.stopPropagation(); close(); text.focus(); }
    if (event.key === "Enter" && event.target === text && choices.length && !picked.value) {
      event.preventDefault();
      choices[0].click();
    }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !choices.length) return;
    event.preventDefault();
    const here = choices.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (choices[here] ?? text).focus();
  });
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) close(); });
}

function startItems(box) {
  const amount = document.querySelector("[data-amount]");
  const hint = document.querySelector("[data-amount-hint]");
  const add = box.querySelector("[data-add-item]");
  // Sums are the server's: the field only says that positions count.
  function count() {
    const isByItems = [...box.querySelectorAll("[name=item_name]")].some((field) => field.value.trim());
    amount.readOnly = isByItems;
    hint.hidden = !isByItems;
  }
  box.addEventListener("input", (event) => {
    const row = event.target.closest("[data-item]");
    if (event.target.name === "item_name") {
      const known = [...document.querySelectorAll("#goods option")].find((one) => one.value === event.target.value);
      row.querySelector("[name=item_product]").value = known?.dataset.product ?? "";
      if (known) {
        row.querySelector("[name=item_price]").value = known.dataset.price;
        row.querySelector("[name=item_unit]").value = known.dataset.unit;
      }
    }
    count();
  });
  add.hidden = false;
  add.addEventListener("click", () => {
    const rows = box.querySelectorAll("[data-item]");
    const fresh = rows[rows.length - 1].cloneNode(true);
    for (const field of fresh.querySelectorAll("input")) {
      field.value = field.name === "item_quantity" ? "1" : "";
      const label = field.getAttribute("aria-label");
      if (label) field.setAttribute("aria-label", label.replace(/\d+/, String(rows.length + 1)));
    }
    add.before(fresh);
    fresh.querySelector("[name=item_name]").focus();
  });
  count();
}

for (const box of document.querySelectorAll("[data-picker]")) startPicker(box);
for (const box of document.querySelectorAll("[data-items]")) startItems(box);
