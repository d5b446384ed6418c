/** A page for whoever designs cards: Block Kit JSON in, drawn blocks out, and what a click would send. */
import { blocksBox } from "./blocks/blocks.js";
import { surface } from "./blocks/surface.js";
import { ask } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { noNames } from "./names.js";
import { toast } from "./say.js";
import { plain } from "./text/mrkdwn.js";

const source = document.querySelector("#source");
const problem = document.querySelector("#problem");
const drawn = document.querySelector("#drawn");
const HELP = problem.textContent;

function draw(card) {
  const blocks = Array.isArray(card) ? card : (card.blocks ?? []);
  const act = async (blockId, action) => toast(`${blockId}: ${JSON.stringify(action)}`);
  const box = blocksBox(blocks, surface({ names: noNames, ask, act }), { framed: true });
  return h(
    "section",
    { class: "stack-s" },
    card.title && h("h2", {}, plain(card.title)),
    box,
    card.text && h("p", { class: "faint" }, `In a notification: ${card.text}`),
  );
}

/** One card, a list of cards, or the blocks of one card. */
function cardsIn(given) {
  if (!Array.isArray(given)) return [given];
  return given.some((one) => one.blocks) ? given : [given];
}

export function show(text) {
  if (!text.trim()) return replace(drawn);
  try {
    replace(drawn, cardsIn(JSON.parse(text)).map(draw));
    replace(problem, HELP);
    problem.className = "";
  } catch (error) {
    replace(problem, `This cannot be drawn: ${error.message}`);
    problem.className = "wrong";
  }
  return drawn;
}

source.addEventListener("input", () => show(source.value));
show(source.value);
