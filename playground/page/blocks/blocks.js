/** Block Kit → elements. One function per kind of block, one table that finds it. */
import { fragment, h } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../text/markdown.js";
import { plain, textObject } from "../text/mrkdwn.js";
import { link } from "../text/parts.js";
import { richText } from "../text/rich_text.js";
import { button, feedback, iconButton, overflow } from "./buttons.js";
import { boxes, select, several } from "./choices.js";
import { inputBlock, richTextInput, typed, typedKinds } from "./inputs.js";
import { table } from "./tables.js";

const LISTS = ["static", "users", "channels", "conversations"];

const ELEMENTS = {
  button,
  workflow_button: button,
  overflow,
  feedback_buttons: feedback,
  icon_button: iconButton,
  radio_buttons: boxes,
  checkboxes: boxes,
  rich_text_input: richTextInput,
  image: (element) => link(element.image_url ?? "", element.alt_text ?? "image"),
  ...Object.fromEntries(LISTS.map((kind) => [`${kind}_select`, select])),
  ...Object.fromEntries(LISTS.map((kind) => [`multi_${kind}_select`, several])),
  external_select: select,
  multi_external_select: select,
  ...Object.fromEntries(typedKinds.map((type) => [type, typed])),
};

function draw(element, blockId, surface, options) {
  const make = ELEMENTS[element.type];
  return make ? make(element, blockId, surface, options) : unknown(element);
}

const unknown = (thing) => h("p", { class: "faint" }, "Not drawn here: ", h("code", {}, String(thing.type)));

const FOLD = 1200;

function sectionText(object, names, expand) {
  const node = h("div", { class: object.type === "mrkdwn" ? null : "plain" }, textObject(object, names));
  if (expand || (object.text ?? "").length <= FOLD) return node;
  const more = h("button", { class: "btn s plain", type: "button" }, "Show more");
  node.classList.add("folded");
  more.addEventListener("click", () => {
    node.classList.remove("folded");
    more.remove();
  });
  return fragment(node, more);
}

function section(block, surface) {
  const fields =
    block.fields?.length > 0 &&
    h(
      "div",
      { class: "pairs" },
      block.fields.map((field) => sectionText(field, surface.names, true)),
    );
  const text = block.text && sectionText(block.text, surface.names, block.expand);
  const side = block.accessory && draw(block.accessory, block.block_id, surface);
  const wide = side?.matches?.(".stack-s, .search");
  return h("div", { class: wide ? "sect over" : "sect" }, h("div", { class: "grow" }, text, fields), side);
}

function context(block, surface) {
  const parts = block.elements.map((element) =>
    h(
      "span",
      {},
      element.type === "image" ? draw(element, block.block_id, surface) : textObject(element, surface.names),
    ),
  );
  return h("div", { class: "ctx" }, parts);
}

const actions = (block, surface) =>
  h(
    "div",
    { class: "row" },
    block.elements.map((element) => draw(element, block.block_id, surface)),
  );

function image(block, surface) {
  const address = block.image_url ?? block.slack_file?.url ?? "";
  const kept = block.slack_file?.id && surface.file(block.slack_file.id);
  return h(
    "figure",
    {},
    block.title && h("figcaption", { class: "faint" }, plain(block.title)),
    // Only what lies here is loaded; a picture from elsewhere is an address.
    kept ? h("img", { src: kept, alt: block.alt_text ?? "", loading: "lazy" }) : link(address, icon("file"), ` ${block.alt_text || "image"}`),
  );
}

function fallback(block, surface) {
  const words = [block.title, block.subtitle, block.body ?? block.text ?? block.description].filter(Boolean);
  const inside = [...(block.child_blocks ?? []), ...(block.elements ?? [])].filter((child) => BLOCKS[child.type]);
  if (!words.length && !inside.length) return unknown(block);
  return h(
    "div",
    { class: "note" },
    h(
      "div",
      { class: "stack-s grow" },
      words.map((text, index) => h(index ? "div" : "b", {}, textObject(text, surface.names))),
      block.video_url && h("div", {}, link(block.title_url ?? block.video_url)),
      inside.map((child) => drawBlock(child, surface)),
      block.actions?.length > 0 &&
        h(
          "div",
          { class: "row" },
          block.actions.map((element) => draw(element, block.block_id, surface)),
        ),
    ),
  );
}

const BLOCKS = {
  section,
  context,
  actions,
  context_actions: actions,
  divider: () => h("hr"),
  header: (block) => h(`h${Math.min((block.level ?? 1) + 2, 6)}`, {}, plain(block.text)),
  image,
  input: (block, surface) => inputBlock(block, (element, options) => draw(element, block.block_id, surface, options)),
  markdown: (block, surface) => h("div", { class: "body" }, markdown(block.text ?? "", surface.names)),
  rich_text: (block, surface) => h("div", { class: "body" }, richText(block, surface.names)),
  table,
  data_table: table,
  file: (block) => h("p", { class: "faint" }, icon("file"), ` A file from elsewhere (${block.external_id})`),
};

function drawBlock(block, surface) {
  return (BLOCKS[block.type] ?? fallback)(block, surface);
}

const WORDS = ["markdown", "rich_text", "table", "data_table", "actions", "context_actions"];

/** Whether these blocks are a card with a frame; an answer and what stands under it are words like any other. */
export function isCard(blocks) {
  const first = blocks.find((block) => block.type !== "context");
  return first !== undefined && !WORDS.includes(first.type);
}

/** The blocks in one box. A block that Slack gave no id gets one by its place. */
export function blocksBox(blocks, surface, { framed = isCard(blocks) } = {}) {
  const numbered = blocks.map((block, index) => (block.block_id ? block : { ...block, block_id: `block-${index}` }));
  return h(
    "div",
    { class: framed ? "blocks" : "blocks bare" },
    numbered.map((block) => drawBlock(block, surface)),
  );
}
