/** Starts the page: reads the state, draws the panes, follows the live events and the address. */
import { Api } from "./api.js";
import { Desk } from "./desk.js";
import { h, replace } from "./dom.js";
import { Live } from "./live.js";
import { drawBar } from "./panes/bar.js";
import { toast, tried } from "./say.js";

const play = document.querySelector(".play");
const bar = play.querySelector(".bar");
const line = document.querySelector("#line");
const KEY = "playground-as";

/** Reads the state as the person of the address, else the last one of this tab, else the first. */
async function begin() {
  const wanted = new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem(KEY);
  let api = new Api(wanted);
  const state = await api.get("state").catch((error) => {
    if (!wanted) throw error;
    api = new Api(null);
    return api.get("state");
  });
  api.handle = state.me.handle;
  sessionStorage.setItem(KEY, state.me.handle);
  history.replaceState(null, "", `?${new URLSearchParams({ as: state.me.handle })}${location.hash}`);
  return new Desk(api, state);
}

function become(handle) {
  sessionStorage.setItem(KEY, handle);
  location.assign(`?${new URLSearchParams({ as: handle })}`);
}

/** The address names the conversation: #C0TEAM, #C0TEAM/<ts of a thread>, #home. */
async function follow(desk, { first = false } = {}) {
  const [place, thread] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (place === "talk") return;
  const home = place === "home";
  const channel = (home ? null : desk.channel(place)) ?? desk.botDm;
  const tab = home ? "home" : "messages";
  const moved = desk.talk.channel?.id !== channel.id || desk.talk.tab !== tab;
  closePanes(desk, { focus: false });
  if (moved || first) {
    const opening = desk.talk.open(channel, tab);
    desk.drawSide();
    if (!first) desk.talk.title.focus();
    await opening;
  }
  if (!thread) desk.thread.close();
  else if (!desk.thread.isAt(channel.id, thread)) {
    const opening = desk.thread.open(channel.id, thread, {
      where: channel.is_bot_dm ? "" : channel.name,
      canWrite: channel.can_write !== false,
    });
    if (desk.talk.composer.empty && !first) desk.thread.composer.focus();
    await opening;
  }
  const { at } = desk.thread;
  if (at) desk.thread.working(at.channel, at.ts);
}

const small = (label, name, pane) => {
  const button = h(
    "button",
    { class: `btn s ${name}`, type: "button", "aria-expanded": "false", "aria-controls": pane.id },
    label,
  );
  button.addEventListener("click", () => {
    const open = pane.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    if (open) pane.querySelector("a, button")?.focus();
  });
  return { button, pane };
};

let openers = [];

function closePanes(desk, { focus = true } = {}) {
  for (const { button, pane } of openers) {
    if (focus && pane.classList.contains("open")) button.focus();
    pane.classList.remove("open");
    button.setAttribute("aria-expanded", "false");
  }
}

function assemble(desk) {
  openers = [small("Channels", "below-s", desk.side.element), small("Inspector", "below-l", desk.look.element)];
  drawBar(bar, desk.state, { become, panes: openers.map(({ button }) => button) });
  play.append(desk.side.element, desk.talk.element, desk.thread.element, desk.look.element);
  addEventListener("hashchange", () => follow(desk));
  addEventListener("close-panes", () => closePanes(desk));
  addEventListener("keydown", (event) => event.key === "Escape" && closePanes(desk));
}

function say(text, kind = "wait") {
  line.hidden = !text;
  line.className = `note ${kind}`;
  replace(line, text);
}

/** One function per live event. */
function reactions(desk) {
  const { talk, thread, working } = desk;
  const place = (channel, message) => {
    const root = message.thread_ts ?? message.ts;
    const isRoot = root === message.ts;
    if (talk.channel?.id === channel && (isRoot || message.ephemeral || message.subtype === "thread_broadcast")) {
      if (isRoot || !message.thread_ts) talk.upsert(message);
    }
    if (thread.isAt(channel, root)) thread.log.upsert(message);
    if (!isRoot && !message.mine) desk.sign(channel, root);
  };
  const worked = ({ channel, thread_ts: root }) => {
    if (thread.isAt(channel, root)) thread.working(channel, root);
    if (talk.channel?.id === channel) talk.log.refresh(root);
  };
  return {
    message: ({ channel, message }) => place(channel, message),
    ephemeral: ({ channel, message }) => place(channel, { ...message, ephemeral: true }),
    gone: ({ channel, ts, thread_ts: root }) => {
      if (talk.channel?.id === channel) talk.log.remove(ts);
      if (thread.isAt(channel, root ?? ts)) thread.log.remove(ts);
    },
    status: (status) => {
      working.status(status);
      worked(status);
      if (status.status) desk.sign(status.channel, status.thread_ts);
    },
    session: (session) => {
      working.session(session);
      worked(session);
    },
    prompts: (prompts) => prompts.channel === desk.botDm.id && talk.prompts(prompts),
    home: ({ view }) => talk.home.show(view),
    modal: ({ view, errors }) => desk.modal.show(view, errors),
    unread: ({ channel, unread }) => {
      const known = desk.channel(channel);
      if (!known) return;
      const reading = channel === talk.channel?.id && talk.tab !== "home" && document.visibilityState === "visible";
      known.unread = reading ? 0 : unread;
      desk.drawSide();
      if (reading && unread) tried(() => desk.api.post("open", { what: "channel", channel }));
    },
    channel: ({ channel }) => {
      const list = ["im", "group"].includes(channel.kind) ? desk.state.dms : desk.state.channels;
      const at = list.findIndex((one) => one.id === channel.id);
      if (at < 0) list.push(channel);
      else list[at] = { ...list[at], ...channel };
      desk.drawSide();
    },
    connected: ({ connected }) => listening(connected),
    traffic: (entry) => desk.look.entry(entry),
    faults: (faults) => desk.look.faults.show(faults),
    notice: ({ text }) => toast(text),
    try_next: ({ text }) => {
      desk.state.try_next = text;
      desk.drawSide();
    },
    lost: () => say("The playground stopped. Start it again with make play.", "stop"),
    back: async () => {
      say("");
      const state = await tried(() => desk.api.get("state"));
      if (!state) return;
      desk.know(state);
      desk.drawSide();
      listening(state.bot.connected);
      await Promise.all([
        talk.tab === "home" ? talk.open(talk.channel, "home") : talk.reload(),
        thread.reload(),
        inspect(desk),
      ]);
    },
  };
}

let waiting = null;

/** Pinyon takes a moment to connect; only a longer silence is worth a line. */
function listening(connected) {
  clearTimeout(waiting);
  if (connected) return say("");
  waiting = setTimeout(
    () => say("Pinyon is not connected yet. It starts together with the playground, give it a moment."),
    3000,
  );
}

async function inspect(desk) {
  const traffic = desk.look.load(() => tried(() => desk.api.get("traffic")));
  const faults = await tried(() => desk.api.get("faults"));
  await traffic;
  if (faults) desk.look.faults.show(faults);
}

async function start() {
  const desk = await begin();
  assemble(desk);
  if (desk.state.prompts) desk.talk.prompts(desk.state.prompts);
  listening(desk.state.bot.connected);
  const live = new Live(desk.api.handle, reactions(desk));
  await live.began;
  await follow(desk, { first: true });
  const { view } = (await tried(() => desk.api.get("modal"))) ?? {};
  if (view) desk.modal.show(view);
  await inspect(desk);
  if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) desk.talk.composer.focus();
  return live;
}

start().catch((error) => say(error.message, "stop"));
