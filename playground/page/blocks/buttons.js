/** Buttons, overflow menus and the thumbs under an answer. */
import { h, replace } from "../dom.js";
import { icon } from "../icons.js";
import { menuButton } from "../menu.js";
import { plain } from "../text/mrkdwn.js";
import { safeHref } from "../text/parts.js";

const STYLE = { primary: " primary", danger: " danger" };

export function button(element, blockId, surface) {
  const face = {
    class: `btn s${STYLE[element.style] ?? ""}`,
    "aria-label": element.accessibility_label,
    // The value stands in the markup so that a button with the same face and another value counts as another button.
    dataset: { action: element.action_id ?? "", value: element.value ?? "" },
  };
  const href = element.url ? safeHref(element.url) : null;
  const made = href
    ? h("a", { ...face, href, target: "_blank", rel: "noopener noreferrer" }, plain(element.text))
    : h("button", { ...face, type: "button" }, plain(element.text));
  made.addEventListener("click", () => press(made, element, blockId, surface));
  return made;
}

async function press(made, element, blockId, surface) {
  if (made.getAttribute("aria-busy") === "true") return;
  if (element.confirm && !(await surface.ask(element.confirm))) return;
  const action = { type: "button", action_id: element.action_id, text: element.text };
  if (element.value !== undefined) action.value = element.value;
  await busy(made, () => surface.act(blockId, action));
}

/** Shows that a click is under way; a second click meanwhile is nothing. */
async function busy(made, work) {
  made.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    made.removeAttribute("aria-busy");
  }
}

export function overflow(element, blockId, surface) {
  const names = element.options.map((option) => plain(option.text));
  const face = {
    class: "btn s more",
    "aria-label": `More: ${names.join(", ")}`,
    dataset: { action: element.action_id ?? "" },
  };
  return menuButton(icon("more"), face, () =>
    element.options.map((option) => ({
      label: plain(option.text),
      detail: option.description && plain(option.description),
      pick: async () => {
        if (element.confirm && !(await surface.ask(element.confirm))) return;
        if (option.url && safeHref(option.url)) window.open(safeHref(option.url), "_blank", "noopener");
        await surface.act(blockId, { type: "overflow", action_id: element.action_id, selected_option: option });
      },
    })),
  );
}

export function feedback(element, blockId, surface) {
  const box = h("div", { class: "row thumbs", role: "group", "aria-label": "Was this helpful?" });
  const thumb = (option, drawing) => {
    const face = {
      class: "btn s plain",
      type: "button",
      "aria-label": option.accessibility_label,
      "aria-pressed": "false",
      dataset: { action: element.action_id ?? "" },
    };
    const made = h("button", face, icon(drawing), plain(option.text));
    made.addEventListener("click", async () => {
      for (const other of box.children) other.setAttribute("aria-pressed", String(other === made));
      await busy(made, () =>
        surface.act(blockId, { type: "feedback_buttons", action_id: element.action_id, value: option.value }),
      );
    });
    return made;
  };
  return replace(box, thumb(element.positive_button, "up"), thumb(element.negative_button, "worse"));
}

export function iconButton(element, blockId, surface) {
  const label = element.accessibility_label ?? plain(element.text);
  const face = {
    class: "btn s plain",
    type: "button",
    "aria-label": label,
    dataset: { action: element.action_id ?? "" },
  };
  const made = h("button", face, icon(element.icon === "trash" ? "close" : element.icon), plain(element.text));
  made.addEventListener("click", async () => {
    if (element.confirm && !(await surface.ask(element.confirm))) return;
    await busy(made, () =>
      surface.act(blockId, { type: "icon_button", action_id: element.action_id, value: element.value }),
    );
  });
  return made;
}
