/** Where a message is written: Enter sends, Shift+Enter makes a line, files and clips go with it, Stop stands in while Pinyon works. */
import { Attachments, uploaded } from "./attachments.js";
import { askClip } from "./clip.js";
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { tried } from "./say.js";
import { Suggestions } from "./suggest.js";

export class Composer {
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
      onchange: () => this.#picked(),
    });
    this.attached = new Attachments(desk.api, { changed: () => this.#buttons(), left: () => this.focus() });
    this.attach = menuButton(icon("attach"), { class: "btn plain", "aria-label": "Attach a file" }, () =>
      this.#toAttach(),
    );
    this.clip = h(
      "button",
      { class: "btn plain", type: "button", "aria-label": "Record a clip", onclick: () => this.#record() },
      icon("voice"),
    );
    this.send = h("button", { class: "btn primary", type: "submit" }, icon("send"), h("span", { class: "word" }, "Send"));
    this.stop = h(
      "button",
      { class: "btn", type: "button", hidden: true, onclick: () => this.#stopping?.() },
      icon("stop"),
      "Stop",
    );
    this.form = h(
      "form",
      { class: "composer", "aria-label": label },
      this.suggest.element,
      this.label,
      this.field,
      this.pick,
      this.attach,
      this.clip,
      this.stop,
      this.send,
      this.attached.element,
    );
    this.closed = h("p", { class: "faint closed", hidden: true });
    this.element = h("div", {}, this.form, this.closed);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => this.#grow());
    this.field.addEventListener("paste", (event) => this.#paste(event));
  }

  /** Lets files be dropped anywhere on `pane`. */
  takeDrops(pane) {
    const over = (event) => event.dataTransfer?.types.includes("Files") && !this.form.hidden;
    pane.addEventListener("dragover", (event) => {
      if (!over(event)) return;
      event.preventDefault();
      pane.classList.add("dropping");
    });
    pane.addEventListener("dragleave", (event) => {
      if (!pane.contains(event.relatedTarget)) pane.classList.remove("dropping");
    });
    pane.addEventListener("drop", (event) => {
      if (!over(event)) return;
      event.preventDefault();
      pane.classList.remove("dropping");
      this.attached.add([...event.dataTransfer.files]);
      this.focus();
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
    return !this.field.value.trim() && this.attached.empty;
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
    if (this.empty) return;
    this.suggest.close();
    const held = this.attached.clear();
    this.#write("");
    const files = await uploaded(held);
    const sent = files && (await tried(() => this.post(text, files)));
    if (sent !== null || !this.empty) return;
    // What was refused goes back where it was written, unless something new stands there.
    this.attached.restore(held);
    this.#write(text);
  }

  #write(text) {
    this.field.value = text;
    this.#grow();
  }

  #picked() {
    this.attached.add([...this.pick.files]);
    this.pick.value = "";
    this.focus();
  }

  #paste(event) {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    this.attached.add(files);
  }

  #toAttach() {
    const samples = this.desk.state.samples ?? [];
    return [
      { label: "From this computer…", pick: () => this.pick.click() },
      ...samples.map(({ name, about }) => ({
        label: name,
        detail: about,
        pick: () => {
          this.attached.take(name, () => this.desk.api.post("sample", { name }));
          this.focus();
        },
      })),
    ];
  }

  async #record() {
    const clip = await askClip();
    if (!clip) return this.clip.focus();
    this.attached.take("Audio clip", () => this.desk.api.voice(clip));
    return this.focus();
  }
}
