/** The playground's JSON endpoints, always as one person. A refusal becomes an error with a sentence to show. */

export class Refused extends Error {}

const GONE = "The playground stopped. Start it again with make play.";

export class Api {
  constructor(handle) {
    this.handle = handle;
  }

  get(path, query = {}) {
    const search = new URLSearchParams({ ...(this.handle ? { as: this.handle } : {}), ...query });
    return this.#answer(fetch(`/play/${path}?${search}`, { cache: "no-store" }));
  }

  post(path, body = {}) {
    const headers = { "X-Playground": "1", "Content-Type": "application/json" };
    return this.#answer(
      fetch(`/play/${path}`, { method: "POST", headers, body: JSON.stringify({ as: this.handle, ...body }) }),
    );
  }

  upload(files) {
    const form = new FormData();
    for (const file of files) form.append("file", file, file.name);
    return this.#sendForm("upload", form);
  }

  #sendForm(path, form) {
    const search = new URLSearchParams({ as: this.handle });
    const headers = { "X-Playground": "1" };
    return this.#answer(fetch(`/play/${path}?${search}`, { method: "POST", headers, body: form }));
  }

  /** Uploads an audio clip: what it says, and its sound where one was recorded. */
  voice({ says, sound, seconds }) {
    const form = new FormData();
    form.append("says", says);
    if (seconds) form.append("seconds", String(seconds));
    if (sound) form.append("file", sound, "audio");
    return this.#sendForm("voice", form);
  }

  async #answer(request) {
    let response;
    try {
      response = await request;
    } catch {
      throw new Refused(GONE);
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok || answer === null)
      throw new Refused(answer?.error ?? `The playground answered ${response.status}.`);
    return answer;
  }
}
