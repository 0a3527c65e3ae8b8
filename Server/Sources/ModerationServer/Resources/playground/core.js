// State, requests to the server, and the verdict on the text as it is typed.

const $ = (id) => document.getElementById(id);

/** An element with members and children; text is always text, never markup. */
function make(name, members = {}, ...children) {
  const element = Object.assign(document.createElement(name), members);
  element.append(...children);
  return element;
}

const state = {
  models: [],
  // Per model, the thresholds that were moved in this page.
  thresholds: {},
  // The last answers, of the model and of the one beside it.
  verdict: null,
  beside: null,
  number: 0,
  shown: 0,
};

const chosen = () => state.models.find((model) => model.id === $("model").value);
const named = (name) => state.models.find((model) => model.id === name);

class Problem extends Error {}

/** Sends JSON to this server, and gives the answer's JSON and the response. */
async function call(path, body, { signal, raw } = {}) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if ($("key").value) headers.authorization = "Bearer " + $("key").value;
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST", headers, signal, credentials: "omit",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* Some errors are plain text. */ }
  if (raw) return { status: response.status, text, json };
  if (!response.ok) {
    const error = json?.error;
    throw new Problem(
      response.status === 401 ? "This server wants a key." : error?.message ?? (text || `Status ${response.status}`));
  }
  return json;
}

const context = () => $("context").value.split(",").map((part) => part.trim()).filter(Boolean);

/** A message of the native API, with what the page's fields say. */
function message(text, more = {}) {
  const body = { text, model: $("model").value, ...more };
  if (context().length) body.context = context();
  return body;
}

/** The threshold of a label in this page. */
function threshold(model, label) {
  return state.thresholds[model.id]?.[label.name] ?? label.threshold;
}

/** A score is compared as float32, as the server compares it. */
const fires = (model, label, score) => score !== null && score !== undefined
  && Math.fround(score) >= Math.fround(threshold(model, label));

/** The labels of a model that fire on a verdict. */
const fired = (model, verdict) =>
  model.labels.filter((label) => fires(model, label, verdict.labels[label.name]?.score));

const percent = (score) => score === null || score === undefined ? "no number" : score.toFixed(3);

// --- As it is typed ---

let waiting, running;

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(judge, 120);
  remember();
  showRequest();
}

async function judge() {
  running?.abort();
  const number = ++state.number;
  const text = $("text").value;
  if (!text || !chosen()) {
    state.verdict = state.beside = null;
    state.shown = number;
    return showVerdict();
  }
  running = new AbortController();
  const { signal } = running;
  const start = performance.now();
  try {
    const other = $("other").value;
    const [verdict, beside] = await Promise.all([
      call("/v1/moderate", message(text, { spans: true }), { signal }),
      other ? call("/v1/moderate", message(text, { model: other }), { signal }) : null,
    ]);
    // An answer to an older text never replaces one to a newer.
    if (number < state.shown) return;
    state.shown = number;
    Object.assign(state, { verdict, beside });
    $("time").textContent = `${Math.round(performance.now() - start)} ms`;
    $("problem").textContent = "";
    showVerdict();
  } catch (error) {
    if (error.name === "AbortError" || number < state.shown) return;
    state.verdict = state.beside = null;
    showVerdict();
    $("problem").textContent = error instanceof Problem ? error.message : "The server does not answer.";
  }
}

// --- What is said aloud, once a second at most ---

let spoken = 0, speech;

function say(text) {
  clearTimeout(speech);
  speech = setTimeout(() => {
    if ($("said").textContent !== text) $("said").textContent = text;
    spoken = Date.now();
  }, Math.max(0, 1000 - (Date.now() - spoken)));
}

// --- The fragment of the address keeps the state; it is never sent to a server ---

function remember() {
  const fields = new URLSearchParams();
  for (const id of ["text", "model", "other", "context"]) if ($(id).value) fields.set(id, $(id).value);
  if (Object.keys(state.thresholds).length) fields.set("thresholds", JSON.stringify(state.thresholds));
  history.replaceState(null, "", "#" + fields);
}

function recall() {
  const fields = new URLSearchParams(location.hash.slice(1));
  for (const id of ["text", "context"]) $(id).value = fields.get(id) ?? "";
  for (const id of ["model", "other"]) {
    const value = fields.get(id);
    if (value !== null && [...$(id).options].some((option) => option.value === value)) $(id).value = value;
  }
  try {
    const found = JSON.parse(fields.get("thresholds") ?? "{}");
    for (const [model, labels] of Object.entries(found)) {
      for (const [label, value] of Object.entries(labels)) {
        if (typeof value === "number" && value >= 0 && value <= 1) (state.thresholds[model] ??= {})[label] = value;
      }
    }
  } catch { /* A fragment that somebody cut. */ }
}

async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser does not let it";
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}
