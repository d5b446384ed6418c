/** A conversation pane's lower part, the same in the main pane and in a thread: log, status line, composer. */
import { Composer } from "../composer.js";
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { Log } from "../log.js";

export class Pane {
  constructor(desk, { label, thread, send }) {
    this.desk = desk;
    this.log = new Log(desk, { label, thread });
    this.status = h("p", { class: "doing status", role: "status" });
    this.composer = new Composer(desk, { label: "Message", send });
    this.above = h("div");
    this.footer = h("footer", {}, this.above, this.status, this.composer.element);
  }

  /** Shows what Pinyon does in this thread, and Stop while it can be stopped. */
  working(channel, thread) {
    const line = this.desk.working.line(channel, thread);
    // Said again, the same words would be read aloud again.
    if (this.status.textContent !== line) replace(this.status, line && icon("turning", "spin"), line);
    const stop = this.desk.working.stoppable(channel, thread) ? () => this.desk.stop(channel, thread) : null;
    this.composer.working(stop);
  }
}
