/** A streamed answer as it grows: its plan, its tasks, its text with a caret at the end. */
import { blocksBox } from "./blocks/blocks.js";
import { h, joined } from "./dom.js";
import { icon } from "./icons.js";
import { announce } from "./say.js";
import { markdown } from "./text/markdown.js";
import { link } from "./text/parts.js";

const FACES = {
  pending: ["waiting", ""],
  in_progress: ["turning", "spin"],
  complete: ["check", "ok"],
  error: ["failed", "bad"],
};
const SPOKEN = { pending: "waiting: ", in_progress: "running: ", complete: "done: ", error: "failed: " };

/** Consecutive tasks (and the plan above them) become one list, in the order in which the parts came. */
function grouped(parts) {
  const groups = [];
  for (const part of parts) {
    const steps = part.type === "task" || part.type === "plan";
    const last = groups.at(-1);
    if (steps && last?.steps) last.steps.push(part);
    else groups.push(steps ? { steps: [part] } : { part });
  }
  return groups;
}

export function streamBody(stream, desk, message) {
  const nodes = grouped(stream.parts).flatMap(({ steps, part }) => {
    if (steps) return [progress(steps, stream)];
    if (part.type === "text") return [...markdown(part.text, desk.names).childNodes];
    return part.type === "blocks" ? [blocksBox(part.blocks, desk.surfaceFor(message))] : [];
  });
  if (stream.open) addCaret(nodes);
  return nodes;
}

function addCaret(nodes) {
  const caret = h("span", { class: "caret", "aria-hidden": "true" });
  let last = nodes.at(-1);
  while (last && ["UL", "OL"].includes(last.tagName)) last = last.lastElementChild;
  if (last && ["P", "LI", "H3", "H4", "H5", "H6"].includes(last.tagName)) last.append(caret);
  else if (last?.tagName !== "DETAILS") nodes.push(h("p", {}, caret));
}

function progress(steps, { open, mode }) {
  const title = steps.findLast((step) => step.type === "plan")?.title;
  const tasks = steps.filter((step) => step.type === "task");
  const failed = tasks.some((task) => task.status === "error");
  const list = h("ul", { class: "progress" }, tasks.map(taskRow));
  if (!title && (open || tasks.length < 2 || failed)) return list;
  const count = tasks.length === 1 ? "1 step" : `${tasks.length} steps`;
  const heading = [
    !open && icon(failed ? "failed" : "check"),
    " ",
    [title, open ? null : count].filter(Boolean).join(" · "),
  ];
  return h(
    "details",
    { class: "did", open: open || failed, dataset: { mode: mode ?? "timeline" } },
    h("summary", {}, heading),
    list,
  );
}

function taskRow(task) {
  const [drawing, className] = FACES[task.status] ?? FACES.pending;
  const sources = (task.sources ?? []).map((source) => link(source.url ?? "", source.text ?? source.url ?? ""));
  return h(
    "li",
    {},
    h(
      "p",
      { class: "doing" },
      icon(drawing, className || "ico"),
      h("span", {}, h("span", { class: "sr" }, SPOKEN[task.status] ?? ""), task.title),
    ),
    (task.details || task.output || sources.length > 0) &&
      h(
        "p",
        { class: "faint" },
        joined([task.details, task.output, ...sources].filter(Boolean), () => " · "),
      ),
  );
}

/** Reads a growing answer aloud, paragraph by paragraph: each once, when the next has begun or the stream has ended. */
export class Reader {
  #read = new Map();

  follow(message, body, { aloud = true } = {}) {
    const paragraphs = [...body.children]
      .filter((node) => !node.matches(".progress, .did, .blocks"))
      .map((node) => node.textContent);
    const finished = message.stream.open ? paragraphs.length - 1 : paragraphs.length;
    const from = this.#read.get(message.ts) ?? 0;
    if (aloud) for (const paragraph of paragraphs.slice(from, Math.max(finished, from))) announce(paragraph);
    this.#read.set(message.ts, Math.max(finished, from));
  }
}
