/** Slack's own markup (mrkdwn) → nodes. */
import { fragment, h, joined } from "../dom.js";
import { angle, emoji, link, unescape } from "./parts.js";

const INLINE = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    mark("\\*", "bold"),
    mark("_", "em"),
    mark("~", "del"),
    "(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)'\"\\]])",
    ":(?<emoji>[a-z0-9_+'-]+):",
  ].join("|"),
  "gu",
);

/** Slack's marks need a word border outside and no space inside. */
function mark(sign, name) {
  const plain = `[^${sign}\\n]`;
  return `(?<![\\p{L}\\p{N}${sign}])${sign}(?<${name}>[^${sign}\\s](?:${plain}*[^${sign}\\s])?)${sign}(?![\\p{L}\\p{N}${sign}])`;
}

const WRAPPERS = { bold: "b", em: "em", del: "s" };

function inline(text, names) {
  const out = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(unescape(text.slice(end, found.index)), node(found, names));
    end = found.index + found[0].length;
  }
  out.push(unescape(text.slice(end)));
  return out;
}

function node(found, names) {
  const { code, angle: inside, url, emoji: short } = found.groups;
  if (code) return h("code", {}, unescape(code));
  if (inside) return angle(unescape(inside), names) ?? unescape(found[0]);
  if (url) return link(unescape(url));
  if (short) return emoji(short);
  const [name, tag] = Object.entries(WRAPPERS).find(([name]) => found.groups[name] !== undefined);
  return h(tag, {}, inline(found.groups[name], names));
}

const QUOTE = /^(?:&gt;|>)(?:(?:&gt;|>){2})? ?/;

function paragraphs(text, names) {
  const out = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTE.test(line);
    const last = out.at(-1);
    const content = inline(quoted ? line.replace(QUOTE, "") : line, names);
    if (last?.quoted === quoted) last.lines.push(content);
    else out.push({ quoted, lines: [content] });
  }
  return out.map(({ quoted, lines }) => {
    const body = joined(lines, () => h("br"));
    return quoted ? h("blockquote", {}, body) : h("span", {}, body);
  });
}

/** Nodes for one mrkdwn text; `names` turns ids into names: {me, user(id), channel(id)}. */
export function mrkdwn(text, names) {
  const pieces = text.split("```");
  // An odd number of fences leaves the last one open: what follows it is ordinary text.
  if (pieces.length % 2 === 0) {
    const open = pieces.pop();
    pieces[pieces.length - 1] += `\`\`\`${open}`;
  }
  return fragment(
    pieces.map((piece, index) => {
      if (index % 2) return h("pre", { tabindex: "0" }, h("code", {}, unescape(piece.replace(/^\n|\n$/g, ""))));
      return piece.trim() ? paragraphs(piece.replace(index ? /^\n/ : /^$/, ""), names) : null;
    }),
  );
}

/** A text object of Block Kit: plain_text stays as it is, mrkdwn is marked up. */
export function textObject(object, names) {
  if (!object) return "";
  if (typeof object === "string") return object;
  if (object.type === "mrkdwn") return mrkdwn(object.text ?? "", names);
  return plain(object);
}

export function plain(object) {
  const text = typeof object === "string" ? object : (object?.text ?? "");
  if (object?.emoji === false) return text;
  return text.replace(/:([a-z0-9_+'-]+):/g, (_, name) => emoji(name));
}

/** What a person would have typed to get this text: mentions by handle, no escapes. */
export function typed(text, names) {
  const words = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${names.handle(id) ?? id}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, label) => `#${label || names.channel(id) || id}`)
    .replace(/<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>/g, "$1");
  return unescape(words);
}
