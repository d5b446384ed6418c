/** Faults on demand: choose one, play it, take it back. */
import { h, replace } from "../dom.js";
import { tried } from "../say.js";

export class Faults {
  #kinds = [];

  constructor(desk) {
    this.desk = desk;
    this.kind = h("select", { onchange: () => this.#fields() });
    this.fields = h("div", { class: "stack-s" });
    this.active = h("div", { "aria-live": "polite" });
    const form = h(
      "form",
      { class: "stack-s" },
      h("label", { class: "field" }, h("span", {}, "Fault"), this.kind),
      this.fields,
      h("button", { class: "btn s", type: "submit" }, "Play it"),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#play();
    });
    this.element = h(
      "div",
      { class: "flow stack", role: "tabpanel", id: "faults", "aria-labelledby": "tab-faults" },
      h("p", { class: "faint" }, "What goes wrong with Slack on a bad day. See how Pinyon takes it."),
      form,
      this.active,
    );
  }

  show({ kinds, active }) {
    if (kinds && kinds.length !== this.#kinds.length) {
      this.#kinds = kinds;
      replace(
        this.kind,
        kinds.map((kind) => h("option", { value: kind.kind }, kind.title)),
      );
      this.#fields();
    }
    this.#list(active ?? []);
  }

  get #chosen() {
    return this.#kinds.find((kind) => kind.kind === this.kind.value);
  }

  #fields() {
    replace(
      this.fields,
      (this.#chosen?.fields ?? []).map((field) => {
        const attributes = { name: field.name, value: String(field.default ?? "") };
        const box =
          field.type === "choice"
            ? h(
                "select",
                { name: field.name },
                field.choices.map((choice) =>
                  h("option", { value: choice, selected: choice === field.default }, choice),
                ),
              )
            : h("input", { type: field.type === "number" ? "number" : "text", step: "any", ...attributes });
        return h("label", { class: "field" }, h("span", {}, field.label), box);
      }),
    );
  }

  #list(active) {
    if (!active.length) return replace(this.active, h("p", { class: "faint" }, "No fault is on."));
    const all =
      active.length > 1 &&
      h(
        "button",
        { class: "btn s plain", type: "button", onclick: () => this.#send({ clear: "all" }) },
        "Take all back",
      );
    return replace(
      this.active,
      h("h3", {}, "On now"),
      h(
        "ul",
        { class: "wire" },
        active.map((fault) =>
          h(
            "li",
            { class: "row" },
            h("span", { class: "grow" }, fault.says),
            h(
              "button",
              {
                class: "btn s",
                type: "button",
                "aria-label": `Take back: ${fault.says}`,
                onclick: () => this.#send({ clear: fault.id }),
              },
              "Take back",
            ),
          ),
        ),
      ),
      all,
    );
  }

  #play() {
    const values = Object.fromEntries(
      [...this.fields.querySelectorAll("input, select")].map((box) => [
        box.name,
        box.type === "number" ? Number(box.value) : box.value,
      ]),
    );
    return this.#send({ kind: this.kind.value, ...values });
  }

  async #send(body) {
    const answer = await tried(() => this.desk.api.post("faults", body));
    if (answer) this.show(answer);
  }
}
