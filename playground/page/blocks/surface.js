/** What a block needs from where it is drawn: names, the fields around it, and whom to tell about a click. */

/** The values of the fields of one message or view, in the shape of Slack's `state`. */
export class Fields {
  #readers = new Map();

  /** `kept` holds what was entered before a redraw: {block_id: {action_id: value}}. */
  constructor(kept = {}) {
    this.kept = kept;
  }

  add(blockId, actionId, read) {
    this.#readers.set(`${blockId}\n${actionId}`, { blockId, actionId, read });
  }

  before(blockId, actionId) {
    return this.kept[blockId]?.[actionId];
  }

  values() {
    const values = {};
    for (const { blockId, actionId, read } of this.#readers.values()) (values[blockId] ??= {})[actionId] = read();
    return values;
  }
}

/**
 * A surface: `act(blockId, action, state)` sends a click, `search(blockId, actionId, text)` asks for options,
 * `file(id)` is where a file of this Slack can be shown.
 */
export function surface({
  names,
  act = async () => {},
  search = async () => ({ options: [] }),
  ask = async () => true,
  kept,
  file = () => null,
}) {
  const fields = new Fields(kept);
  return {
    names,
    file,
    fields,
    ask,
    search,
    act: (blockId, action) => act(blockId, action, { values: fields.values() }),
  };
}

/** What was entered, in the form in which fields begin again: texts as they are, choices as lists of values. */
export function entered(values) {
  const kept = {};
  for (const [blockId, fields] of Object.entries(values)) {
    kept[blockId] = Object.fromEntries(
      Object.entries(fields).map(([actionId, value]) => [actionId, enteredOne(value)]),
    );
  }
  return kept;
}

function enteredOne({ type, ...value }) {
  const [first] = Object.values(value);
  if (type === "rich_text_input") return first?.elements[0].elements[0].text ?? "";
  if (Array.isArray(first)) return first.map((item) => item.value ?? item);
  if (type.endsWith("_select") || type === "radio_buttons") return [first?.value ?? first];
  return first ?? "";
}
