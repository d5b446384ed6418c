/** The small things inside a line of text that every dialect shares: links, mentions, dates, emoji. */
import { h } from "../dom.js";
import { slackDate } from "../dates.js";

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** The address when it may be opened, else null: never javascript:, data: or something relative. */
export function safeHref(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link in a new tab, or only its text when the address is not one to open. */
export function link(address, ...label) {
  const href = safeHref(address);
  const shown = label.length ? label : [address.replace(/^mailto:/, "")];
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...shown) : h("span", {}, ...shown);
}

export function mention(label, isMine = false) {
  return h("span", { class: isMine ? "mention mine" : "mention" }, label);
}

const BROADCASTS = { here: "@here", channel: "@channel", everyone: "@everyone" };

/** What stands between < and > in Slack's text: a mention, a channel, a date, a link; null when it is none. */
export function angle(inside, names) {
  const [target, ...rest] = inside.split("|");
  const label = rest.join("|");
  if (/^@[UWB]\w+$/.test(target))
    return mention(`@${names.user(target.slice(1)) ?? (label || target.slice(1))}`, target.slice(1) === names.me);
  if (/^#C\w+$/.test(target)) return mention(`#${label || names.channel(target.slice(1)) || target.slice(1)}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return mention(label || "@group");
  if (target.startsWith("!")) return mention(BROADCASTS[target.slice(1)] ?? (label || target));
  if (/^(https?:|mailto:)/i.test(target)) return link(target, ...(label ? [label] : []));
  return null;
}

function date(target, fallback) {
  const [, seconds, pattern, address] = target.split("^");
  if (!/^\d+$/.test(seconds ?? "") || !pattern) return h("span", {}, fallback);
  const shown = h("time", { datetime: new Date(Number(seconds) * 1000).toISOString() }, slackDate(seconds, pattern));
  return address ? link(address, shown) : shown;
}

const EMOJI = {
  "+1": "👍",
  "-1": "👎",
  thumbsup: "👍",
  thumbsdown: "👎",
  eyes: "👀",
  tada: "🎉",
  joy: "😂",
  fire: "🔥",
  rocket: "🚀",
  cake: "🍰",
  snowflake: "❄️",
  snowman: "⛄",
  warning: "⚠️",
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  x: "❌",
  heart: "❤️",
  pray: "🙏",
  clap: "👏",
  wave: "👋",
  smile: "😄",
  slightly_smiling_face: "🙂",
  sweat_smile: "😅",
  thinking_face: "🤔",
  raised_hands: "🙌",
  mountain: "⛰️",
  pager: "📟",
  train2: "🚆",
  coffee: "☕",
  bug: "🐛",
  memo: "📝",
  lock: "🔒",
  mag: "🔍",
  bulb: "💡",
  calendar: "📅",
  hourglass: "⌛",
  zap: "⚡",
  muscle: "💪",
  ok_hand: "👌",
  point_up: "☝️",
  see_no_evil: "🙈",
  cry: "😢",
  confused: "😕",
  star: "⭐",
  sunny: "☀️",
  evergreen_tree: "🌲",
  hiking_boot: "🥾",
};

/** The character of a short name, or ":name:" as written when it is not one of the usual ones. */
export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}

/** Slack's three escapes, undone. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** `text` with a line break element for each newline. */
export function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}
