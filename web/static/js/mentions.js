// "@" in a comment: a list of colleagues under the field, chosen by keys or by a click.

const TYPING = /(?<![\w@./:-])@([\p{L}\d_.-]*)$/u;
const WAIT_MS = 120;
let open = null; // { field, list, from, at }
let timer = 0;
let asked = 0;

function close() {
  if (!open) return;
  open.list.remove();
  open.field.removeAttribute("aria-controls");
  open.field.removeAttribute("aria-activedescendant");
  open = null;
}

function select(index) {
  const options = [...open.list.querySelectorAll("[role=option]")];
  if (!options.length) return;
  open.at = (index + options.length) % options.length;
  options.forEach((option, n) => option.setAttribute("aria-selected", String(n === open.at)));
  open.field.setAttribute("aria-activedescendant", options[open.at].id);
}

function put(option) {
  const { field, from } = open;
  const end = field.selectionStart;
  field.setRangeText(`@${option.dataset.login} `, from, end, "end");
  close();
  field.focus();
}

function show(field, from, people) {
  close();
  if (!people.length) return;
  const list = document.createElement("ul");
  list.className = "mention-list";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  people.forEach((one, n) => {
    const option = document.createElement("li");
    const name = document.createElement("span");
    const login = document.createElement("span");
    option.id = `mention-${n}`;
    option.setAttribute("role", "option");
    option.dataset.login = one.login;
    name.textContent = one.name;
    login.textContent = `@${one.login}`;
    login.className = "text-secondary";
    option.append(name, login);
    list.append(option);
  });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  open = { field, list, from, at: 0 };
  select(0);
}

async function look(field) {
  const before = field.value.slice(0, field.selectionStart);
  const typing = TYPING.exec(before);
  const mine = ++asked;
  if (!typing) { close(); return; }
  try {
    const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(typing[1])}`, { headers: { accept: "application/json" } });
    if (!answer.ok || mine !== asked || document.activeElement !== field) return;
    show(field, typing.index, await answer.json());
  } catch {
    close(); // without the server a name can still be typed
  }
}

export function startMentions() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("textarea[data-mentions]");
    if (!field) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(field), WAIT_MS);
  });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field) return;
    if (event.key === "ArrowDown") select(open.at + 1);
    else if (event.key === "ArrowUp") select(open.at - 1);
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") put(open.list.querySelector("[aria-selected=true]"));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  // Before the field loses the focus.
  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.(".mention-list [role=option]");
    if (!option || !open) return;
    event.preventDefault();
    put(option);
  });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.field) close(); });
}
