/** What Pinyon is doing in each thread: its status line, and whether it can be stopped. */

const key = (channel, thread) => `${channel}/${thread ?? ""}`;

export class Working {
  #statuses = new Map();
  #sessions = new Map();

  constructor(botName) {
    this.botName = botName;
  }

  /** Takes what a reading of the messages said. */
  load({ statuses = [], sessions = [] }) {
    for (const status of statuses) this.status(status);
    for (const session of sessions) this.session(session);
  }

  status({ channel, thread_ts: thread, status }) {
    this.#statuses.set(key(channel, thread), status);
  }

  session(session) {
    this.#sessions.set(key(session.channel, session.thread_ts), session);
  }

  /** "Pinyon is reading tamarack/web #482", or an empty string. */
  line(channel, thread) {
    const status = this.#statuses.get(key(channel, thread));
    return status ? `${this.botName} ${status}` : "";
  }

  stoppable(channel, thread) {
    return this.#sessions.get(key(channel, thread))?.stoppable === true;
  }
}
