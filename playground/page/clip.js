/** The dialog for an audio clip: its sound, where the browser can record one, and in any case what it says. */
import { opened } from "./dialogs.js";
import { h, replace, uniqueId } from "./dom.js";
import { icon } from "./icons.js";

const WHY = "Nobody here can listen. What you write is what Slack's transcript will say.";
const SILENT = "This browser gives no microphone. The clip is silent, and its words count.";
const KINDS = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"];

const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);

/** Records from the microphone until it is stopped; gives the sound. */
class Recording {
  #parts = [];

  constructor(stream) {
    this.began = Date.now();
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    this.recorder.addEventListener("dataavailable", (event) => this.#parts.push(event.data));
    this.recorder.start();
  }

  get seconds() {
    return Math.round((Date.now() - this.began) / 1000);
  }

  stop() {
    const stopped = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    if (this.recorder.state !== "inactive") this.recorder.stop();
    for (const track of this.recorder.stream.getTracks()) track.stop();
    return stopped.then(() => new Blob(this.#parts, { type: this.recorder.mimeType.split(";")[0] }));
  }
}

/** Asks for a clip; gives `{says, sound, seconds}`, or null when it was left. `sound` is null for a silent one. */
export async function askClip() {
  let recording = null;
  let sound = null;
  let seconds = null;
  const hint = uniqueId("clip");
  const field = h("textarea", { rows: "3", required: true, "aria-describedby": hint });
  const state = h("p", { class: "faint", role: "status" }, canRecord() ? "" : SILENT);
  const record = h("button", { class: "btn", type: "button", hidden: !canRecord(), onclick: () => toggle() });
  const face = (name, label) => replace(record, icon(name), label);
  face("voice", "Record");

  async function toggle() {
    if (recording) return finish();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    if (!stream || !dialog.open) {
      for (const track of stream?.getTracks() ?? []) track.stop();
      return replace(state, SILENT);
    }
    recording = new Recording(stream);
    face("stop", "Stop");
    return replace(state, "Recording.");
  }

  async function finish() {
    const done = recording;
    recording = null;
    seconds = done.seconds;
    face("voice", "Record again");
    sound = await done.stop();
    replace(state, `Recorded, ${seconds} s.`);
  }

  const no = h("button", { class: "btn", type: "button", onclick: () => dialog.close("no") }, "Cancel");
  const yes = h("button", { class: "btn primary", value: "yes" }, "Attach");
  const dialog = h(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "ask-title" }, "Audio clip"),
      h("div", { class: "row clip" }, record, state),
      h("label", { class: "field" }, h("span", {}, "What the clip says"), field, h("small", { id: hint }, WHY)),
      h("div", { class: "row end" }, no, yes),
    ),
  );
  const agreed = await opened(dialog, field, () => dialog.returnValue === "yes");
  if (recording) await finish();
  return agreed ? { says: field.value.trim(), sound, seconds } : null;
}
