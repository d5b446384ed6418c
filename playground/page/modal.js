/** The dialog of a modal view: its fields, its errors, and where the focus goes. */
import { blocksBox } from "./blocks/blocks.js";
import { showError } from "./blocks/inputs.js";
import { entered, surface } from "./blocks/surface.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { tried } from "./say.js";
import { plain } from "./text/mrkdwn.js";

const LATE = "Pinyon did not answer in time. Nothing was lost; try again.";

export class Modal {
  #view = null;
  #surface = null;
  #opener = null;

  constructor(desk) {
    this.desk = desk;
    this.box = h("div", { class: "flow" });
    this.title = h("h2", { class: "pt", id: "modal-title" });
    this.problem = h("p", { class: "wrong", role: "alert" });
    this.submit = h("button", { class: "btn primary", type: "submit" });
    this.cancel = h("button", { class: "btn", type: "button", onclick: () => this.#leave() });
    const close = h(
      "button",
      { class: "btn s plain", type: "button", "aria-label": "Close the dialog", onclick: () => this.#leave() },
      icon("close"),
    );
    this.form = h(
      "form",
      { novalidate: true },
      h("header", {}, this.title, close),
      this.box,
      h("footer", {}, this.problem, h("div", { class: "row end" }, this.cancel, this.submit)),
    );
    this.element = h("dialog", { class: "modal", "aria-labelledby": "modal-title" }, this.form);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.element.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#leave();
    });
    document.body.append(this.element);
  }

  /** Draws `view` (the top of the stack), or closes the dialog for null. */
  show(view, errors = null) {
    if (!view) return this.#close();
    const same = this.#view?.id === view.id;
    const focused = same ? document.activeElement?.dataset?.action : null;
    const kept = same ? entered(this.#surface.fields.values()) : {};
    this.#view = view;
    this.#draw(view, kept);
    if (!this.element.open) {
      this.#opener = document.activeElement;
      this.element.showModal();
    }
    if (errors && Object.keys(errors).length) this.#errors(errors);
    else if (focused) this.box.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
    else if (!same) this.#first();
    return this.element;
  }

  #draw(view, kept) {
    this.#surface = surface({
      names: this.desk.names,
      ask: this.desk.ask,
      kept,
      act: (blockId, action, state) => this.desk.act({ view_id: view.id }, blockId, action, state),
      search: (blockId, actionId, value) => this.desk.search({ view_id: view.id }, blockId, actionId, value),
    });
    replace(this.title, plain(view.title));
    replace(this.problem);
    replace(this.box, blocksBox(view.blocks, this.#surface, { framed: false }));
    this.submit.hidden = !view.submit;
    this.submit.disabled = false;
    replace(this.submit, plain(view.submit) || "Submit");
    replace(this.cancel, plain(view.close) || (view.submit ? "Cancel" : "Close"));
  }

  #first() {
    const field = this.box.querySelector("[data-first]") ?? this.box.querySelector("input, select, textarea");
    (field ?? this.cancel).focus();
  }

  async #send() {
    const missing = this.#missing();
    if (Object.keys(missing).length) return this.#errors(missing);
    this.submit.disabled = true;
    const answer = await tried(() =>
      this.desk.api.post("view", {
        view_id: this.#view.id,
        event: "submit",
        state: { values: this.#surface.fields.values() },
      }),
    );
    this.submit.disabled = false;
    if (answer?.errors && Object.keys(answer.errors).length) this.#errors(answer.errors);
    else if (answer && answer.acked === false) replace(this.problem, LATE);
    return answer;
  }

  /** Slack itself asks for what is not optional, before the app is asked. */
  #missing() {
    const values = this.#surface.fields.values();
    const needed = this.#view.blocks.filter(
      (block) => block.type === "input" && block.optional !== true && block.block_id,
    );
    const empty = needed.filter((block) => {
      const [value] = Object.entries(values[block.block_id]?.[block.element.action_id] ?? {})
        .filter(([key]) => key !== "type")
        .map(([, one]) => one);
      return value === null || value === undefined || value.length === 0;
    });
    return Object.fromEntries(empty.map((block) => [block.block_id, "Fill this in to go on."]));
  }

  #errors(errors) {
    const fields = Object.entries(errors).map(
      ([blockId, sentence]) => showError(this.box, blockId, sentence) ?? replace(this.problem, sentence),
    );
    fields[0]?.focus();
  }

  async #leave() {
    const view = this.#view;
    this.#close();
    if (view) await tried(() => this.desk.api.post("view", { view_id: view.id, event: "close" }));
  }

  #close() {
    this.#view = null;
    if (!this.element.open) return;
    this.element.close();
    // The card behind may have been drawn anew meanwhile: then the focus goes to where one writes.
    if (this.#opener?.isConnected && this.#opener !== document.body) this.#opener.focus();
    else this.desk.focusComposer();
  }
}
