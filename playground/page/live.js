/** The live stream of events: connects again by itself, and says when the playground is gone and when it is back. */

const EVENTS = [
  "message",
  "gone",
  "ephemeral",
  "status",
  "session",
  "prompts",
  "home",
  "modal",
  "unread",
  "channel",
  "connected",
  "traffic",
  "faults",
  "notice",
  "try_next",
];
const PATIENCE = 1500;
const RETRY = 1000;

export class Live {
  #source = null;
  #lost = null;
  #retry = null;
  #run = null;
  #began = null;

  /** Settles when the first events can arrive: what is read after that misses nothing. */
  began = new Promise((resolve) => {
    this.#began = resolve;
  });

  /** `on` holds one function per event, and `lost()`, `back({anew})`. */
  constructor(handle, on) {
    this.handle = handle;
    this.on = on;
    this.#open();
    addEventListener("pagehide", () => this.close());
  }

  close() {
    clearTimeout(this.#retry);
    clearTimeout(this.#lost);
    this.#source?.close();
  }

  #open() {
    const source = new EventSource(`/play/live?${new URLSearchParams({ as: this.handle })}`);
    this.#source = source;
    for (const name of EVENTS) source.addEventListener(name, (event) => this.on[name]?.(JSON.parse(event.data)));
    source.addEventListener("hello", (event) => this.#hello(JSON.parse(event.data)));
    source.addEventListener("error", () => this.#failed(source));
  }

  #hello({ run }) {
    clearTimeout(this.#lost);
    this.#lost = null;
    if (this.#run !== null) this.on.back({ anew: this.#run !== run });
    this.#run = run;
    this.#began();
  }

  #failed(source) {
    // A short break mends itself unseen; only a longer one is worth a line.
    this.#lost ??= setTimeout(() => this.on.lost(), PATIENCE);
    // The browser's own retry gives up for good on some errors and waits longer on others.
    source.close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), RETRY);
  }
}
