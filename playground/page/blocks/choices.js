/** Elements that choose: select menus, radio buttons, checkboxes. Each registers its value and may tell at once. */
import { h, replace, uniqueId } from "../dom.js";
import { plain, textObject } from "../text/mrkdwn.js";

const byValue = (options, value) => options.find((option) => option.value === value) ?? null;

function allOptions(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

/** How each kind of select names its value, where it begins, and what can be chosen. */
const KINDS = {
  static: {
    key: "selected_option",
    initial: (element) => element.initial_option?.value,
    all: (element) => element.initial_options?.map((option) => option.value),
  },
  external: {
    key: "selected_option",
    initial: (element) => element.initial_option?.value,
    all: (element) => element.initial_options?.map((option) => option.value),
  },
  users: {
    key: "selected_user",
    initial: (element) => element.initial_user,
    all: (element) => element.initial_users,
    list: (names) => names.allUsers(),
  },
  channels: {
    key: "selected_channel",
    initial: (element) => element.initial_channel,
    all: (element) => element.initial_channels,
    list: (names) => names.allChannels(),
  },
  conversations: {
    key: "selected_conversation",
    initial: (element) => element.initial_conversation,
    all: (element) => element.initial_conversations,
    list: (names) => names.allChannels(),
  },
};

const optionNode = (option, chosen) =>
  h("option", { value: option.value, selected: chosen.includes(option.value) }, plain(option.text));

function optionNodes(element, options, chosen) {
  if (!element.option_groups?.length) return options.map((option) => optionNode(option, chosen));
  return element.option_groups.map((group) =>
    h(
      "optgroup",
      { label: plain(group.label) },
      group.options.map((option) => optionNode(option, chosen)),
    ),
  );
}

export function select(element, blockId, surface, { label, tells = true } = {}) {
  const many = element.type.startsWith("multi_");
  const name = element.type.replace("multi_", "").replace("_select", "");
  const kind = KINDS[name] ?? KINDS.static;
  let options = kind.list ? kind.list(surface.names) : allOptions(element);
  if (name === "external" && element.initial_option) options = [element.initial_option];
  const chosen =
    surface.fields.before(blockId, element.action_id) ?? (many ? kind.all(element) : [kind.initial(element)]) ?? [];
  const box = h("select", {
    multiple: many,
    "aria-label": label ? null : plain(element.placeholder) || "Choose",
    dataset: { action: element.action_id ?? "" },
  });
  const fill = () => {
    const hint = many
      ? null
      : h(
          "option",
          { value: "", disabled: element.optional !== true, selected: !chosen.some(Boolean) },
          plain(element.placeholder) || "Choose",
        );
    replace(box, hint, optionNodes(element, options, chosen));
  };
  fill();
  if (element.focus_on_load) box.dataset.first = "";
  const action = () => valueOf(element, kind, many, box, options);
  surface.fields.add(blockId, element.action_id, () => action());
  box.addEventListener("change", async () => {
    if (element.confirm && !(await surface.ask(element.confirm))) return fill();
    if (tells) await surface.act(blockId, { ...action(), action_id: element.action_id });
  });
  if (name !== "external") return box;
  const found = (more) => {
    options = more;
    fill();
  };
  return h("span", { class: "search" }, searchBox(element, blockId, surface, found), box);
}

/** Several from a list are ticked one by one: few people know which key a list box wants held down. */
export function several(element, blockId, surface, { label, tells = true } = {}) {
  const kind = KINDS[element.type.replace("multi_", "").replace("_select", "")];
  const options = kind.list ? kind.list(surface.names) : allOptions(element);
  const chosen = surface.fields.before(blockId, element.action_id) ?? kind.all(element) ?? [];
  const inputs = options.map((option) =>
    h("input", { type: "checkbox", value: option.value, checked: chosen.includes(option.value) }),
  );
  if (element.focus_on_load && inputs.length) inputs[0].dataset.first = "";
  const picked = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const action = () => ({
    type: element.type,
    [`${kind.key}s`]: kind.list ? picked() : picked().map((value) => byValue(options, value)),
  });
  const most = () => {
    const full = picked().length >= (element.max_selected_items ?? Number.POSITIVE_INFINITY);
    for (const input of inputs) input.disabled = full && !input.checked;
  };
  most();
  surface.fields.add(blockId, element.action_id, action);
  const rows = options.map((option, index) => h("label", { class: "pick" }, inputs[index], plain(option.text)));
  const face = {
    class: "stack-s ticks",
    role: "group",
    "aria-label": label ? null : plain(element.placeholder) || "Choose",
    dataset: { action: element.action_id ?? "" },
  };
  const list = h("div", face, rows);
  list.addEventListener("change", () => {
    most();
    if (tells) surface.act(blockId, { ...action(), action_id: element.action_id });
  });
  return list;
}

function valueOf(element, kind, many, box, options) {
  const values = [...box.selectedOptions].map((option) => option.value).filter(Boolean);
  const picked = kind.list ? values : values.map((value) => byValue(options, value));
  return many
    ? { type: element.type, [`${kind.key}s`]: picked }
    : { type: element.type, [kind.key]: picked[0] ?? null };
}

function searchBox(element, blockId, surface, found) {
  const input = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": `Search: ${plain(element.placeholder)}`,
  });
  const look = async () => {
    const answer = await surface.search(blockId, element.action_id, input.value);
    found([...(answer.options ?? []), ...(answer.option_groups ?? []).flatMap((group) => group.options)]);
  };
  input.addEventListener("input", () => {
    if (input.value.length >= (element.min_query_length ?? 3)) look();
  });
  if ((element.min_query_length ?? 3) === 0) look();
  return input;
}

/** Radio buttons and checkboxes: a list of labelled boxes, each with an optional description. */
export function boxes(element, blockId, surface, { tells = true } = {}) {
  const many = element.type === "checkboxes";
  const first = many ? (element.initial_options ?? []).map((option) => option.value) : [element.initial_option?.value];
  const chosen = surface.fields.before(blockId, element.action_id) ?? first;
  const group = uniqueId("group");
  const inputs = element.options.map((option) =>
    h("input", {
      type: many ? "checkbox" : "radio",
      name: group,
      value: option.value,
      checked: chosen.includes(option.value),
    }),
  );
  if (element.focus_on_load) inputs[0].dataset.first = "";
  const action = () => {
    const picked = inputs.filter((input) => input.checked).map((input) => byValue(element.options, input.value));
    return many
      ? { type: "checkboxes", selected_options: picked }
      : { type: "radio_buttons", selected_option: picked[0] ?? null };
  };
  surface.fields.add(blockId, element.action_id, action);
  const rows = element.options.map((option, index) =>
    h(
      "label",
      { class: "pick" },
      inputs[index],
      h(
        "span",
        { class: "grow" },
        textObject(option.text, surface.names),
        option.description && h("small", {}, textObject(option.description, surface.names)),
      ),
    ),
  );
  const list = h(
    "div",
    { class: "stack-s", role: many ? "group" : "radiogroup", dataset: { action: element.action_id ?? "" } },
    rows,
  );
  if (tells) list.addEventListener("change", () => surface.act(blockId, { ...action(), action_id: element.action_id }));
  return list;
}
