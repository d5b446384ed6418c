/** The Home tab: one view, drawn again whenever Pinyon publishes it. */
import { blocksBox } from "./blocks/blocks.js";
import { entered, surface } from "./blocks/surface.js";
import { h, replace } from "./dom.js";

export class Home {
  #view = null;
  #surface = null;

  constructor(desk) {
    this.desk = desk;
    this.element = h("div", { class: "flow home", tabindex: "0", role: "region", "aria-label": "Home", hidden: true });
  }

  show(view) {
    const kept = this.#surface && this.#view?.id === view?.id ? entered(this.#surface.fields.values()) : {};
    this.#view = view;
    if (!view) return replace(this.element, h("p", { class: "faint" }, "Pinyon has not put anything here yet."));
    this.#surface = surface({
      names: this.desk.names,
      ask: this.desk.ask,
      kept,
      act: (blockId, action, state) => this.desk.act({ view_id: view.id }, blockId, action, state),
      search: (blockId, actionId, value) => this.desk.search({ view_id: view.id }, blockId, actionId, value),
    });
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    replace(this.element, blocksBox(view.blocks, this.#surface, { framed: false }));
    if (focused) this.element.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus();
    return this.element;
  }
}
