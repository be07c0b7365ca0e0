// The builder of filters: rows of field, comparison and value, in groups that ask for all or any of theirs. It reads and
// writes the same JSON that stands in addresses and segments; only ordinary form controls, so that keys and fingers work.

const DEEPEST = 3;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function choice(label, pairs, chosen) {
  const select = element("select", { className: "form-select form-select-sm", ariaLabel: label });
  for (const [value, name] of pairs) select.append(element("option", { value, textContent: name, selected: value === chosen }));
  return select;
}

class Builder {
  constructor(form) {
    this.form = form;
    this.fields = JSON.parse(form.dataset.fields);
    this.words = JSON.parse(form.dataset.words);
    this.byKey = new Map(this.fields.map((field) => [field.key, field]));
  }

  start(value) {
    const data = "all" in value || "any" in value ? value : { all: value.field ? [value] : [] };
    this.root = this.group(data, 0);
    if (!this.root.querySelector(":scope > .filter-rows").children.length) this.add(this.root);
    this.form.querySelector("[data-filter-tree]").replaceChildren(this.root);
  }

  group(data, depth) {
    const isAny = "any" in data;
    const mode = choice(this.words.together, [["all", this.words.all], ["any", this.words.any]], isAny ? "any" : "all");
    const rows = element("div", { className: "filter-rows" });
    const group = element("fieldset", { className: "filter-group" }, element("div", { className: "filter-mode" }, mode), rows);
    group.dataset.depth = depth;
    for (const part of data[isAny ? "any" : "all"] ?? []) {
      rows.append("field" in part ? this.row(part) : this.group(part, depth + 1));
    }
    const tools = element("div", { className: "filter-tools" }, this.button(`+ ${this.words.addCondition}`, () => this.add(group).focus()));
    if (depth < DEEPEST) tools.append(this.button(`+ ${this.words.addGroup}`, () => this.addGroup(group)));
    if (depth > 0) tools.append(this.button(this.words.remove, () => group.remove()));
    group.append(tools);
    return group;
  }

  button(text, act) {
    const button = element("button", { type: "button", className: "btn btn-sm", textContent: text });
    button.addEventListener("click", act);
    return button;
  }

  add(group) {
    const row = this.row({});
    group.querySelector(":scope > .filter-rows").append(row);
    return row.querySelector("select");
  }

  addGroup(group) {
    const inner = this.group({ any: [] }, Number(group.dataset.depth) + 1);
    group.querySelector(":scope > .filter-rows").append(inner);
    this.add(inner).focus();
  }

  row(part) {
    const names = this.fields.map((field) => [field.key, field.name]);
    const fields = choice(this.words.field, names, part.field ?? names[0][0]);
    const rest = element("span", { className: "filter-rest" });
    const remove = element("button", { type: "button", className: "icon-btn", ariaLabel: this.words.remove, textContent: "×" });
    const row = element("div", { className: "filter-row" }, fields, rest, remove);
    remove.addEventListener("click", () => row.remove());
    fields.addEventListener("change", () => this.compare(rest, fields.value, {}));
    this.compare(rest, fields.value, part);
    return row;
  }

  compare(rest, key, part) {
    const field = this.byKey.get(key);
    const ops = choice(this.words.op, field.ops, part.op ?? field.ops[0][0]);
    const value = element("span", { className: "filter-value" });
    ops.addEventListener("change", () => this.value(value, field, ops.value, undefined));
    rest.replaceChildren(ops, value);
    this.value(value, field, ops.value, part.value);
  }

  value(place, field, op, value) {
    place.replaceChildren();
    if (this.words.withoutValue.includes(op)) return;
    if (["choice", "many"].includes(field.kind)) return place.append(this.several(field, value));
    const isDays = ["last", "not_last", "next"].includes(op);
    const type = isDays || field.kind === "number" ? "number" : field.kind === "date" ? "date" : "text";
    const given = op === "between" ? value ?? ["", ""] : [value ?? (isDays ? 30 : "")];
    given.forEach((one, index) => {
      if (index) place.append(this.words.to);
      const input = element("input", { className: "form-control form-control-sm", type, value: one, required: true, ariaLabel: isDays ? this.words.days : this.words.value, maxLength: 200 });
      if (type === "number") input.step = isDays ? "1" : "any";
      if (isDays) input.min = "0";
      place.append(input);
    });
  }

  several(field, value) {
    const chosen = new Set((value ?? []).map(String));
    const list = element("span", { className: "filter-several", role: "group", ariaLabel: this.words.value });
    const known = field.options.map(([one]) => one);
    const lost = [...chosen].filter((one) => !known.includes(one)).map((one) => [one, one]);
    for (const [one, name] of [...field.options, ...lost]) {
      const box = element("input", { type: "checkbox", className: "form-check-input", value: one, checked: chosen.has(one) });
      list.append(element("label", { className: "filter-choice" }, box, name));
    }
    return list;
  }

  read(node) {
    if (node.matches(".filter-group")) {
      const mode = node.querySelector(":scope > .filter-mode select").value;
      const parts = [...node.querySelector(":scope > .filter-rows").children].map((one) => this.read(one));
      return { [mode]: parts.filter(Boolean) };
    }
    const field = this.byKey.get(node.querySelector("select").value);
    const op = node.querySelector(".filter-rest > select").value;
    const part = { field: field.key, op };
    if (this.words.withoutValue.includes(op)) return part;
    if (["choice", "many"].includes(field.kind)) {
      part.value = [...node.querySelectorAll("input:checked")].map((box) => box.value);
      return part.value.length ? part : null;
    }
    const values = [...node.querySelectorAll(".filter-value input")].map((input) => input.value);
    if (!values.every(Boolean)) return null;
    const isDays = ["last", "not_last", "next"].includes(op);
    part.value = op === "between" ? values : isDays ? Number(values[0]) : values[0];
    return part;
  }

  // The JSON of the filter, "" when it asks for nothing.
  text() {
    const data = this.read(this.root);
    const isEmpty = (node) => !("field" in node) && Object.values(node)[0].every(isEmpty);
    return isEmpty(data) ? "" : JSON.stringify(data);
  }
}

export function startFilter(form) {
  const builder = new Builder(form);
  builder.start(JSON.parse(form.dataset.value));
  form.addEventListener("submit", () => (form.elements.f.value = builder.text()));
  // A segment is saved as the filter stands, shown or not yet.
  for (const other of document.querySelectorAll("[data-with-filter]")) {
    other.addEventListener("submit", () => (other.elements.f.value = builder.text() || other.elements.f.value));
  }
}
