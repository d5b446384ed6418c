/** What a message carries with it: messages passed on, and previews of links. Their words are their authors'. */
import { blocksBox } from "./blocks/blocks.js";
import { surface } from "./blocks/surface.js";
import { h } from "./dom.js";
import { drawFile } from "./files.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./text/mrkdwn.js";
import { link } from "./text/parts.js";

export function passedOn(message, names) {
  return (message.attachments ?? []).map((attachment) => one(attachment, names));
}

function one(attachment, names) {
  const label = attachment.is_share
    ? `A message of ${attachment.author_name ?? "somebody"}, passed on`
    : (attachment.title ?? "A preview");
  return h(
    "blockquote",
    { class: "passed-on", "aria-label": label },
    attachment.author_name && h("b", {}, attachment.author_name),
    attachment.title && link(attachment.title_link ?? "", attachment.title),
    words(attachment, names),
    attachment.files?.length > 0 && h("div", { class: "files" }, attachment.files.map(drawFile)),
    foot(attachment),
  );
}

function words(attachment, names) {
  const blocks = (attachment.message_blocks ?? []).flatMap((part) => part.message?.blocks ?? []);
  if (blocks.length) return blocksBox(blocks, surface({ names }), { framed: false });
  return h("div", { class: "said" }, mrkdwn(attachment.text ?? attachment.fallback ?? "", names));
}

function foot(attachment) {
  if (!attachment.from_url && !attachment.footer) return null;
  return h(
    "small",
    { class: "faint" },
    icon("reply"),
    ` ${attachment.footer ?? ""} `,
    attachment.from_url && link(attachment.from_url, "Open the message"),
  );
}
