/** The list of messages in a pane: keyed by ts, days between, held at the end only for who reads there. */
import { dayHeading, fromTs } from "./dates.js";
import { h, patch, replace } from "./dom.js";
import { icon } from "./icons.js";
import { drawMessage, messageBody } from "./message.js";
import { Reader } from "./stream.js";

const NEAR = 48;

export class Log {
  #messages = new Map();
  #reader = new Reader();
  #pinned = true;
  #end = 0;
  #meanwhile = null;

  constructor(desk, { label, thread = false }) {
    this.desk = desk;
    this.thread = thread;
    this.list = h("div", { class: "messages" });
    this.flow = h("div", { class: "flow tail", role: "log", "aria-label": label, tabindex: "0" }, this.list);
    this.pill = h(
      "button",
      { class: "btn s pill", type: "button", hidden: true, onclick: () => this.toEnd({ focus: true }) },
      icon("down"),
      "New messages",
    );
    this.element = h("div", { class: "log" }, this.flow, this.pill);
    this.flow.addEventListener("scroll", () => this.#scrolled());
    // While a message is edited in place the list stands still.
    const watch = new ResizeObserver(() => this.#pinned && !this.list.querySelector("form") && this.#jump());
    watch.observe(this.list);
    watch.observe(this.flow);
  }

  get messages() {
    return [...this.#messages.values()];
  }

  find(ts) {
    return this.#messages.get(ts);
  }

  node(ts) {
    return this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  }

  /** A reading has been asked for: what happens until it is there is newer than what it will say. */
  awaiting() {
    this.#meanwhile = [];
  }

  /** Shows these messages and nothing else, without reading them all aloud. */
  fill(given, { empty = null } = {}) {
    this.flow.setAttribute("aria-live", "off");
    const messages = this.#merged(given);
    this.#messages.clear();
    replace(this.list, messages.length ? null : empty);
    // An answer that is being written is news, also when its pane opens in the middle of it.
    for (const message of messages) this.#insert(message, { aloud: message.stream?.open === true });
    this.toEnd();
    requestAnimationFrame(() => this.flow.setAttribute("aria-live", "polite"));
  }

  #merged(given) {
    const known = new Map(given.map((message) => [message.ts, message]));
    for (const change of this.#meanwhile ?? []) {
      if (change.gone) known.delete(change.ts);
      else known.set(change.ts, change);
    }
    this.#meanwhile = null;
    return [...known.values()].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  }

  upsert(message) {
    this.#meanwhile?.push(message);
    // Somebody may have scrolled up in this very frame, before the browser says so.
    // What was there may also have shrunk (steps that fold), and then the end itself has come up.
    const end = Math.min(this.#end, this.flow.scrollHeight - this.flow.clientHeight);
    if (this.flow.scrollTop < end - NEAR) this.#pinned = false;
    const before = this.#messages.get(message.ts);
    if (before) return this.#change(before, message);
    if (!this.#messages.size) replace(this.list);
    this.#insert(message);
    if (message.mine) this.toEnd();
    else if (!this.#pinned) this.pill.hidden = false;
  }

  /** Draws a message again, for what stands around it (its thread's status). */
  refresh(ts) {
    const message = this.#messages.get(ts);
    if (message) this.#swap(message, { quiet: true });
  }

  remove(ts) {
    this.#meanwhile?.push({ ts, gone: true });
    this.#messages.delete(ts);
    this.node(ts)?.remove();
  }

  toEnd({ focus = false } = {}) {
    this.#pinned = true;
    this.pill.hidden = true;
    this.#jump();
    if (focus) this.flow.focus();
  }

  #insert(message, { aloud = true } = {}) {
    this.#messages.set(message.ts, message);
    const node = drawMessage(message, this.desk, { thread: this.thread });
    const later = [...this.list.querySelectorAll("[data-ts]")].find((other) => other.dataset.ts > message.ts);
    if (later) later.before(node);
    else this.list.append(this.#dayBefore(message) ?? "", node);
    if (message.stream) this.#reader.follow(message, node.querySelector(".body"), { aloud });
  }

  #dayBefore(message) {
    const last = [...this.list.querySelectorAll("[data-ts]")].at(-1);
    const day = fromTs(message.ts).toDateString();
    if (last && fromTs(last.dataset.ts).toDateString() === day) return null;
    return h("p", { class: "day" }, h("span", {}, dayHeading(fromTs(message.ts))));
  }

  #change(before, message) {
    this.#messages.set(message.ts, message);
    // While a stream is open, and when it closes, its finished paragraphs stay the same nodes.
    if (!before.stream?.open || !message.stream)
      return this.#swap(message, { quiet: before.text === message.text && !message.blocks?.length });
    const node = this.node(message.ts);
    const body = node.querySelector(".body");
    patch(body, messageBody(message, this.desk));
    if (!message.stream.open) node.removeAttribute("aria-busy");
    this.#reader.follow(message, body);
    if (!this.#pinned) this.pill.hidden = false;
  }

  #swap(message, { quiet }) {
    const old = this.node(message.ts);
    const fresh = drawMessage(message, this.desk, { thread: this.thread });
    if (quiet) fresh.setAttribute("aria-live", "off");
    const focused = old.contains(document.activeElement) ? (document.activeElement.dataset.action ?? "") : null;
    old.replaceWith(fresh);
    if (focused !== null)
      (fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`) ?? fresh).focus({ preventScroll: true });
  }

  #scrolled() {
    const top = this.flow.scrollTop;
    const isNear = this.flow.scrollHeight - top - this.flow.clientHeight < NEAR;
    // More may have come before the browser reports a jump to the end: only who moves up has left it.
    if (isNear) this.#pinned = true;
    else if (top < this.#end - NEAR) this.#pinned = false;
    if (!isNear) return;
    this.pill.hidden = true;
    this.#end = top;
  }

  #jump() {
    this.flow.scrollTop = this.flow.scrollHeight;
    this.#end = this.flow.scrollTop;
  }
}
