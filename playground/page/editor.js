/** Changing one's own message where it stands: Enter saves, Escape leaves it as it was. */
import { h, replace } from "./dom.js";
import { typed } from "./text/mrkdwn.js";

export function editHere(article, message, names, { save, leave }) {
  const before = typed(message.text, names);
  const field = h("textarea", { rows: "2", value: before, "aria-label": "Edit your message" });
  const done = () => {
    const text = field.value.trim();
    if (text && text !== before) save(text);
    else leave();
  };
  const form = h(
    "form",
    { class: "composer" },
    field,
    h("button", { class: "btn", type: "button", onclick: leave }, "Cancel"),
    h("button", { class: "btn primary", type: "submit" }, "Save"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      leave();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      done();
    }
  });
  replace(article.querySelector(".body"), form);
  field.focus();
  field.setSelectionRange(before.length, before.length);
}
