/** The confirm dialog of Block Kit, and our own questions in the same form. */
import { h } from "./dom.js";
import { plain, textObject } from "./text/mrkdwn.js";
import { noNames } from "./names.js";

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
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    // Escape inside a question must not also close what is under it.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    dialog.showModal();
    (confirm.style === "danger" ? no : yes).focus();
  });
}
