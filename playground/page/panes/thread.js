/** The thread pane: one message and its replies. */
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { tried } from "../say.js";
import { Pane } from "./pane.js";

export class Thread extends Pane {
  at = null;

  constructor(desk) {
    super(desk, {
      label: "Replies",
      thread: true,
      send: (text, files) => desk.send({ channel: this.at.channel, thread_ts: this.at.ts, text, files }),
    });
    this.title = h("h2", { class: "pt", tabindex: "-1" }, "Thread");
    this.where = h("span", { class: "faint" });
    const close = h(
      "button",
      { class: "btn s plain", type: "button", "aria-label": "Close the thread", onclick: () => desk.closeThread() },
      icon("close"),
    );
    this.element = h(
      "section",
      { class: "pane thread", "aria-label": "Thread", hidden: true },
      h("header", {}, h("div", { class: "row" }, this.title, this.where), close),
      this.log.element,
      this.footer,
    );
    this.composer.takeDrops(this.element);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && desk.closeThread());
  }

  isAt(channel, ts) {
    return this.at !== null && this.at.channel === channel && this.at.ts === ts;
  }

  async open(channel, ts, { where, canWrite = true }) {
    this.at = { channel, ts };
    this.element.hidden = false;
    this.element.classList.add("open");
    replace(this.where, where);
    this.composer.address("Reply", { reason: canWrite ? null : "This conversation is only shown." });
    this.log.fill([]);
    await this.reload();
  }

  async reload() {
    if (!this.at) return;
    const { channel, ts } = this.at;
    this.log.awaiting();
    const answer = await tried(() => this.desk.api.get("messages", { channel, thread: ts }));
    if (!answer || !this.isAt(channel, ts)) return;
    this.desk.working.load(answer);
    this.log.fill(answer.messages);
    this.working(channel, ts);
  }

  close() {
    this.at = null;
    this.element.hidden = true;
    this.element.classList.remove("open");
  }
}
