// Saves a draft while it is written. Without this script the same form works, with a page after each button.

const REST = 1000; // milliseconds without a key before what was written is saved
const LOOK = 2500; // milliseconds between looks at what is being read
const LOOKS = 60;

const form = document.querySelector("[data-agent]");
if (form) {
  const saved = document.querySelector("[data-saved]");
  const overtaken = document.querySelector("[data-overtaken]");
  const said = document.querySelector("[data-said]");
  const free = document.querySelector("[data-free]");
  const fields = form.elements;
  let timer = 0;
  let running = null;
  let isChanged = false;
  let isStopped = !overtaken.hidden; // somebody else's draft is newer: nothing is saved by itself any more
  let leaves = false;

  const tell = (words) => {
    saved.textContent = words;
  };

  const mark = (problems) => {
    for (const slot of document.querySelectorAll("[data-wrong]")) {
      const id = slot.dataset.wrong;
      const field = form.querySelector(`[aria-describedby~="wrong-${CSS.escape(id)}"]`);
      const isRow = id.includes(".");
      // What nobody has written yet is no mistake, until they want to publish it.
      const isEmpty = field && field.value === "" && !("mends" in form.dataset);
      const words = Object.entries(problems)
        .filter(([name]) => name === id || (!isRow && id !== "skills" && id !== "knowledge" && id !== "parameters" && name.startsWith(`${id}.`)))
        .flatMap(([, sentences]) => sentences);
      const text = isEmpty ? "" : words.join(" ").replace(/ Free: .*$/, "");
      if (slot.textContent !== text) slot.textContent = text;
      slot.hidden = !text;
      if (field && text) field.setAttribute("aria-invalid", "true");
      else if (field) field.removeAttribute("aria-invalid");
    }
  };

  const offer = (handles) => {
    for (const old of free.querySelectorAll("button")) old.remove();
    for (const handle of handles) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn s";
      button.textContent = handle;
      button.addEventListener("click", () => {
        fields.handle.value = handle;
        fields.handle.focus();
        changed();
      });
      free.append(button);
    }
    free.hidden = handles.length === 0;
  };

  const written = () => {
    const data = new FormData(form);
    for (const name of [...data.keys()]) if (name.startsWith("new_")) data.delete(name); // kept when their button is pressed
    data.set("do", "save");
    return data;
  };

  const take = (answer) => {
    const draft = answer.isDraft;
    for (const one of document.querySelectorAll("input[name=revision]")) one.value = answer.revision;
    document.querySelector("[data-draft]").hidden = !draft;
    document.querySelector("[data-publish]").hidden = !draft;
    document.querySelector("[data-live]")?.toggleAttribute("hidden", draft);
    document.querySelector("[data-dropping]")?.toggleAttribute("hidden", !draft);
    document.querySelector("[data-name]").textContent = answer.name;
    said.hidden = true;
    tell(isChanged ? "saving" : "saved now");
  };

  const save = async () => {
    clearTimeout(timer);
    if (running || isStopped || leaves || !isChanged) return;
    isChanged = false;
    tell("saving");
    running = fetch(form.action, { method: "POST", body: written(), headers: { accept: "application/json" } });
    try {
      const response = await running;
      const isOurs = response.headers.get("content-type")?.startsWith("application/json");
      if (!isOurs) throw new Error("not saved");
      const answer = await response.json();
      mark(answer.problems);
      offer(answer.free);
      if (response.ok) {
        take(answer);
      } else {
        isStopped = answer.overtaken;
        overtaken.hidden = !answer.overtaken;
        said.hidden = !answer.said;
        said.querySelector("span").textContent = answer.said;
        tell(answer.overtaken ? "not saved" : "not saved yet, see what is marked");
      }
    } catch {
      isChanged = true;
      tell("not saved: press Save draft");
    } finally {
      running = null;
    }
    if (isChanged && !isStopped) rest();
  };

  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(save, REST);
  };

  const changed = () => {
    isChanged = true;
    if (!isStopped) rest();
  };

  const count = () => {
    const text = form.querySelector("[data-counted]").value;
    form.querySelector("[data-count]").textContent = [...text].length.toLocaleString("en");
  };

  // Which writes may be asked about follows from the skills that are chosen.
  const follow = () => {
    const all = fields.every.value === "all";
    let shown = 0;
    for (const group of form.querySelectorAll("[data-asks]")) {
      const skill = form.querySelector(`input[name=skill][value="${CSS.escape(group.dataset.asks)}"]`);
      const level = fields[`level:${group.dataset.asks}`];
      const ticked = group.querySelector("input:checked") !== null;
      const writes = all || (skill?.checked && level?.value === "write");
      group.hidden = !(writes || ticked);
      shown += group.hidden ? 0 : 1;
    }
    form.querySelector("[data-noasks]").hidden = shown > 0;
  };

  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("new_")) return;
    count();
    follow();
    changed();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name !== "skill" && !event.target.name?.startsWith("level:")) return;
    // Whoever ticks one skill means these, and not all.
    const chosen = form.querySelector('input[name=every][value="chosen"]');
    if (!chosen.checked) chosen.checked = true;
    follow();
    changed();
  });
  // A button sends the whole form: what rests is in it, and what is being saved is waited for.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) {
      leaves = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    running.finally(() => setTimeout(() => form.requestSubmit(button), 50));
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged && !leaves) event.preventDefault();
  });
  follow();

  const look = async (left) => {
    const response = await fetch(location.pathname).catch(() => null);
    if (response?.ok && !leaves) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const old of document.querySelectorAll("[data-source]")) {
        const now = page.querySelector(`[data-source="${CSS.escape(old.dataset.source)}"]`);
        if (!now || now.dataset.reading === old.dataset.reading) continue;
        const [row, fresh] = [old.closest("li"), now.closest("li")];
        for (const part of ["[data-title]", "[data-facts]", "[data-source]"]) row.querySelector(part)?.replaceWith(fresh.querySelector(part));
      }
    }
    if (left > 0 && document.querySelector('[data-reading="waiting"]')) setTimeout(look, LOOK, left - 1);
  };
  if (document.querySelector('[data-reading="waiting"]')) setTimeout(look, LOOK, LOOKS);
}
