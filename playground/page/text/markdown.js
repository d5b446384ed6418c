/** Standard Markdown, as models write it → nodes: paragraphs, headings, lists, tables, code, quotes. */
import { fragment, h } from "../dom.js";
import { inline } from "./markdown_inline.js";

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^(\s*)([-*+•]|\d{1,9}[.)])\s+(.*)$/;
const DELIMITER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Nodes for a whole text; `names` as for mrkdwn. An unfinished text (a stream) is drawn as far as it goes. */
export function markdown(text, names) {
  return fragment(parse(text.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n"), names));
}

const READERS = [readBlank, readFence, readHeading, readRule, readQuote, readTable, readList, readParagraph];

// Nobody writes deeper than this; a text that does is shown as it was written.
const DEEPEST = 12;

function parse(lines, names, depth = 0) {
  if (depth > DEEPEST) return [h("p", {}, lines.join("\n"))];
  const out = [];
  let at = 0;
  while (at < lines.length) {
    for (const read of READERS) {
      const found = read(lines, at, names, depth);
      if (!found) continue;
      if (found.node) out.push(found.node);
      at = found.end;
      break;
    }
  }
  return out;
}

function readBlank(lines, at) {
  return lines[at].trim() ? null : { end: at + 1 };
}

function readFence(lines, at) {
  const opened = FENCE.exec(lines[at]);
  if (!opened) return null;
  const [, fence, language] = opened;
  const closing = new RegExp(`^\\s{0,3}\\${fence[0]}{${fence.length},}\\s*$`);
  const length = lines.slice(at + 1).findIndex((line) => closing.test(line));
  const end = length < 0 ? lines.length : at + 1 + length;
  const code = h("code", language ? { dataset: { language } } : {}, lines.slice(at + 1, end).join("\n"));
  return { node: h("pre", { tabindex: "0" }, code), end: end + 1 };
}

function readHeading(lines, at, names) {
  const found = HEADING.exec(lines[at]);
  if (!found) return null;
  // The page has its own h1 and h2, so headings of a message begin at the third level.
  const level = Math.min(found[1].length + 2, 6);
  return { node: h(`h${level}`, {}, inline(found[2], names)), end: at + 1 };
}

function readRule(lines, at) {
  return RULE.test(lines[at]) ? { node: h("hr"), end: at + 1 } : null;
}

function readQuote(lines, at, names, depth) {
  const end = takeWhile(lines, at, (line) => QUOTE.test(line));
  if (end === at) return null;
  const inside = lines.slice(at, end).map((line) => line.replace(QUOTE, ""));
  return { node: h("blockquote", {}, parse(inside, names, depth + 1)), end };
}

function readTable(lines, at, names) {
  if (!lines[at].includes("|") || !(lines[at + 1] ?? "").includes("-") || !DELIMITER.test(lines[at + 1])) return null;
  const heads = cells(lines[at]);
  const aligns = cells(lines[at + 1]).map((cell) => (/^-+:$/.test(cell) ? "num" : null));
  if (heads.length !== aligns.length) return null;
  const end = takeWhile(lines, at + 2, (line) => line.includes("|") && line.trim() !== "");
  const row = (tag, values) =>
    h(
      "tr",
      {},
      heads.map((_, index) => h(tag, { class: aligns[index] }, inline(values[index] ?? "", names))),
    );
  const body = lines.slice(at + 2, end).map((line) => row("td", cells(line)));
  return { node: tableBox(h("table", {}, h("thead", {}, row("th", heads)), h("tbody", {}, body))), end };
}

function cells(line) {
  const row = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** A table that scrolls inside its own box, so that the page never does. */
export function tableBox(table) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}

function readList(lines, at, names, depth) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const base = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length > base + 1 || item[1].length < base || /\d/.test(item[2]) !== ordered) break;
    const next = itemEnd(lines, end + 1, base);
    items.push(readItem(item[3], lines.slice(end + 1, next), names, depth));
    end = next;
  }
  const start = ordered ? Number.parseInt(first[2], 10) : null;
  return { node: h(ordered ? "ol" : "ul", start !== null && start !== 1 ? { start } : {}, items), end };
}

/** An item goes on over indented lines, and over plain lines that follow without a gap. */
function itemEnd(lines, at, base) {
  let end = at;
  while (end < lines.length) {
    const line = lines[end];
    const indent = line.length - line.trimStart().length;
    if (!line.trim()) {
      const after = lines.slice(end).findIndex((text) => text.trim());
      const next = after < 0 ? null : lines[end + after];
      if (next === null || (next.length - next.trimStart().length <= base + 1 && !sameLevel(next, base))) break;
      end += after;
      if (sameLevel(next, base)) break;
    } else if (sameLevel(line, base) || (indent <= base && startsBlock(line))) break;
    else end += 1;
  }
  return end;
}

function sameLevel(line, base) {
  const item = ITEM.exec(line);
  return item !== null && item[1].length <= base + 1;
}

function startsBlock(line) {
  return [FENCE, HEADING, RULE, QUOTE].some((rule) => rule.test(line));
}

function readItem(first, rest, names, depth) {
  const indent = Math.min(
    ...rest.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length),
    8,
  );
  const inside = rest.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)));
  const box = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const content = parse([box ? box[2] : first, ...inside], names, depth + 1);
  // A short item is a line and not a paragraph, also when a list follows inside it.
  const shown = content.flatMap((node, index) => (index === 0 && node.tagName === "P" ? [...node.childNodes] : [node]));
  const tick = box
    ? h("input", {
        type: "checkbox",
        disabled: true,
        checked: box[1] !== " ",
        "aria-label": box[1] === " " ? "open" : "done",
      })
    : null;
  return h("li", box ? { class: "tick" } : {}, tick, shown);
}

function readParagraph(lines, at, names) {
  const end = takeWhile(
    lines,
    at,
    (line, index) => line.trim() !== "" && (index === at || !(startsBlock(line) || startsList(line))),
  );
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join("\n");
  return { node: h("p", {}, inline(text, names)), end };
}

/** CommonMark lets a list break a paragraph only when it is a bullet or begins with 1. */
function startsList(line) {
  const item = ITEM.exec(line);
  return item !== null && (!/\d/.test(item[2]) || Number.parseInt(item[2], 10) === 1);
}

function takeWhile(lines, from, test) {
  let end = from;
  while (end < lines.length && test(lines[end], end)) end += 1;
  return end;
}
