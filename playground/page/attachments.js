/** What goes with the next message: files on their way up or ready, each a chip that can be taken off again. */
import { h, replace } from "./dom.js";
import { size } from "./files.js";
import { icon } from "./icons.js";
import { announce, toast } from "./say.js";

const LIMIT = 25 * 1024 * 1024;

/** The ids of files once they are all up; null when one of them could not be uploaded. */
export async function uploaded(held) {
  await Promise.all(held.map((one) => one.coming));
  return held.some((one) => one.failed) ? null : held.map((one) => one.file.id);
}

export class Attachments {
  #held = [];

  /** `changed()` is called whenever a chip comes or goes; `left()` gets the focus when the last one was taken off. */
  constructor(api, { changed, left }) {
    this.api = api;
    this.changed = changed;
    this.left = left;
    this.element = h("ul", { class: "row chips", "aria-label": "Attached" });
  }

  get empty() {
    return !this.#held.length;
  }

  /** Uploads files that were picked, dropped or pasted, each by itself. */
  add(files) {
    for (const file of files) {
      if (file.size > LIMIT)
        toast(`${file.name} has ${size(file.size)}; the playground takes up to 25 MB a file. Attach a smaller one.`);
      else this.take(file.name, () => this.api.upload([file]));
    }
  }

  /** Holds a place for `name` until `upload()` has given its file. */
  take(name, upload) {
    const one = { name, file: null, failed: false };
    one.coming = upload()
      .then(({ files: [file] }) => {
        one.file = file;
        announce(`${file.name} is attached.`);
      })
      .catch((error) => {
        one.failed = true;
        this.#held = this.#held.filter((other) => other !== one);
        toast(error.message);
      })
      .finally(() => this.#draw());
    this.#held.push(one);
    this.#draw();
  }

  /** Gives what is held and holds nothing any more; `restore` takes it again. */
  clear() {
    const held = this.#held;
    this.restore([]);
    return held;
  }

  /** Takes back what was given, but for what could not be uploaded. */
  restore(held) {
    this.#held = held.filter((one) => !one.failed);
    this.#draw();
  }

  #remove(one) {
    const at = this.#held.indexOf(one);
    this.#held = this.#held.filter((other) => other !== one);
    this.#draw();
    announce(`${one.name} is no longer attached.`);
    const buttons = this.element.querySelectorAll("button");
    if (buttons.length) buttons[Math.min(at, buttons.length - 1)].focus();
    else this.left();
  }

  #draw() {
    replace(
      this.element,
      this.#held.map((one) => this.#chip(one)),
    );
    this.changed();
  }

  #chip(one) {
    const kind = one.file?.subtype === "slack_audio" ? "voice" : "file";
    return h(
      "li",
      { class: "chip", "aria-busy": one.file ? null : true },
      one.file ? icon(kind) : icon("turning", "ico spin"),
      h("span", { class: "name" }, one.name),
      h("small", {}, one.file ? size(one.file.size) : "on its way"),
      h(
        "button",
        { type: "button", "aria-label": `Remove ${one.name}`, onclick: () => this.#remove(one) },
        icon("close"),
      ),
    );
  }
}
