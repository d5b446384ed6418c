/** Elements that are typed into: text, numbers, dates, files; and the input block around any of them. */
import { h, uniqueId } from "../dom.js";
import { plain } from "../text/mrkdwn.js";

const TYPED = {
  plain_text_input: { type: "text", key: "value", initial: "initial_value" },
  email_text_input: { type: "email", key: "value", initial: "initial_value" },
  url_text_input: { type: "url", key: "value", initial: "initial_value" },
  number_input: { type: "number", key: "value", initial: "initial_value" },
  datepicker: { type: "date", key: "selected_date", initial: "initial_date" },
  timepicker: { type: "time", key: "selected_time", initial: "initial_time" },
  datetimepicker: { type: "datetime-local", key: "selected_date_time", initial: "initial_date_time" },
};

export const typedKinds = Object.keys(TYPED);

const localMinute = (seconds) => {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

function shownFirst(element, kind, before) {
  const first = before ?? element[kind.initial] ?? "";
  return kind.type === "datetime-local" && typeof first === "number" ? localMinute(first) : first;
}

export function typed(element, blockId, surface, { label, tells = true, required = false } = {}) {
  const kind = TYPED[element.type];
  const attributes = {
    value: shownFirst(element, kind, surface.fields.before(blockId, element.action_id)),
    placeholder: plain(element.placeholder) || null,
    maxlength: element.max_length ?? null,
    minlength: element.min_length ?? null,
    min: element.min_value ?? null,
    max: element.max_value ?? null,
    step: element.type === "number_input" && element.is_decimal_allowed ? "any" : null,
    "aria-required": required,
    "aria-label": label ? null : plain(element.placeholder) || "Value",
    dataset: { action: element.action_id ?? "" },
  };
  const input = element.multiline
    ? h("textarea", { rows: "6", ...attributes })
    : h("input", { type: kind.type, ...attributes });
  const read = () => {
    if (!input.value) return null;
    return kind.type === "datetime-local" ? Math.round(new Date(input.value).getTime() / 1000) : input.value;
  };
  const value = () => ({ type: element.type, [kind.key]: read() });
  surface.fields.add(blockId, element.action_id, value);
  if (tells) input.addEventListener("change", () => surface.act(blockId, { ...value(), action_id: element.action_id }));
  if (element.focus_on_load) input.dataset.first = "";
  return input;
}

export function richTextInput(element, blockId, surface, options) {
  const text = (rich) =>
    (rich?.elements ?? []).map((part) => (part.elements ?? []).map((piece) => piece.text ?? "").join("")).join("\n");
  const input = h("textarea", {
    rows: "6",
    value: surface.fields.before(blockId, element.action_id) ?? text(element.initial_value),
    "aria-label": options?.label ? null : "Text",
  });
  const rich = () => ({
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text: input.value }] }],
  });
  surface.fields.add(blockId, element.action_id, () => ({
    type: element.type,
    rich_text_value: input.value ? rich() : null,
  }));
  return input;
}

/** A label above, help below; an error takes the place of the help and is tied to the field. */
export function inputBlock(block, draw) {
  const { type } = block.element;
  const group = ["radio_buttons", "checkboxes"].includes(type) || /^multi_(?!external)/.test(type);
  const element = draw(block.element, {
    label: true,
    tells: block.dispatch_action === true,
    required: block.optional !== true,
  });
  const field = group
    ? element
    : element.matches("input, select, textarea")
      ? element
      : element.querySelector("input, select, textarea");
  const label = [plain(block.label), block.optional && h("span", { class: "faint" }, " (optional)")];
  const hint = block.hint && h("small", { id: uniqueId("hint") }, plain(block.hint));
  if (hint) field?.setAttribute("aria-describedby", hint.id);
  if (!group)
    return h(
      "label",
      { class: "field", dataset: { block: block.block_id ?? "" } },
      h("span", {}, label),
      element,
      hint,
    );
  const title = h("span", { class: "label", id: uniqueId("label") }, label);
  field.setAttribute("aria-labelledby", title.id);
  return h("div", { class: "field", dataset: { block: block.block_id ?? "" } }, title, element, hint);
}

/** Shows an error at the field of one input block, in place of its help. */
export function showError(root, blockId, sentence) {
  const box = [...root.querySelectorAll("[data-block]")].find((node) => node.dataset.block === blockId);
  const field = box?.querySelector("input, select, textarea, [role=radiogroup], [role=group]");
  if (!field) return null;
  for (const old of box.querySelectorAll(":scope > small, :scope > .wrong")) old.remove();
  const wrong = h("small", { class: "wrong", id: uniqueId("wrong") }, sentence);
  box.append(wrong);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", wrong.id);
  return field;
}
