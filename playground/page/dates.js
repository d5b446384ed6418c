/** Local times in our wording: 24 hours, "today", "yesterday", and the tokens of Slack's <!date^…>. */

const DAY = 86_400_000;
const format = (options) => new Intl.DateTimeFormat("en-GB", options);
const TIME = format({ hour: "2-digit", minute: "2-digit" });
const SECONDS = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const LONG = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const PLAIN = format({ day: "numeric", month: "long", year: "numeric" });
const SHORT = format({ day: "numeric", month: "short", year: "numeric" });
const HEADING = format({ weekday: "long", day: "numeric", month: "long" });

export function fromTs(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

export function clock(date) {
  return TIME.format(date);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** "today", "yesterday", "tomorrow" or null. */
export function nearDay(date, now = new Date()) {
  const days = Math.round((midnight(date) - midnight(now)) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

export function dayHeading(date, now = new Date()) {
  const near = nearDay(date, now);
  return near ? capital(near) : HEADING.format(date);
}

/** "at 10:38" today, "yesterday at 10:38", "12 Nov 2026 at 10:38". */
export function moment(date, now = new Date()) {
  const near = nearDay(date, now);
  if (near === "today") return `at ${clock(date)}`;
  return `${near ?? SHORT.format(date)} at ${clock(date)}`;
}

function ago(date, now) {
  const minutes = Math.round((now - date) / 60_000);
  const [size, unit] = [
    [1440, "day"],
    [60, "hour"],
    [1, "minute"],
  ].find(([size]) => Math.abs(minutes) >= size) ?? [1, "minute"];
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(-Math.round(minutes / size), unit);
}

const TOKENS = {
  date_num: (date) =>
    `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`,
  date_slash: (date) => `${date.getFullYear()}/${date.getMonth() + 1}/${date.getDate()}`,
  date: (date) => PLAIN.format(date),
  date_short: (date) => SHORT.format(date),
  date_long: (date) => LONG.format(date),
  date_pretty: (date, now) => nearDay(date, now) ?? PLAIN.format(date),
  date_short_pretty: (date, now) => nearDay(date, now) ?? SHORT.format(date),
  date_long_pretty: (date, now) => nearDay(date, now) ?? LONG.format(date),
  time: (date) => clock(date),
  time_secs: (date) => SECONDS.format(date),
  ago: (date, now) => ago(date, now),
};

/** Fills Slack's date tokens, such as "{date_short_pretty} at {time}" (docs.slack.dev, formatting message text). */
export function slackDate(epochSeconds, pattern, now = new Date()) {
  const date = new Date(Number(epochSeconds) * 1000);
  return pattern.replace(/\{(\w+)\}/g, (token, name) => TOKENS[name]?.(date, now) ?? token);
}
