/** What a person can do on this page, and what happens elsewhere on it: the one object that all panes share. */
import { surface } from "./blocks/surface.js";
import { ask, askWords } from "./dialogs.js";
import { editHere } from "./editor.js";
import { Modal } from "./modal.js";
import { namesFrom } from "./names.js";
import { Look } from "./panes/look.js";
import { Side } from "./panes/side.js";
import { Talk } from "./panes/talk.js";
import { Thread } from "./panes/thread.js";
import { tried } from "./say.js";
import { Working } from "./working.js";

export class Desk {
  #sent = new Set();
  #answered = new Set();

  constructor(api, state) {
    this.api = api;
    this.working = new Working(state.bot.name);
    this.know(state);
    this.ask = (confirm) => ask(confirm, this.names);
    this.talk = new Talk(this);
    this.thread = new Thread(this);
    this.side = new Side(this);
    this.look = new Look(this);
    this.modal = new Modal(this);
  }

  know(state) {
    this.state = state;
    this.names = namesFrom(state);
  }

  channel(id) {
    return [...this.state.dms, ...this.state.channels].find((channel) => channel.id === id);
  }

  get botDm() {
    return this.state.dms.find((channel) => channel.is_bot_dm);
  }

  drawSide() {
    this.side.draw({ current: this.talk.channel?.id, tab: this.talk.tab });
    const unread = [...this.state.dms, ...this.state.channels].reduce((sum, channel) => sum + (channel.unread || 0), 0);
    document.title = `${unread ? `(${unread}) ` : ""}${this.talk.channel?.name ?? "Pinyon"} · ${this.state.team.name} · Pinyon playground`;
  }

  openThread(channel, ts) {
    location.hash = `${channel}/${ts}`;
  }

  /** Goes back to the conversation; on a wide screen it was in view all along. */
  closeThread() {
    const { at } = this.thread;
    if (!at) return;
    location.hash = at.channel;
    const opener = this.talk.log.node(at.ts)?.querySelector("[data-action='open-thread']");
    if (opener) opener.focus();
    else this.talk.composer.focus();
  }

  closePanes() {
    dispatchEvent(new CustomEvent("close-panes"));
  }

  focusComposer() {
    (this.thread.at ? this.thread : this.talk).composer.focus();
  }

  async send({ channel, thread_ts: thread, text, files }) {
    const line = text.trim();
    if (line.startsWith("/")) return this.#command(channel, thread, line);
    const answer = await this.api.post("send", {
      channel,
      text,
      ...(thread ? { thread_ts: thread } : {}),
      ...(files.length ? { file_ids: files } : {}),
    });
    if (!thread && this.channel(channel)?.is_bot_dm) {
      this.#sent.add(answer.ts);
      if (this.#answered.has(answer.ts)) this.#follow(channel, answer.ts);
    }
    return answer;
  }

  async #command(channel, thread, line) {
    const [name] = line.split(/\s/);
    const known = this.state.commands.map((one) => one.command);
    if (!known.includes(name)) throw new Error(`${name} is not a command here. There is ${known.join(", ")}.`);
    // Slack refuses commands in threads too.
    if (thread) throw new Error(`Slack takes ${name} only in the conversation, not in a thread.`);
    return this.api.post("command", { channel, text: line });
  }

  /** Something happened in a thread. The first sign of an answer to one's own new message opens its thread. */
  sign(channel, thread) {
    if (!thread) return;
    if (!this.#sent.has(thread)) this.#answered.add(thread);
    else this.#follow(channel, thread);
  }

  #follow(channel, thread) {
    this.#sent.delete(thread);
    if (this.talk.channel?.id !== channel || this.talk.tab === "home" || this.thread.isAt(channel, thread)) return;
    this.openThread(channel, thread);
    if (this.talk.composer.empty) this.thread.composer.focus();
  }

  /** The surface on which a message's blocks are drawn. */
  surfaceFor(message) {
    const target = { channel: message.channel, ts: message.ts };
    return surface({
      names: this.names,
      ask: this.ask,
      file: (id) => `/play/file/${encodeURIComponent(id)}?${new URLSearchParams({ as: this.api.handle })}`,
      act: (blockId, action, state) => this.act(target, blockId, action, state),
      search: (blockId, actionId, value) => this.search(target, blockId, actionId, value),
    });
  }

  async act(target, blockId, action, state) {
    await tried(() => this.api.post("action", { ...target, block_id: blockId, action, state }));
  }

  async search(target, blockId, actionId, value) {
    return (
      (await tried(() => this.api.post("options", { ...target, block_id: blockId, action_id: actionId, value }))) ?? {
        options: [],
      }
    );
  }

  shortcut(shortcut, message) {
    return tried(() =>
      this.api.post("shortcut", { callback_id: shortcut.callback_id, channel: message.channel, ts: message.ts }),
    );
  }

  react(message, name, on) {
    return tried(() => this.api.post("react", { channel: message.channel, ts: message.ts, name, on }));
  }

  edit(message, inThread) {
    const { log } = inThread ? this.thread : this.talk;
    editHere(log.node(message.ts), message, this.names, {
      leave: () => log.refresh(message.ts),
      save: (text) =>
        tried(() => this.api.post("edit", { channel: message.channel, ts: message.ts, text })).then(
          (answer) => answer ?? log.refresh(message.ts),
        ),
    });
  }

  async remove(message) {
    const sure = {
      title: { text: "Delete this message?" },
      text: { type: "plain_text", text: "It is gone for everyone." },
      confirm: { text: "Delete" },
      deny: { text: "Keep it" },
      style: "danger",
    };
    if (await this.ask(sure)) await tried(() => this.api.post("delete", { channel: message.channel, ts: message.ts }));
  }

  /** Passes a message on to Pinyon and goes to where it now stands. */
  async forward(message) {
    const text = await askWords({ title: "Forward to Pinyon", label: "Add a message (optional)", send: "Forward" });
    if (text === null) return;
    const body = { channel: message.channel, ts: message.ts, text };
    const answer = await tried(() => this.api.post("forward", body));
    if (answer) location.hash = answer.channel;
  }

  dismiss(message) {
    for (const { log } of [this.talk, this.thread]) log.remove(message.ts);
  }

  stop(channel, thread) {
    return tried(() => this.api.post("stop", { channel, thread_ts: thread }));
  }

  statusOf(channel, ts) {
    return this.working.line(channel, ts);
  }
}
