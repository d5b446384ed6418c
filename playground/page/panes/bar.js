/** The bar at the top: the mark, what answers here, and who one is. */
import { h, replace } from "../dom.js";
import { mark } from "../icons.js";
import { toWeb } from "../web.js";

const GROUPS = { member: "Members", guest: "From outside", outsider: "From outside" };

function people(state) {
  // The first two are the story's people; the other members follow, then who comes from outside.
  const [first, second, ...others] = state.people;
  const option = (person) =>
    h(
      "option",
      { value: person.handle, selected: person.id === state.me.id },
      person.tag ? `${person.name} (${person.tag})` : person.name,
    );
  const groups = group(others);
  return [
    [first, second].filter(Boolean).map(option),
    ...[...groups].map(([label, members]) => h("optgroup", { label }, members.map(option))),
  ];
}

function group(others) {
  const groups = new Map();
  for (const person of others) {
    const label = GROUPS[person.kind] ?? "Members";
    groups.set(label, [...(groups.get(label) ?? []), person]);
  }
  return groups;
}

/** Fills the bar; `panes` are the buttons that open panes on small screens. */
export function drawBar(bar, state, { become, panes }) {
  const choose = h(
    "select",
    { class: "lev", "aria-label": "Act as", onchange: (event) => become(event.target.value) },
    people(state),
  );
  const web =
    state.web_url &&
    h("a", { class: "btn s plain hide", ...toWeb(state) }, "Web pages");
  replace(
    bar,
    h("a", { class: "brand", href: "#", "aria-label": "Pinyon, back to the first conversation" }, mark(), "Pinyon"),
    state.demo_model && h("span", { class: "badge wait" }, "Demo model, no AI"),
    h("span", { class: "faint hide grow" }, state.banner || null),
    h(
      "span",
      { class: "who" },
      web,
      h("label", { class: "row" }, h("span", { class: "hide" }, "You are"), choose),
      panes,
    ),
  );
}
