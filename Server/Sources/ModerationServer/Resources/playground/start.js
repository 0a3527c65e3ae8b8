// Wires the page and loads the models.

const samples = [
  ["Thank you, that was kind of you.", true],
  ["The match was killer, we were dying of laughter.", true],
  ["Merci pour ton aide, à demain !", true],
  ["You are an idiot.", false],
  ["Shut up, nobody wants you here.", false],
  ["Tu es nul, ferme-la.", false],
];

async function loadModels() {
  try {
    state.models = (await call("/v1/models")).data;
    $("problem").textContent = "";
  } catch (error) {
    state.models = [];
    $("problem").textContent = error instanceof Problem ? error.message : "The server does not answer.";
  }
  const options = () => state.models.map((model) => make("option", { value: model.id, textContent: model.id }));
  $("model").replaceChildren(...options());
  $("other").replaceChildren(make("option", { value: "", textContent: "none" }), ...options());
  recall();
  buildLabels();
  showRequest();
  await judge();
}

/** Runs what a button does, and shows what goes wrong. */
function press(id, action) {
  $(id).addEventListener("click", async () => {
    try { await action($(id)); } catch (error) {
      $("problem").textContent = error instanceof Problem ? error.message : "The server does not answer.";
    }
  });
}

for (const [form, title] of Object.entries(forms)) {
  for (const [name, [service]] of Object.entries(dialects)) {
    $("dialect").append(make("option", { value: `${form} ${name}`, textContent: `${title}, ${service}` }));
  }
}
$("samples").append(...samples.map(([text, isMild]) => {
  const button = make("button", { type: "button", textContent: text, className: isMild ? "mild" : "" });
  button.addEventListener("click", () => {
    $("text").value = text;
    $("text").focus();
    soon();
  });
  return make("li", {}, button);
}));

$("text").addEventListener("input", soon);
$("context").addEventListener("input", soon);
$("other").addEventListener("change", soon);
$("model").addEventListener("change", () => { buildLabels(); soon(); });
$("key").addEventListener("change", loadModels);
$("span-label").addEventListener("change", showSpans);
$("dialect").addEventListener("change", showRequest);
press("reset", () => { delete state.thresholds[$("model").value]; remember(); showVerdict(); });
press("copy-policy", (button) => copy(policy(), button));
press("copy-request", (button) => copy($("request").textContent, button));
press("wrong", openReport);
press("report-send", sendReport);
press("words", showWords);
press("disguise", showDisguises);
press("send", sendRequest);
press("start", runBatch);
press("stop", () => { batch.isStopped = true; });
press("save", saveBatch);
$("file").addEventListener("change", () => { if ($("file").files[0]) openFile($("file").files[0]); });
for (const kind of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0]);
  });
}
await loadModels();
