"use strict";
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -slides.length, End: slides.length };
  const shown = () => slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 2);
  addEventListener("keydown", (event) => {
    const step = event.key === " " && event.shiftKey ? -1 : steps[event.key];
    const busy = event.target.closest?.("summary, .scroll, pre, a") && (event.key === " " || event.key.startsWith("Arrow"));
    if (!step || busy || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = slides[Math.max(0, Math.min(slides.length - 1, shown() + step))];
    next.scrollIntoView();
    next.focus({ preventScroll: true });
  });
})();
