/** Words beside the conversation: for screen readers, and in a passing toast. */
import { h, replace } from "./dom.js";

const heard = h("div", { class: "sr", "aria-live": "polite", id: "heard" });
const toasts = h("div", { role: "status" });
document.body.append(heard, toasts);

/** Reads `text` to a screen reader, without showing it. */
export function announce(text) {
  if (!text.trim()) return;
  heard.append(h("p", {}, text));
  while (heard.childElementCount > 4) heard.firstChild.remove();
}

let hiding = null;

/** A calm line for 8 seconds; it stays while it is pointed at or focused. */
export function toast(text) {
  const box = h(
    "div",
    { class: "toast" },
    h("span", {}, text),
    h("button", { class: "btn s", type: "button", onclick: () => replace(toasts) }, "Close"),
  );
  replace(toasts, box);
  const start = () => {
    clearTimeout(hiding);
    hiding = setTimeout(() => box.remove(), 8000);
  };
  for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, () => clearTimeout(hiding));
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, start);
  start();
}

/** Runs what a person asked for; a refusal is shown as a sentence and answered with null. */
export async function tried(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message);
    return null;
  }
}
