// Puts what a field holds on the clipboard. Without this script the field itself is there to copy from.

const SHOWN = 2000; // milliseconds

for (const place of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(place.dataset.copy);
  const button = place.querySelector("button");
  const words = button.textContent;
  place.hidden = false;
  place.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      // No permission, or no https: the address is selected, and the keyboard copies it.
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => {
      button.textContent = words;
    }, SHOWN);
  });
}
