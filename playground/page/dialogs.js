/** The confirm dialog of Block Kit, and our own questions in the same form. */
import { h } from "./dom.js";
import { plain, textObject } from "./text/mrkdwn.js";
import { noNames } from "./names.js";

/** Asks for words of one's own to go with something; null when it was left. */
export function askWords({ title, label, send }) {
  const field = h("textarea", { rows: "3" });
  const no = h("button", { class: "btn", type: "button", onclick: () => dialog.close("no") }, "Cancel");
  const yes = h("button", { class: "btn primary", value: "yes" }, send);
  const dialog = h(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "ask-title" }, title),
      h("label", { class: "field" }, h("span", {}, label), field),
      h("div", { class: "row end" }, no, yes),
    ),
  );
  return opened(dialog, field, () => (dialog.returnValue === "yes" ? field.value.trim() : null));
}

/** Shows a dialog, the focus on `first`; gives what `answer` says once it is closed. */
export function opened(dialog, first, answer) {
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer());
    });
    // Escape inside a question must not also close what is under it.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    dialog.showModal();
    first.focus();
  });
}

/** Asks with a confirm object of Block Kit; true when it was confirmed. */
export function ask(confirm, names = noNames) {
  const title = h("h2", { id: "ask-title" }, plain(confirm.title) || "Go on?");
  const yes = h(
    "button",
    { class: confirm.style === "danger" ? "btn danger" : "btn primary", value: "yes" },
    plain(confirm.confirm) || "Yes",
  );
  const no = h("button", { class: "btn", value: "no" }, plain(confirm.deny) || "Cancel");
  const dialog = h(
    "dialog",
    { class: "ask", "aria-labelledby": "ask-title" },
    h(
      "form",
      { method: "dialog" },
      title,
      h("p", {}, textObject(confirm.text, names)),
      h("div", { class: "row end" }, no, yes),
    ),
  );
  return opened(dialog, confirm.style === "danger" ? no : yes, () => dialog.returnValue === "yes");
}
