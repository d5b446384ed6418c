/** Where a message is written: Enter sends, Shift+Enter makes a line, files are attached, Stop stands in while Pinyon works. */
import { h, replace, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { tried } from "./say.js";
import { Suggestions } from "./suggest.js";

export class Composer {
  #files = [];
  #stopping = null;

  /** `send(text, files)` posts; `state()` is the playground's state, for suggestions. */
  constructor(desk, { label, send }) {
    this.desk = desk;
    this.post = send;
    const id = uniqueId("write");
    this.field = h("textarea", { id, rows: "1" });
    this.label = h("label", { class: "sr", for: id }, label);
    this.suggest = new Suggestions(this.field, () => desk.state, { moved: () => this.#grow() });
    this.pick = h("input", {
      type: "file",
      multiple: true,
      class: "sr",
      tabindex: "-1",
      "aria-hidden": "true",
      onchange: () => this.#attach(this.pick.files),
    });
    this.attach = h(
      "button",
      { class: "btn plain", type: "button", "aria-label": "Attach a file", onclick: () => this.pick.click() },
      icon("attach"),
    );
    this.send = h("button", { class: "btn primary", type: "submit" }, icon("send"), "Send");
    this.stop = h(
      "button",
      { class: "btn", type: "button", hidden: true, onclick: () => this.#stopping?.() },
      icon("stop"),
      "Stop",
    );
    this.chips = h("div", { class: "row chips" });
    this.form = h(
      "form",
      { class: "composer", "aria-label": label },
      this.suggest.element,
      this.label,
      this.field,
      this.pick,
      this.attach,
      this.stop,
      this.send,
      this.chips,
    );
    this.closed = h("p", { class: "faint closed", hidden: true });
    this.element = h("div", {}, this.form, this.closed);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#grow());
    this.field.addEventListener(
      "paste",
      (event) => event.clipboardData.files.length && this.#attach(event.clipboardData.files),
    );
    this.form.addEventListener("dragover", (event) => event.preventDefault());
    this.form.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#attach(event.dataTransfer.files);
    });
  }

  /** Names whom it writes to; `reason` closes it with a sentence. */
  address(label, { reason = null } = {}) {
    this.label.textContent = label;
    this.form.setAttribute("aria-label", label);
    this.field.placeholder = label;
    this.form.hidden = reason !== null;
    this.closed.hidden = reason === null;
    this.closed.textContent = reason ?? "";
  }

  /** Shows Stop while `stop` is given; Send comes back as soon as something is written. */
  working(stop) {
    this.#stopping = stop;
    this.#buttons();
  }

  focus() {
    this.field.focus();
  }

  get empty() {
    return !this.field.value.trim() && !this.#files.length;
  }

  #buttons() {
    this.stop.hidden = this.#stopping === null;
    this.send.hidden = this.#stopping !== null && this.empty;
  }

  #key(event) {
    if (event.isComposing) return;
    if (this.suggest.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 220)}px`;
    this.#buttons();
  }

  async #submit() {
    const text = this.field.value;
    const files = this.#files;
    if (this.empty) return;
    this.suggest.close();
    this.#set("", []);
    const sent = await tried(() =>
      this.post(
        text,
        files.map((file) => file.id),
      ),
    );
    // What was refused goes back where it was written, unless something new stands there.
    if (sent === null && this.empty) this.#set(text, files);
  }

  #set(text, files) {
    this.field.value = text;
    this.#files = files;
    this.#chips();
    this.#grow();
  }

  async #attach(list) {
    const chosen = [...list];
    this.pick.value = "";
    if (!chosen.length) return;
    const answer = await tried(() => this.desk.api.upload(chosen));
    if (answer) this.#set(this.field.value, [...this.#files, ...answer.files]);
    this.focus();
  }

  #chips() {
    replace(
      this.chips,
      this.#files.map((file) => {
        const drop = () =>
          this.#set(
            this.field.value,
            this.#files.filter((other) => other !== file),
          );
        return h(
          "span",
          { class: "badge" },
          icon("file"),
          file.name,
          h("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: drop }, icon("close")),
        );
      }),
    );
  }
}
