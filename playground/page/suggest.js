/** The list over a composer: commands after "/", people after "@", channels after "#". */
import { h, replace, uniqueId } from "./dom.js";

const WORD = /(?:^|\s)([@#])([\p{L}\p{N}_-]*)$/u;
const MOST = 7;

/** What could be meant before the cursor: [{text, label, detail, from}], best first. */
export function suggestions(before, state) {
  if (before.startsWith("/")) return commands(before, state.commands);
  const found = WORD.exec(before);
  if (!found) return [];
  const [, sign, start] = found;
  const from = before.length - start.length - 1;
  const wanted = start.toLowerCase();
  const all =
    sign === "@"
      ? people(state)
      : state.channels.map((channel) => ({
          text: `#${channel.name} `,
          label: `#${channel.name}`,
          detail: channel.topic,
        }));
  return all
    .filter((one) =>
      one.label
        .toLowerCase()
        .split(/[\s@#]/)
        .some((part) => part.startsWith(wanted)),
    )
    .slice(0, MOST)
    .map((one) => ({ ...one, from }));
}

function people(state) {
  const bot = { text: `@${state.bot.name} `, label: `@${state.bot.name}`, detail: "App" };
  const others = Object.values(state.users).filter((user) => user.kind !== "bot" && user.id !== state.me.id);
  return [
    bot,
    ...others.map((user) => ({ text: `@${user.handle} `, label: `@${user.handle} ${user.name}`, detail: user.title })),
  ];
}

function commands(before, known) {
  const [name, ...rest] = before.split(" ");
  if (!rest.length) {
    return known
      .filter((one) => one.command.startsWith(name))
      .map((one) => ({
        text: `${one.command} `,
        label: one.command,
        detail: [one.usage_hint, one.description].filter(Boolean).join(" · "),
        from: 0,
      }));
  }
  const command = known.find((one) => one.command === name);
  if (!command || rest.length > 1) return [];
  const words = (command.words ?? []).filter((word) => word.startsWith(rest[0]) && word !== rest[0]);
  return words.map((word) => ({ text: `${name} ${word}`, label: `${name} ${word}`, detail: "", from: 0 }));
}

/** The list box itself; `field` keeps the focus, as a combobox does. */
export class Suggestions {
  #items = [];
  #at = -1;

  constructor(field, state, { moved = () => {} } = {}) {
    this.field = field;
    this.state = state;
    this.moved = moved;
    this.element = h("div", {
      class: "menu suggest",
      role: "listbox",
      id: uniqueId("suggest"),
      "aria-label": "Suggestions",
      hidden: true,
    });
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
      ["aria-controls", this.element.id],
    ])
      field.setAttribute(name, value);
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => this.close());
  }

  get open() {
    return !this.element.hidden;
  }

  look() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    this.#items = suggestions(before, this.state());
    if (!this.#items.length) return this.close();
    replace(
      this.element,
      this.#items.map((item, index) => this.#row(item, index)),
    );
    this.element.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#choose(0);
  }

  close() {
    this.element.hidden = true;
    this.#at = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  /** Takes a key press; true when it was meant for the list. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.#choose((this.#at + (event.key === "ArrowDown" ? 1 : -1) + this.#items.length) % this.#items.length);
      return true;
    }
    if (event.key === "Escape") {
      this.close();
      return true;
    }
    if (event.key !== "Tab" && event.key !== "Enter") return false;
    // Enter on a word that is already whole is meant to send it.
    const item = this.#items[this.#at];
    if (event.key === "Enter" && this.field.value.trim() === item.text.trim()) return false;
    this.#take(item);
    return true;
  }

  #row(item, index) {
    const take = (event) => {
      event.preventDefault();
      this.#take(item);
    };
    return h(
      "div",
      { role: "option", id: `${this.element.id}-${index}`, "aria-selected": "false", onpointerdown: take },
      item.label,
      item.detail && h("small", {}, item.detail),
    );
  }

  #choose(index) {
    this.#at = index;
    [...this.element.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    this.element.children[index].scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `${this.element.id}-${index}`);
  }

  #take(item) {
    const after = this.field.value.slice(this.field.selectionStart);
    this.field.value = this.field.value.slice(0, item.from) + item.text + after;
    const end = item.from + item.text.length;
    this.field.setSelectionRange(end, end);
    this.moved();
    this.look();
  }
}
