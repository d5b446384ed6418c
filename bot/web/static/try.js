// Shows what a draft answers while it comes. Without this script the same forms work, with a page after each.

const box = document.getElementById("try");
if (box) {
  const log = box.querySelector("[data-log]");
  const starters = box.querySelector("[data-starters]");
  const told = box.querySelector("[data-told]");
  const note = box.querySelector("[data-note]");
  const stop = box.querySelector("[data-stop]");
  const composer = box.querySelector("[data-say]");
  const words = composer.elements.says;
  const spoken = box.querySelector("[data-spoken]");
  const heard = new Map(); // turn → how many of its paragraphs were read out
  let thread = box.dataset.thread;
  let since = box.dataset.since;
  let timer = 0;
  let began = Date.now();
  let round = 0; // a look that was begun before something else happened counts for nothing

  const tell = (text) => {
    told.textContent = text;
    note.hidden = !text;
  };

  const open = (found) => {
    thread = found;
    box.dataset.thread = found;
    for (const field of box.querySelectorAll("input[name=thread]")) field.value = found;
    starters.hidden = Boolean(found);
  };

  // A paragraph is read out once, when it is whole: letter by letter nobody could follow.
  const speak = (node, id, over) => {
    const parts = [...node.querySelectorAll("[data-words] > *, .blocks > p > b")];
    const whole = over ? parts.length : Math.max(0, parts.length - 1);
    for (const part of parts.slice(heard.get(id) ?? 0, whole)) {
      const line = document.createElement("span");
      line.textContent = `${part.textContent.replace(/\s+/g, " ")} `;
      spoken.append(line);
    }
    heard.set(id, Math.max(whole, heard.get(id) ?? 0));
    while (spoken.childElementCount > 60) spoken.firstElementChild.remove();
  };

  const draw = (turn) => {
    const old = log.querySelector(`[data-turn="${CSS.escape(turn.id)}"]`);
    if (old && Number(old.dataset.revision) >= turn.revision) return false;
    const held = document.createElement("template");
    held.innerHTML = turn.html; // drawn by the server, every value escaped
    const node = held.content.querySelector("[data-turn]");
    if (old) {
      [...old.querySelectorAll("details")].forEach((one, at) => {
        const same = node.querySelectorAll("details")[at];
        if (same) same.open = one.open;
      });
      old.replaceWith(node);
    } else {
      log.append(node);
    }
    speak(node, turn.id, turn.over);
    return true;
  };

  // The end, but of a card that waits the beginning: what it acts on stands there.
  const lowest = () => {
    const card = log.lastElementChild?.querySelector(".blocks:has(form)");
    if (!card) return log.scrollHeight;
    return log.scrollTop + card.getBoundingClientRect().top - log.getBoundingClientRect().top;
  };

  const look = async () => {
    clearTimeout(timer);
    if (!thread) return;
    const mine = ++round;
    let news;
    try {
      const answer = await fetch(`${box.dataset.path}/${thread}/news?since=${since}`, { headers: { accept: "application/json" } });
      if (answer.redirected || answer.status === 404) return tell("This page is out of date. Reload it.");
      if (!answer.ok) throw new Error(String(answer.status));
      news = await answer.json();
    } catch {
      timer = setTimeout(look, 4000); // away for a moment, or asleep
      return;
    }
    if (mine !== round) return;
    const below = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const { bottom } = composer.getBoundingClientRect();
    const isNew = news.turns.map(draw).includes(true);
    since = news.since;
    if (isNew && below) log.scrollTop = lowest();
    // Who writes elsewhere on the page stays there.
    if (isNew && bottom > 0 && bottom <= innerHeight + 80) composer.scrollIntoView({ block: "nearest" });
    stop.hidden = !news.working;
    if (news.working) timer = setTimeout(look, Date.now() - began < 30_000 ? 500 : 1500);
    else if (news.waits) timer = setTimeout(look, document.hidden ? 15_000 : 3000);
  };

  const send = async (form, button) => {
    const fields = new URLSearchParams(new FormData(form));
    if (button?.name) fields.set(button.name, button.value);
    tell("");
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields, headers: { accept: "application/json" } });
    } catch {
      return tell("Pinyon cannot be reached, so nothing was sent. Try again in a moment.");
    }
    if (!(answer.headers.get("content-type") ?? "").includes("json")) return tell("This page is out of date, so nothing was done. Reload it.");
    const done = await answer.json();
    tell(done.told);
    if (!answer.ok) return;
    if (form === composer || starters.contains(form)) {
      words.value = "";
      grow();
      open(done.thread);
    }
    log.scrollTop = log.scrollHeight;
    began = Date.now();
    await look();
    if (!form.isConnected) words.focus(); // its card was drawn anew
  };

  const grow = () => {
    words.rows = Math.min(8, Math.max(1, words.value.split("\n").length));
  };

  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...event.target.querySelectorAll("button")].filter((one) => !one.disabled);
    for (const button of buttons) button.disabled = true;
    await send(event.target, event.submitter);
    for (const button of buttons) button.disabled = false;
  });

  words.addEventListener("input", grow);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });

  box.querySelector("[data-over]").addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    round += 1;
    log.replaceChildren();
    since = 0;
    stop.hidden = true;
    tell("");
    open("");
    words.focus();
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && thread) look();
  });

  for (const node of log.children) heard.set(node.dataset.turn, node.querySelectorAll("[data-words] > *, .blocks > p > b").length);
  log.scrollTop = lowest();
  if ("working" in box.dataset || "waits" in box.dataset) look();
}
