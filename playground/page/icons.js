/** The line icons and the mark, as SVG elements. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M5.5 3L4.5 13M11.5 3l-1 10M3 6.3h10.5M2.5 10H13",
  lock: "M4 7.5h8v5.500H4ZM5.500 7.500V5.500a2.500 2.500 0 0 1 5 0v2",
  branch:
    "M4.5 6v7M4.5 6a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4ZM11.5 10V6.5L9 4M11.5 13.4a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z",
  ticket: "M2.5 4.5h11v2a1.5 1.5 0 0 0 0 3v2h-11v-2a1.5 1.5 0 0 0 0-3Z",
  mail: "M2 4h12v8.5H2ZM2 4.5l6 4.5 6-4.5",
  calendar: "M2.5 4h11v9.5h-11ZM2.5 7h11M5.5 2.5V5M10.5 2.5V5",
  file: "M4 2h5.500L12.500 5v9H4ZM9.500 2v3h3",
  web: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM2 8h12M8 2c2 1.700 3 3.700 3 6s-1 4.300-3 6c-2-1.700-3-3.700-3-6s1-4.300 3-6Z",
  send: "M3 8L13.5 3 10.5 13.5 8 9Z",
  stop: "M4.5 4.5h7v7h-7Z",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 5",
  turning: "M8 2a6 6 0 1 1-5.600 4",
  waiting: "M8 2.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11Z",
  failed: "M8 2.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11ZM8 5v3.500M8 11v.1",
  more: "M3.500 8h.1M8 8h.1M12.500 8h.1",
  attach:
    "M10.500 5L6 9.500a1.400 1.400 0 0 0 2 2l4.500-4.500a2.800 2.800 0 0 0-4-4L4 7.500a4.200 4.200 0 0 0 6 6l3.500-3.500",
  voice: "M8 2a2 2 0 0 1 2 2v3.500a2 2 0 0 1-4 0V4a2 2 0 0 1 2-2ZM3.500 7.500a4.500 4.500 0 0 0 9 0M8 12v2",
  reply: "M6.500 4L3 7.500 6.500 11M3.500 7.500h6a3.500 3.500 0 0 1 3.500 3.500v1.500",
  eye: "M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8ZM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  down: "M8 3v10M4 9l4 4 4-4",
  up: "M5 14V7l3-5c1.200 0 1.800.900 1.500 2L9 6h3.500c.900 0 1.500.700 1.300 1.600l-1 4.800c-.200.900-.900 1.600-1.800 1.600ZM2.500 7H5v7H2.500Z",
  worse:
    "M5 2v7l3 5c1.200 0 1.800-.900 1.500-2L9 10h3.500c.900 0 1.500-.700 1.300-1.600l-1-4.800C12.600 2.700 11.900 2 11 2ZM2.500 2H5v7H2.500Z",
  seed: "M3 13C3.4 7 7 3.4 13 3c-.4 6-4 9.6-10 10Z",
};

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function icon(name, className = "ico") {
  const drawing = svg("svg", {
    viewBox: "0 0 16 16",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": name === "more" ? "2.4" : "1.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    class: className,
  });
  drawing.append(svg("path", { d: PATHS[name] ?? PATHS.web }));
  return drawing;
}

export function mark() {
  const drawing = svg("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" });
  drawing.append(
    svg("path", {
      class: "f1",
      d: "M1.5 28.5C1.5 13.8 9.3 4.5 19.2 4.5a6.9 6.9 0 0 1 6.8 5.5l5.500 2.300-5.500 2.100C25.3 22.8 16.3 28.5 1.5 28.5Z",
    }),
    svg("path", { class: "kernel", d: "M8.6 23.7c1.3-6.6 5.5-10.3 12-11-1.1 6.2-5.1 10.1-12 11Z" }),
    svg("circle", { class: "eye", cx: "21.6", cy: "9.3", r: "1.35" }),
  );
  return drawing;
}
