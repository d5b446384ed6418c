/** The files of a message: pictures and sounds where they stand, everything else as a card to save. */
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SIZES = [
  [1_048_576, "MB"],
  [1024, "kB"],
];

/** A size in words, as in 12 kB. */
export function size(bytes) {
  const [unit, name] = SIZES.find(([unit]) => bytes >= unit) ?? [1, "bytes"];
  return `${(bytes / unit).toFixed(unit > 1 && bytes / unit < 10 ? 1 : 0)} ${name}`;
}

const GONE = {
  tombstone: "This file was deleted.",
  hidden_by_limit: "This file is hidden, because the plan of this workspace shows only newer ones.",
};

export function drawFile(file) {
  if (GONE[file.mode]) return h("p", { class: "file gone" }, icon("file"), GONE[file.mode]);
  if (!file.play_url) return h("p", { class: "file gone" }, icon("file"), "This file is still on its way.");
  if (file.mimetype?.startsWith("audio/")) return sound(file);
  if (PICTURES.has(file.mimetype)) return picture(file);
  return card(file);
}

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

const saved = (file) => `${file.play_url}&download=1`;

const facts = (file) => [file.filetype?.toUpperCase(), size(file.size)].filter(Boolean).join(" · ");

function save(file) {
  return h(
    "a",
    { class: "btn s plain", href: saved(file), download: file.name, "aria-label": `Download ${file.name}` },
    icon("down"),
  );
}

function card(file) {
  return h(
    "div",
    { class: "file" },
    icon("file"),
    h("div", { class: "grow" }, h("b", {}, file.title || file.name), h("small", {}, facts(file))),
    save(file),
  );
}

function picture(file) {
  const name = file.title || file.name;
  return h(
    "figure",
    { class: "file shown" },
    h(
      "a",
      { href: file.play_url, target: "_blank", rel: "noopener" },
      h("img", { src: file.play_url, alt: file.alt_txt || name, loading: "lazy" }),
    ),
    h("figcaption", {}, h("span", { class: "grow" }, h("b", {}, name), h("small", {}, facts(file))), save(file)),
  );
}

function sound(file) {
  const isClip = file.subtype === "slack_audio";
  return h(
    "div",
    { class: "file heard" },
    h(
      "div",
      { class: "row" },
      icon("voice"),
      h("b", { class: "grow" }, isClip ? "Audio clip" : file.title || file.name),
      file.duration_ms && h("small", {}, `${Math.round(file.duration_ms / 1000)} s`),
      save(file),
    ),
    h("audio", { controls: true, preload: "none", src: file.play_url, "aria-label": file.name }),
    file.transcription && h("p", { class: "faint" }, transcript(file.transcription)),
  );
}

function transcript({ status, preview }) {
  if (status === "complete") return ["Transcript: ", h("q", {}, `${preview.content}${preview.has_more ? "…" : ""}`)];
  return status === "failed" ? "Slack made no transcript of this clip." : "Slack is making a transcript…";
}
