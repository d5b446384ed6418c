/** The inspector: what Slack and Pinyon say to each other, and faults on demand. */
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { Faults } from "./faults.js";

const MOST = 300;

export class Look {
  #rows = new Map();

  constructor(desk) {
    this.wire = h("ol", { class: "wire" });
    this.filter = h("input", {
      type: "search",
      class: "filter",
      placeholder: "Only names with…",
      "aria-label": "Show only names with",
      oninput: () => this.#sift(),
    });
    this.traffic = h(
      "div",
      { class: "flow", role: "tabpanel", id: "traffic", "aria-labelledby": "tab-traffic" },
      h("p", { class: "faint" }, "What Slack and Pinyon say to each other, newest first"),
      this.filter,
      this.wire,
    );
    this.faults = new Faults(desk);
    this.tabs = h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": "Inspector" },
      this.#tab("traffic", "Traffic"),
      this.#tab("faults", "Faults"),
    );
    const close = h(
      "button",
      {
        class: "btn s plain below-l",
        type: "button",
        "aria-label": "Close the inspector",
        onclick: () => desk.closePanes(),
      },
      icon("close"),
    );
    this.element = h(
      "aside",
      { class: "pane look", id: "look", "aria-label": "Inspector" },
      h("header", {}, this.tabs, close),
      this.traffic,
      this.faults.element,
    );
    this.#show("traffic");
  }

  /** Reads what was said so far; entries that arrive meanwhile are newer and stay on top. */
  async load(read) {
    this.#rows.clear();
    replace(this.wire);
    const answer = await read();
    const newer = [...this.#rows];
    for (const one of [...(answer?.entries ?? [])].reverse()) if (!this.#rows.has(one.id)) this.entry(one);
    for (const [id, row] of newer) {
      this.#rows.delete(id);
      this.#rows.set(id, row);
      this.wire.prepend(row);
    }
  }

  entry(one) {
    const old = this.#rows.get(one.id);
    const row = this.#row(one);
    row.hidden = !this.#wanted(row);
    this.#rows.set(one.id, row);
    if (old) {
      row.firstChild.open = old.firstChild.open;
      old.replaceWith(row);
    } else this.wire.prepend(row);
    while (this.#rows.size > MOST) this.#drop();
  }

  #drop() {
    const [id, row] = this.#rows.entries().next().value;
    row.remove();
    this.#rows.delete(id);
  }

  #row(one) {
    const took = one.ms === null || one.ms === undefined ? null : `${Math.round(one.ms)} ms`;
    const facts = [one.way === "in" ? one.status : null, one.note, took].filter(Boolean).join(" · ");
    const wrong = Number(one.status) >= 400 || one.response?.ok === false;
    const summary = h(
      "summary",
      {},
      h("b", { "aria-hidden": "true" }, one.way === "in" ? "→" : "←"),
      h("span", { class: "sr" }, one.way === "in" ? "to Slack: " : "to Pinyon: "),
      " ",
      h("code", {}, one.name),
      " ",
      h("span", { class: wrong ? "wrong" : "faint" }, [facts, one.response?.error].filter(Boolean).join(" · ")),
    );
    const details = h("details", {}, summary);
    // Written out only when opened: most are never looked into.
    details.addEventListener(
      "toggle",
      () => details.open && details.childElementCount === 1 && details.append(...bodies(one)),
    );
    return h("li", { dataset: { name: one.name } }, details);
  }

  #wanted(row) {
    return row.dataset.name.toLowerCase().includes(this.filter.value.trim().toLowerCase());
  }

  #sift() {
    for (const row of this.wire.children) row.hidden = !this.#wanted(row);
  }

  #tab(name, label) {
    const move = (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = event.target.nextElementSibling ?? event.target.previousElementSibling;
      other.focus();
      other.click();
    };
    return h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        "aria-controls": name,
        onclick: () => this.#show(name),
        onkeydown: move,
      },
      label,
    );
  }

  #show(name) {
    for (const tab of this.tabs.children) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    this.traffic.hidden = name !== "traffic";
    this.faults.element.hidden = name !== "faults";
  }
}

function bodies(one) {
  return [
    ["request", "Sent"],
    ["response", "Answered"],
  ]
    .filter(([key]) => one[key] && Object.keys(one[key]).length)
    .flatMap(([key, label]) => [
      h("p", { class: "faint" }, label),
      h("pre", { tabindex: "0" }, JSON.stringify(one[key], null, 1)),
    ]);
}
