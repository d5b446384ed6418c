/** One message: who, when, the words, and what can be done with it. */
import { blocksBox } from "./blocks/blocks.js";
import { clock, fromTs, moment } from "./dates.js";
import { h } from "./dom.js";
import { drawFile } from "./files.js";
import { icon, mark } from "./icons.js";
import { menuButton } from "./menu.js";
import { passedOn } from "./passed_on.js";
import { streamBody } from "./stream.js";
import { mrkdwn } from "./text/mrkdwn.js";
import { emoji } from "./text/parts.js";

/** The article of one message. `desk` is what the page can do, `thread` whether it stands in the thread pane. */
export function drawMessage(message, desk, { thread = false } = {}) {
  const growing = message.stream?.open === true;
  return h(
    "article",
    {
      class: message.ephemeral ? "msg only-you" : "msg",
      tabindex: "-1",
      dataset: { ts: message.ts },
      "aria-live": growing ? "off" : null,
      "aria-busy": growing || null,
    },
    tile(message.author),
    h(
      "div",
      {},
      header(message, desk, thread),
      message.ephemeral && h("p", { class: "faint" }, icon("eye"), " Only visible to you"),
      h("div", { class: "body" }, messageBody(message, desk)),
      message.files?.length > 0 && h("div", { class: "files" }, message.files.map(drawFile)),
      message.reactions?.length > 0 && reactions(message, desk),
      !thread && threadLine(message, desk),
    ),
  );
}

export function tile(author, size = "") {
  if (author.kind === "bot") return h("span", { class: `tile bot ${size}`, "aria-hidden": "true" }, mark());
  return h("span", { class: `tile ${size}`, "aria-hidden": "true" }, author.initials);
}

function header(message, desk, thread) {
  const { author } = message;
  const date = fromTs(message.ts);
  return h(
    "header",
    {},
    h("b", {}, author.name),
    author.tag && h("span", { class: "badge" }, author.tag),
    h("time", { datetime: date.toISOString(), title: date.toLocaleString("en-GB") }, clock(date)),
    tools(message, desk, thread),
  );
}

function tools(message, desk, thread) {
  const face = {
    class: "btn s plain tools",
    "aria-label": `Actions on the message of ${message.author.name}, ${clock(fromTs(message.ts))}`,
  };
  return menuButton(icon("more"), face, () => {
    const items = [];
    if (message.ephemeral) return [{ label: "Dismiss", pick: () => desk.dismiss(message) }];
    if (!thread) items.push({ label: "Reply in thread", pick: () => desk.openThread(message.channel, message.ts) });
    for (const shortcut of desk.state.shortcuts.filter((one) => one.type === "message")) {
      items.push({ label: shortcut.name, detail: "Message shortcut", pick: () => desk.shortcut(shortcut, message) });
    }
    items.push({ label: "Forward to Pinyon", detail: "With words of your own", pick: () => desk.forward(message) });
    items.push({ label: "React with 👀", pick: () => desk.react(message, "eyes", true) });
    if (message.mine)
      items.push(
        { label: "Edit", pick: () => desk.edit(message, thread) },
        { label: "Delete", pick: () => desk.remove(message) },
      );
    return items;
  });
}

/** The words of a message, as a list of nodes: a stream's parts, then blocks; else blocks; else the text. */
export function messageBody(message, desk) {
  const blocks = message.blocks ?? [];
  const edited = message.edited && h("span", { class: "faint" }, " (edited)");
  const box = () => blocksBox(blocks, desk.surfaceFor(message));
  if (message.stream) return [...streamBody(message.stream, desk, message), blocks.length > 0 && box()];
  const others = passedOn(message, desk.names);
  if (blocks.length) return [box(), edited, others];
  if (!message.text) return others;
  return [h("div", { class: "said" }, mrkdwn(message.text, desk.names), edited), others];
}

function reactions(message, desk) {
  return h(
    "div",
    { class: "row reactions" },
    message.reactions.map((reaction) => {
      const mine = reaction.users.includes(desk.state.me.id);
      const who = reaction.users.map((id) => desk.names.user(id) ?? id).join(", ");
      const face = {
        class: "badge",
        type: "button",
        "aria-pressed": String(mine),
        "aria-label": `${reaction.name}, ${reaction.count}: ${who}`,
      };
      return h(
        "button",
        { ...face, onclick: () => desk.react(message, reaction.name, !mine) },
        emoji(reaction.name),
        ` ${reaction.count}`,
      );
    }),
  );
}

function threadLine(message, desk) {
  const status = desk.statusOf(message.channel, message.ts);
  if (!message.reply_count && !status) return null;
  const count = message.reply_count ?? 0;
  const open = h(
    "button",
    {
      class: "btn s plain",
      type: "button",
      dataset: { action: "open-thread" },
      onclick: () => desk.openThread(message.channel, message.ts),
    },
    icon("reply"),
    count === 1 ? "1 reply" : count ? `${count} replies` : "Open the thread",
  );
  const latest = message.latest_reply && h("span", { class: "faint" }, `last ${moment(fromTs(message.latest_reply))}`);
  return h(
    "p",
    { class: "row replies" },
    open,
    status ? h("span", { class: "doing" }, icon("turning", "spin"), status) : latest,
  );
}
