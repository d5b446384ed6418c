/** A button that opens a menu: arrow keys move, Escape and a click elsewhere close, focus comes back. */
import { h, replace } from "./dom.js";

/** `items()` gives [{label, pick, detail?}]; it is asked each time the menu opens. */
export function menuButton(face, attributes, items) {
  const list = h("div", { class: "menu", role: "menu", popover: "auto" });
  const button = h(
    "button",
    { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...attributes },
    face,
  );
  button.addEventListener("click", () => {
    replace(
      list,
      items().map((item) => row(item, list)),
    );
    list.togglePopover();
    if (!list.matches(":popover-open")) return;
    place(list, button);
    list.querySelector("button")?.focus();
  });
  list.addEventListener("toggle", (event) => button.setAttribute("aria-expanded", String(event.newState === "open")));
  list.addEventListener("keydown", (event) => move(event, list, button));
  return h("span", { class: "menu-home" }, button, list);
}

function row({ label, detail, pick }, list) {
  const click = () => {
    list.hidePopover();
    pick();
  };
  return h(
    "button",
    { type: "button", role: "menuitem", tabindex: "-1", onclick: click },
    label,
    detail && h("small", {}, detail),
  );
}

function place(list, button) {
  const box = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const below = box.bottom + 4 + height <= window.innerHeight;
  list.style.left = `${Math.max(8, Math.min(box.right - width, window.innerWidth - width - 8))}px`;
  list.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - height - 4)}px`;
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function move(event, list, button) {
  const rows = [...list.querySelectorAll("button")];
  const at = rows.indexOf(document.activeElement);
  if (event.key in STEPS) rows.at((at + STEPS[event.key] + rows.length) % rows.length).focus();
  else if (event.key === "Home") rows[0].focus();
  else if (event.key === "End") rows.at(-1).focus();
  else if (event.key === "Tab" || event.key === "Escape") {
    // Escape would also close the thread or the dialog around it.
    event.stopPropagation();
    list.hidePopover();
    button.focus();
    if (event.key === "Tab") return;
  } else return;
  event.preventDefault();
}
