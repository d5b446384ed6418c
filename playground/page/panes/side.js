/** The sidebar: Pinyon, channels, people, the other services, and what to try next. */
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { tile } from "../message.js";
import { toWeb } from "../web.js";

export class Side {
  constructor(desk) {
    this.desk = desk;
    this.list = h("div", { class: "flow" });
    this.title = h("header");
    this.foot = h("footer");
    this.element = h(
      "nav",
      { class: "pane side", id: "side", "aria-label": "Channels" },
      this.title,
      this.list,
      this.foot,
    );
  }

  draw({ current, tab }) {
    const { state } = this.desk;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    replace(this.title, h("b", {}, state.team.name), h("span", { class: "faint" }, "invented"));
    const row = (channel, face) =>
      this.#row(channel, face, channel.id === current && (channel.is_bot_dm || tab !== "home"));
    const [bot, ...people] = state.dms;
    const services = [
      ...state.services,
      ...(state.web_url ? [{ name: `${state.bot.name} on the web`, icon: "web", link: toWeb(state) }] : []),
    ];
    replace(
      this.list,
      h("h2", {}, "Apps"),
      bot && row(bot, tile({ kind: "bot" }, "s")),
      h("h2", {}, "Channels"),
      state.channels.map((channel) => row(channel, icon(channel.kind === "private" ? "lock" : "hash"))),
      people.length > 0 && [h("h2", {}, "People"), people.map((channel) => row(channel, this.#face(channel)))],
      services.length > 0 && [h("h2", {}, "The other services"), services.map((service) => this.#service(service))],
    );
    replace(
      this.foot,
      state.try_next &&
        h("p", { class: "note kept small" }, icon("seed", ""), h("span", {}, h("b", {}, "Try next: "), state.try_next)),
    );
    if (focused) this.list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(channel, face, current) {
    const count =
      channel.unread > 0 && h("span", { class: "badge act" }, channel.unread, h("span", { class: "sr" }, " unread"));
    const shared =
      channel.shared_with && h("span", { class: "badge", title: `Shared with ${channel.shared_with}` }, "shared");
    return h(
      "a",
      { href: `#${channel.id}`, class: channel.unread ? "unread" : null, "aria-current": current ? "page" : null },
      face,
      h("span", { class: "name" }, channel.name),
      (count || shared) && h("span", { class: "count" }, shared, count),
    );
  }

  #face(channel) {
    const initials = channel.name
      .split(/[\s,]+/)
      .filter(Boolean)
      .slice(0, 2)
      .map((word) => word[0])
      .join("");
    return h("span", { class: "tile s round", "aria-hidden": "true" }, initials);
  }

  #service({ name, url, icon: drawing, note, link = { href: url, target: "_blank", rel: "noopener" } }) {
    return h(
      "a",
      link,
      icon(drawing),
      h("span", { class: "name" }, name, note && h("small", {}, note)),
    );
  }
}
