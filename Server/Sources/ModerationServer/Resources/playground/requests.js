// The request on show, in each API; and reports of wrong verdicts.

const dialects = {
  native: ["This server's own API", "/v1/moderate", (text) => message(text, { spans: true })],
  openai: ["OpenAI", "/v1/moderations", (text) => ({ input: text, model: $("model").value })],
  tei: ["text-embeddings-inference", "/predict", (text) => ({ inputs: text })],
  perspective: ["Perspective", "/v1alpha1/comments:analyze", (text) => ({ comment: { text }, requestedAttributes: { TOXICITY: {} } })],
  mistral: ["Mistral", "/v1/moderations", (text) => ({ model: "mistral-moderation-latest", input: [text] })],
};
const forms = { curl: "curl", python: "Python" };

function request() {
  const [form, dialect] = $("dialect").value.split(" ");
  const [, path, body] = dialects[dialect];
  return { form, path, body: body($("text").value || "the message") };
}

const shell = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

function showRequest() {
  const { form, path, body } = request();
  const url = location.origin + path;
  const hasKey = Boolean($("key").value);
  const json = JSON.stringify(body);
  $("request").textContent = form === "curl"
    ? `curl ${shell(url)} \\\n  -H 'content-type: application/json' \\\n`
      + (hasKey ? '  -H "authorization: Bearer $KEY" \\\n' : "") + `  -d ${shell(json)}`
    : "import json, urllib.request\n\n"
      + `body = json.loads(${JSON.stringify(json)})\n`
      + `request = urllib.request.Request(\n    ${JSON.stringify(url)}, json.dumps(body).encode(),\n`
      + `    {"content-type": "application/json"${hasKey ? ', "authorization": "Bearer " + KEY' : ""}})\n`
      + "print(json.load(urllib.request.urlopen(request)))";
  $("answer").hidden = true;
}

async function sendRequest() {
  const { path, body } = request();
  const answer = await call(path, body, { raw: true });
  $("answer").hidden = false;
  $("answer").textContent = `${answer.status}\n` + (answer.json ? JSON.stringify(answer.json, null, 2) : answer.text);
}

// --- Wrong? ---

let reportKey;

function openReport() {
  const model = chosen();
  const now = fired(model, state.verdict).map((label) => label.name);
  reportKey = crypto.getRandomValues(new Uint32Array(4)).join("-");
  $("report-text").textContent = state.verdict.text;
  $("report-note").textContent = "";
  $("report-send").disabled = false;
  $("report-labels").replaceChildren(...model.labels.map((label) => {
    const select = make("select", { name: label.name },
      make("option", { value: "", textContent: "I do not know" }),
      make("option", { value: "1", textContent: "true" }),
      make("option", { value: "0", textContent: "not true" }));
    return make("label", {}, label.name + (now.includes(label.name) ? " (fires)" : ""), select);
  }));
  $("report").showModal();
}

async function sendReport() {
  const labels = {};
  for (const select of $("report-labels").querySelectorAll("select")) {
    if (select.value) labels[select.name] = Number(select.value);
  }
  if (!Object.keys(labels).length) {
    $("report-note").textContent = "Say what is true of at least one label.";
    return;
  }
  $("report-send").disabled = true;
  try {
    await call("/v1/feedback", message(state.verdict.text, { labels, key: reportKey, metadata: { form: "playground" } }));
    $("report-note").textContent = "Thank you; it is written down.";
  } catch (error) {
    $("report-note").textContent = error.message;
    $("report-send").disabled = false;
  }
}
