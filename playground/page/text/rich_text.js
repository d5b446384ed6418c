/** Slack's rich_text block → nodes. */
import { fragment, h } from "../dom.js";
import { slackDate } from "../dates.js";
import { emoji, lines, link, mention } from "./parts.js";

const STYLES = { bold: "b", italic: "em", strike: "s", code: "code" };

function styled(node, style = {}) {
  return Object.entries(STYLES).reduce((inside, [name, tag]) => (style[name] ? h(tag, {}, inside) : inside), node);
}

const ELEMENTS = {
  text: (element) => fragment(lines(element.text)),
  link: (element) => link(element.url, ...(element.text ? [element.text] : [])),
  emoji: (element) =>
    element.unicode
      ? String.fromCodePoint(...element.unicode.split("-").map((hex) => Number.parseInt(hex, 16)))
      : emoji(element.name),
  user: (element, names) => mention(`@${names.user(element.user_id) ?? element.user_id}`, element.user_id === names.me),
  channel: (element, names) => mention(`#${names.channel(element.channel_id) ?? element.channel_id}`),
  usergroup: () => mention("@group"),
  broadcast: (element) => mention(`@${element.range}`),
  date: (element) => slackDate(element.timestamp, element.format),
  color: (element) => element.value,
};

function inside(elements, names) {
  return (elements ?? []).map((element) => styled(ELEMENTS[element.type]?.(element, names) ?? "", element.style));
}

const SECTIONS = {
  rich_text_section: (part, names) => h("p", {}, inside(part.elements, names)),
  rich_text_quote: (part, names) => h("blockquote", {}, inside(part.elements, names)),
  rich_text_preformatted: (part, names) => h("pre", { tabindex: "0" }, h("code", {}, inside(part.elements, names))),
  rich_text_list: (part, names) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      { class: `level-${Math.min(part.indent ?? 0, 4)}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => h("li", {}, inside(item.elements, names))),
    ),
};

export function richText(block, names) {
  return fragment((block.elements ?? []).map((part) => SECTIONS[part.type]?.(part, names)));
}
