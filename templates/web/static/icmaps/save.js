// Saves a page of placements as it is filled in. Without this module the page is a plain form.
//
// The promise: whatever was typed is on the server, or in this browser's own store, or marked on
// the screen as not saved. So an edit is written to IndexedDB first, sent second, and deleted only
// when the server has acknowledged that very edit (its key).

const SEND_AFTER = 800;       // ms after the last key
const SEND_WITHIN = 3000;     // ms after the first key, for those who type without a pause
const DOWNLOAD_AFTER = 10000; // ms unsent before the download is offered
const WAIT_TO_GO_ON = 3000;   // ms "Save and go on" waits for the last answers
const QUIET = 30000;          // ms between two "Saved" said to a screen reader
const LATE = 5000;            // ms after which "Saving…" would be a lie
const GRACE = 2000;           // ms in which leaving is not questioned: the request outlives the page

// ---- The store of unsent edits -------------------------------------------------------------

let durable = true; // false where the browser has no store (some private windows)
let database;

function openStore() {
  database ??= new Promise((done, fail) => {
    const request = indexedDB.open("icmaps", 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore("unsent", { keyPath: ["user", "assessment", "component"] });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      done(request.result);
    };
    request.onerror = () => fail(request.error);
  });
  return database;
}

/** Runs one transaction; `work` returns a request or nothing. Never throws. */
async function inStore(mode, work) {
  try {
    const db = await openStore();
    return await new Promise((done, fail) => {
      const transaction = db.transaction("unsent", mode);
      const request = work(transaction.objectStore("unsent"));
      transaction.oncomplete = () => done(request?.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } catch {
    durable = false;
    return undefined;
  }
}

const keep = (record) => inStore("readwrite", (store) => store.put(record));

/** Deletes an edit, but not a newer one of the same component (another tab may have written it). */
const forget = (record) => inStore("readwrite", (store) => {
  const at = [record.user, record.assessment, record.component];
  store.get(at).onsuccess = (event) => {
    if (event.target.result?.key === record.key) store.delete(at);
  };
});

async function unsentOf(user, assessment) {
  const all = (await inStore("readonly", (store) => store.getAll())) ?? [];
  return all.filter((r) => (!user || r.user === user) && (!assessment || r.assessment === assessment));
}

// ---- Small helpers ------------------------------------------------------------------------------

/** randomUUID exists on https and localhost only; a school's own server may be neither. */
function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const same = (a, b) => a.answer === b.answer && a.evidence.trim() === b.evidence.trim();

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function word(name, values = {}) {
  const text = document.getElementById("words").content.querySelector(`[data-word=${name}]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

// ---- One page of placements ----------------------------------------------------------------------

function startPage(form) {
  const { save, token: tokenUrl, assessment, user, next } = form.dataset;
  const find = (name) => form.querySelector(`[data-${name}]`);
  const components = new Map();
  let csrf = document.querySelector("meta[name=csrf-token]").content;
  let savedAt = null;
  let signedOut = false;
  let failures = 0;
  let retryTimer = 0;
  let leaving = false;

  // What the form shows

  function read(c) {
    return {
      answer: c.box.querySelector("input[type=radio]:checked")?.value ?? "",
      evidence: c.box.querySelector("textarea").value,
    };
  }

  function write(c, { answer, evidence }) {
    if (!c.box) return;
    for (const radio of c.box.querySelectorAll("input[type=radio]")) radio.checked = radio.value === answer;
    const area = c.box.querySelector("textarea");
    if (area.value !== evidence) area.value = evidence;
  }

  function setVersion(c, version) {
    c.version = version;
    if (!c.box) return;
    c.box.dataset.version = version;
    c.box.querySelector("input[type=hidden]").value = version;
  }

  function nameOf(c, answer) {
    const radio = [...c.box.querySelectorAll("input[type=radio]")].find((r) => r.value === answer);
    return radio?.closest("label").querySelector("[data-name]")?.textContent ?? word("none");
  }

  // What is waiting. A component has at most one edit on the way and one waiting behind it.

  function component(id, box = null) {
    const version = box ? Number(box.dataset.version) : 0;
    const c = { id, box, version, waiting: null, flying: null, stuck: "", tries: [], since: 0, timer: 0, stored: null };
    if (box) c.shown = { version, ...read(c) }; // as the server wrote the page
    components.set(id, c);
    return c;
  }

  const age = (c) => Date.now() - c.since;
  const unsent = () => [...components.values()].filter((c) => c.waiting || c.flying);

  /** The newest edit of a component takes the place of one that still waits. */
  function queue(c, content, delay) {
    c.waiting = {
      user, assessment, component: c.id, ...content, key: freshKey(), base_version: c.version,
      sent: c.tries.slice(-5), where: c.where ?? location.pathname,
    };
    c.stored = keep(c.waiting);
    c.since ||= Date.now();
    clearTimeout(c.timer);
    // Someone who writes without a pause is saved in between; not while the server has trouble.
    const wait = failures ? delay : Math.min(delay, Math.max(0, SEND_WITHIN - age(c)));
    c.timer = setTimeout(() => { c.timer = 0; send(c); }, wait);
    show();
  }

  function edited(c, delay) {
    if (c.stuck === "refused") problem(c, "");
    queue(c, read(c), delay);
    if (c.stuck === "conflict") showConflict(c);
  }

  async function post(edit) {
    const { key, component: id, answer, evidence, base_version } = edit;
    const body = JSON.stringify({ key, component: id, answer, evidence, base_version });
    for (let attempt = 0; ; attempt += 1) {
      const response = await fetch(save, {
        method: "POST", credentials: "same-origin", redirect: "manual", body,
        keepalive: true, // so that a request under way outlives the page
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
        ...(AbortSignal.timeout ? { signal: AbortSignal.timeout(20000) } : {}),
      });
      if (response.type === "opaqueredirect") return { status: 401 }; // sent to the sign-in page
      if (response.status !== 403) return { status: response.status, reply: await response.json().catch(() => ({})) };
      if (attempt || !(await newToken())) return { status: 401 };
    }
  }

  async function newToken() {
    const response = await fetch(tokenUrl, { credentials: "same-origin", redirect: "manual" });
    if (!response.ok) return false;
    csrf = (await response.json()).token;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrf;
    return true;
  }

  /** Sends what waits; `hurry` when the page goes away and there is no time to wait for the store. */
  async function send(c, hurry = false) {
    clearTimeout(c.timer);
    c.timer = 0;
    if (!c.waiting || c.flying || c.stuck || signedOut) return show();
    const edit = c.waiting;
    c.flying = edit;
    c.waiting = null;
    c.tries.push({ answer: edit.answer, evidence: edit.evidence });
    show();
    if (!hurry) await Promise.race([c.stored, pause(1000)]); // a store that hangs must not stop us
    const { status, reply } = await post(edit).catch(() => ({ status: 0 }));
    c.flying = null;
    if (status === 200) acknowledged(c, edit, reply);
    else if (status === 409) changedElsewhere(c, edit, reply);
    else {
      c.waiting ??= edit;
      if (status === 401) signedOut = true;
      else if (status === 0 || status === 408 || status === 429 || status >= 500) later();
      else if (c.waiting === edit) refused(c, status === 422 ? reply?.detail : "");
      else send(c);
    }
    show();
  }

  function acknowledged(c, edit, reply) {
    failures = 0;
    savedAt = new Date(reply.saved_at ?? Date.now());
    c.tries = [];
    // A replayed edit may be older than what the page was written with: then the page is right.
    const newer = !c.waiting && c.shown?.version > reply.version;
    if (newer) write(c, c.shown);
    setVersion(c, newer ? c.shown.version : reply.version);
    c.since = c.waiting ? Date.now() : 0;
    if (c.waiting) {
      c.waiting.base_version = reply.version;
      c.waiting.sent = [];
      c.stored = keep(c.waiting);
      if (!c.timer) send(c);
    } else {
      if (c.box && !c.stuck) problem(c, "");
      forget(edit);
      if (!c.box) components.delete(c.id);
    }
  }

  function changedElsewhere(c, edit, reply) {
    const mine = c.waiting ?? edit;
    const other = { answer: reply.answer ?? "", evidence: reply.evidence ?? "" };
    if (!c.waiting && same(other, edit)) return acknowledged(c, edit, reply);
    setVersion(c, reply.version);
    if (c.tries.some((tried) => same(tried, other))) {
      // An earlier edit of ours arrived though its answer did not: no conflict, only a later base.
      return queue(c, { answer: mine.answer, evidence: mine.evidence }, 0);
    }
    c.waiting = mine;
    c.stuck = "conflict";
    c.other = other;
    if (c.box) showConflict(c);
    return announce(word("conflict"));
  }

  function refused(c, detail) {
    c.stuck = "refused";
    const text = typeof detail === "string" && detail ? detail : word("refused");
    if (c.box) problem(c, text);
    announce(text);
  }

  function later() {
    failures += 1;
    const most = Math.min(30000, 1000 * 2 ** (failures - 1));
    clearTimeout(retryTimer);
    retryTimer = setTimeout(sendAll, Math.max(1000, most * (0.5 + Math.random() / 2)));
  }

  function sendAll() {
    clearTimeout(retryTimer);
    for (const c of unsent()) if (!c.timer) send(c);
  }

  function tryAgain() {
    signedOut = false;
    for (const c of unsent()) {
      if (c.stuck === "refused") c.stuck = "";
      send(c);
    }
  }

  // What the reader is told

  function problem(c, text) {
    const place = c.box.querySelector("[data-error]");
    place.textContent = text;
    place.hidden = !text;
    if (!text && c.stuck === "refused") c.stuck = "";
  }

  function showConflict(c) {
    const place = c.box.querySelector("[data-error]");
    place.replaceChildren(document.getElementById("conflict").content.cloneNode(true));
    place.hidden = false;
    for (const [side, content] of [["mine", c.waiting], ["other", c.other]]) {
      place.querySelector(`[data-${side}=answer]`).textContent = nameOf(c, content.answer);
      place.querySelector(`[data-${side}=evidence]`).textContent = content.evidence.trim() || word("nothing");
    }
    place.querySelector("[data-keep=mine]").onclick = () => settle(c, c.waiting);
    place.querySelector("[data-keep=other]").onclick = () => settle(c, null);
  }

  function settle(c, mine) {
    const edit = c.waiting;
    c.stuck = "";
    problem(c, "");
    if (mine) queue(c, { answer: mine.answer, evidence: mine.evidence }, 0);
    else {
      write(c, c.other);
      c.waiting = null;
      c.since = 0;
      c.tries = [];
      forget(edit);
      savedAt ??= new Date();
    }
    // The button that had the focus is gone: go to the answer it was about.
    (c.box.querySelector("input[type=radio]:checked") ?? c.box.querySelector("input[type=radio]")).focus();
    show();
  }

  let said = "";
  let saidAt = 0;
  function announce(text, quiet = 0) {
    if (text === said || (quiet && Date.now() - saidAt < quiet)) return;
    said = text;
    saidAt = Date.now();
    find("live").textContent = text;
  }

  let wasTrouble = false;
  function show() {
    const open = unsent();
    const n = open.length;
    const trouble = n > 0 && (failures > 0 || signedOut || open.some((c) => c.stuck || age(c) > LATE));
    let text = word("ready");
    if (trouble) text = word(durable ? "kept" : "open", { n });
    else if (n) text = word("saving");
    else if (savedAt) {
      text = word("saved", { time: savedAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) });
    }
    const turned = find("status").textContent !== text;
    find("status").textContent = text;
    find("bar").classList.toggle("bad", trouble);
    // Every save is shown; only the first of a while, and every turn for better or worse, is said.
    if (trouble && turned) announce(text);
    else if (!n && savedAt && turned) announce(text, wasTrouble ? 0 : QUIET);
    if (trouble || !n) wasTrouble = trouble;
    if (!n) find("stay").hidden = true;
    find("bar").hidden = "finished" in form.dataset && !n;
    find("session").hidden = !(signedOut && n);
    const away = open.find((c) => !c.box && c.stuck);
    find("elsewhere").hidden = !away;
    if (away) find("elsewhere").querySelector("a").href = away.where;
    find("download").hidden = !open.some((c) => age(c) > DOWNLOAD_AFTER);
    const boxes = [...components.values()].filter((c) => c.box);
    find("counter").textContent = word("count", { n: boxes.filter((c) => read(c).answer).length, of: boxes.length });
    // Listening for beforeunload at all costs the browser's back cache, so only while it is needed.
    if (n) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }

  function ask(event) {
    const late = unsent().some((c) => c.stuck || age(c) > GRACE);
    if (!leaving && (late || !durable || failures || signedOut)) event.preventDefault();
  }

  function download() {
    const answers = unsent().map((c) => {
      const { component: id, answer, evidence, base_version, key } = c.waiting ?? c.flying;
      return { component: id, answer, evidence, base_version, key };
    });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify({ assessment, answers }, null, 2)], { type: "application/json" }));
    link.download = "icmaps-unsent-answers.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /** Waits until nothing is on the way any more; tells how many edits are still unsent. */
  async function settled(most) {
    const until = Date.now() + most;
    while (!signedOut && unsent().some((c) => !c.stuck) && Date.now() < until) await pause(50);
    return unsent().length;
  }

  /** Save: send now. Save and go on: only once everything has arrived, never before. */
  async function submitted(event) {
    event.preventDefault();
    const goOn = event.submitter?.value === "next";
    tryAgain();
    if (await settled(WAIT_TO_GO_ON)) {
      find("stay").hidden = false;
      announce(find("stay").textContent);
      form.querySelector("[data-error]:not([hidden])")?.focus();
    } else if (goOn && next) location.assign(next);
  }

  /** Edits left over from an earlier visit, on this page or another one of this assessment. */
  async function replay() {
    for (const left of await unsentOf(user, assessment)) {
      const c = components.get(left.component) ?? component(left.component);
      if (c.waiting || c.flying) continue; // typed meanwhile: that is newer
      Object.assign(c, { waiting: left, since: Date.now(), tries: left.sent ?? [], where: left.where });
      c.version = left.base_version; // what is typed on top of it must not pass over a newer answer
      write(c, left);
      send(c);
    }
    show();
  }

  for (const box of form.querySelectorAll("fieldset[data-component]")) {
    const c = component(box.dataset.component, box);
    // A hidden radio that is checked would keep the group out of the tab order: it goes for good.
    box.querySelector("[data-no-answer]")?.remove();
    box.addEventListener("input", (event) => edited(c, event.target.type === "radio" ? 0 : SEND_AFTER));
    box.addEventListener("focusout", () => { if (c.timer) send(c); });
    const clear = box.querySelector("[data-clear]");
    if (clear) {
      clear.hidden = false;
      clear.addEventListener("click", () => { write(c, { ...read(c), answer: "" }); edited(c, 0); });
    }
  }
  find("download").addEventListener("click", download);
  form.addEventListener("submit", submitted);
  const flush = () => { for (const c of unsent()) send(c, true); };
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  addEventListener("online", sendAll);
  addEventListener("focus", () => { if (signedOut) { signedOut = false; sendAll(); } });
  setInterval(() => { if (unsent().length) show(); }, 1000);
  replay();
  return { settled, leave() { leaving = true; } };
}

// ---- Every page -----------------------------------------------------------------------------------

/** Nothing of one person stays on a shared device after signing out, and not without being asked. */
function guardSignOut(form, user, page) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const open = await page?.settled(1000);
    const left = await unsentOf(user);
    if ((open || left.length) && !confirm(form.dataset.confirm)) return;
    await Promise.all(left.map(forget));
    page?.leave();
    form.submit();
  });
}

async function showLeftOver(note, user) {
  const [left] = await unsentOf(user);
  if (!left?.where?.startsWith("/")) return;
  note.querySelector("a").href = left.where;
  note.hidden = false;
}

const placements = document.querySelector("form[data-save]");
const page = placements && startPage(placements);
const signOut = document.querySelector("form[data-sign-out]");
const owner = placements?.dataset.user || signOut?.dataset.user;
if (signOut) guardSignOut(signOut, owner, page);
const note = document.querySelector("[data-unsent-note]");
if (note && owner) showLeftOver(note, owner);
document.querySelector(".error-summary")?.focus();
