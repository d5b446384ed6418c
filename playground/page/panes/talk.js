/** The conversation: a channel or a DM, and for Pinyon the tabs Messages and Home. */
import { h, replace } from "../dom.js";
import { Home } from "../home.js";
import { icon } from "../icons.js";
import { tried } from "../say.js";
import { Pane } from "./pane.js";

const DISPLAY_ONLY = "Messages between people are only shown here. Write to Pinyon or in a channel.";

export class Talk extends Pane {
  channel = null;
  tab = "messages";
  #prompts = null;

  constructor(desk) {
    super(desk, {
      label: "Messages",
      thread: false,
      send: (text, files) => desk.send({ channel: this.channel.id, text, files }),
    });
    this.home = new Home(desk);
    this.title = h("h1", { class: "pt", tabindex: "-1" });
    this.topic = h("p", { class: "faint topic" });
    this.tabs = h("nav", { class: "tabs", "aria-label": "Views" });
    this.element = h(
      "main",
      { class: "pane talk", id: "talk", tabindex: "-1" },
      h("header", {}, h("div", { class: "grow" }, this.title, this.topic), this.tabs),
      this.home.element,
      this.log.element,
      this.footer,
    );
    this.composer.takeDrops(this.element);
  }

  /** Shows a conversation, or Pinyon's Home; what Slack tells the app happens as well. */
  async open(channel, tab = "messages") {
    const changed = this.channel?.id !== channel.id;
    this.channel = channel;
    this.tab = tab;
    if (tab === "messages") channel.unread = 0;
    this.#head();
    const { api } = this.desk;
    if (tab === "home") {
      // What is there is shown first: opening makes Pinyon publish anew, and that arrives live, maybe at once.
      const answer = await tried(() => api.get("home"));
      if (answer && this.tab === "home") this.home.show(answer.view);
      await tried(() => api.post("open", { what: "home" }));
      return;
    }
    if (changed) this.log.fill([], { empty: h("p", { class: "faint" }, "Reading…") });
    if (channel.is_bot_dm) await tried(() => api.post("open", { what: "messages" }));
    await this.reload();
  }

  async reload() {
    const { channel } = this;
    this.log.awaiting();
    const answer = await tried(() => this.desk.api.get("messages", { channel: channel.id }));
    if (!answer || this.channel.id !== channel.id) return;
    this.desk.working.load(answer);
    this.log.fill(answer.messages, {
      empty: h("p", { class: "faint" }, channel.is_bot_dm ? "Say hello, or tap a suggestion." : "No messages yet."),
    });
    this.#suggest();
  }

  prompts(prompts) {
    this.#prompts = prompts;
    this.#suggest();
  }

  upsert(message) {
    this.log.upsert(message);
    if (message.mine) this.#suggest();
  }

  #head() {
    const { channel, tab } = this;
    const bot = channel.is_bot_dm;
    const sign = { channel: "hash", private: "lock" }[channel.kind];
    replace(this.title, sign && icon(sign), channel.name);
    replace(this.topic, channel.shared_with ? `Shared with ${channel.shared_with}. ` : null, channel.topic || null);
    replace(
      this.tabs,
      ...(bot
        ? [this.#tab("Messages", `#${channel.id}`, tab !== "home"), this.#tab("Home", "#home", tab === "home")]
        : []),
    );
    this.tabs.hidden = !bot;
    this.home.element.hidden = tab !== "home";
    this.log.element.hidden = tab === "home";
    this.footer.hidden = tab === "home";
    const to = ["channel", "private"].includes(channel.kind) ? `#${channel.name}` : channel.name;
    this.composer.address(`Message ${to}`, { reason: channel.can_write === false ? DISPLAY_ONLY : null });
    this.#suggest();
  }

  #tab(label, href, current) {
    return h("a", { href, "aria-current": current ? "true" : null }, label);
  }

  /** Suggested prompts stand over the composer until this person has written something. */
  #suggest() {
    const wanted =
      this.channel?.is_bot_dm &&
      this.tab !== "home" &&
      this.#prompts?.prompts?.length &&
      !this.log.messages.some((message) => message.mine);
    if (!wanted) return replace(this.above);
    const buttons = this.#prompts.prompts.map((prompt) =>
      h(
        "button",
        {
          class: "btn s",
          type: "button",
          onclick: () => tried(() => this.desk.send({ channel: this.channel.id, text: prompt.message, files: [] })),
        },
        prompt.title,
      ),
    );
    return replace(
      this.above,
      h(
        "div",
        { class: "prompts", role: "group", "aria-label": "Suggestions" },
        h("p", { class: "faint" }, this.#prompts.title || "Suggestions"),
        h("div", { class: "row" }, buttons),
      ),
    );
  }
}
