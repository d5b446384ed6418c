/** The table and data_table blocks. */
import { h } from "../dom.js";
import { tableBox } from "../text/markdown.js";
import { richText } from "../text/rich_text.js";

function cell(value, names) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (value.type === "rich_text") return richText(value, names);
  return String(value.text ?? value.value ?? "");
}

export function table(block, surface) {
  const [heads = [], ...rows] = block.rows ?? [];
  const settings = block.column_settings ?? [];
  const look = (value, index) => {
    const { align, is_wrapped: wraps } = settings[index] ?? {};
    return [
      (align === "right" || value?.type === "raw_number") && "num",
      align === "center" && "mid",
      wraps && "wrap",
    ].filter(Boolean);
  };
  const row = (tag, values) =>
    h(
      "tr",
      {},
      values.map((value, index) =>
        h(tag, { class: look(value, index).join(" ") || null, scope: tag === "th" ? "col" : null }, cell(value, surface.names)),
      ),
    );
  const caption = block.caption && h("caption", {}, block.caption.text ?? block.caption);
  return tableBox(
    h(
      "table",
      { class: "cells" },
      caption,
      h("thead", {}, row("th", heads)),
      h(
        "tbody",
        {},
        rows.map((values) => row("td", values)),
      ),
    ),
  );
}
