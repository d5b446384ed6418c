/** Builds elements from plain values; text always becomes a text node, so nothing that was written can become markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "open", "multiple", "indeterminate"]);

/** h("p", {class: "faint"}, "text", node, [more]): null and false are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
  else if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
}

export function nodes(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

export function fragment(...children) {
  const made = document.createDocumentFragment();
  made.append(...nodes(children));
  return made;
}

export function replace(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** Puts `items` between each other with what `between()` makes. */
export function joined(items, between) {
  return items.flatMap((item, index) => (index ? [between(), item] : [item]));
}

/** Makes `element` hold `fresh`, keeping the nodes at the start that are the same: a growing answer keeps its selection. */
export function patch(element, fresh) {
  const old = [...element.childNodes];
  const next = nodes([fresh]);
  let same = 0;
  while (same < old.length && same < next.length && old[same].isEqualNode(next[same])) same += 1;
  for (const node of old.slice(same)) node.remove();
  element.append(...next.slice(same));
}

let counter = 0;

/** An id that is unique in this document, for labels and descriptions. */
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}
