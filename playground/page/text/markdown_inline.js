/** The inside of one Markdown paragraph → nodes. */
import { h } from "../dom.js";
import { angle, emoji, lines, link } from "./parts.js";

const ADDRESS = "<?((?:https?://|mailto:)?(?:[^\\s()<>]|\\([^\\s()<>]*\\))*)>?(?:\\s+[\"'][^\"']*[\"'])?";

const RULES = [
  [/\\([!-/:-@[-`{-~])/y, ([, sign]) => sign],
  [/(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y, ([, , code]) => h("code", {}, code.replace(/^ (.*\S.*) $/, "$1"))],
  // A picture would be fetched from wherever the text says, so only its name is shown, as a link.
  [new RegExp(`!\\[([^\\]\\n]*)\\]\\(${ADDRESS}\\)`, "y"), ([, label, address]) => link(address, label || "image")],
  [
    new RegExp(`\\[((?:[^[\\]\\n]|\\[[^[\\]\\n]*\\])+)\\]\\(${ADDRESS}\\)`, "y"),
    ([, label, address], names) => link(address, ...(label.includes("://") ? [label] : inline(label, names))),
  ],
  [/<([^<>\n]+)>/y, ([whole, inside], names) => angle(inside, names) ?? whole],
  [/(\*\*\*|___)(?=\S)((?:(?!\1)[\s\S])*?\S)\1/y, ([, , text], names) => h("b", {}, h("em", {}, inline(text, names)))],
  [/(\*\*|__)(?=\S)((?:(?!\1)[\s\S])*?\S)\1(?![*_])/y, ([, , text], names) => h("b", {}, inline(text, names))],
  [/\*(?=[^\s*])((?:[^*]|\*\*[^*]+\*\*)*?[^\s*])\*(?!\*)/y, ([, text], names) => h("em", {}, inline(text, names))],
  [
    /(?<![\p{L}\p{N}_])_(?=[^\s_])((?:[^_]|(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}]))*?[^\s_])_(?![\p{L}\p{N}_])/uy,
    ([, text], names) => h("em", {}, inline(text, names)),
  ],
  [/(~~?)(?=[^\s~])([^~]*[^\s~])\1(?!~)/y, ([, , text], names) => h("s", {}, inline(text, names))],
  [/(?<![\p{L}\p{N}])https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)'"\]*_]/uy, ([address]) => link(address)],
  [/:([a-z0-9_+'-]+):/y, ([, name]) => emoji(name)],
];

// Only these characters can begin one of the rules; everything between them is plain text.
const STARTS = /[\\`![<*_~h:]/g;

/** Nodes and strings for `text`; a newline becomes a line break, as Slack shows it. */
export function inline(text, names) {
  const out = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const next = match(text, at, names);
    if (next) {
      out.push(...lines(plain), next.node);
      plain = "";
      at = next.end;
    } else {
      const end = nextStart(text, at + 1);
      plain += text.slice(at, end);
      at = end;
    }
  }
  return [...out, ...lines(plain)];
}

function nextStart(text, from) {
  STARTS.lastIndex = from;
  return STARTS.exec(text)?.index ?? text.length;
}

function match(text, at, names) {
  for (const [rule, make] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found) return { node: make(found, names), end: at + found[0].length };
  }
  return null;
}
