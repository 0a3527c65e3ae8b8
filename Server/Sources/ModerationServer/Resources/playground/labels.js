// Rows of labels, with thresholds that decide in the page.

function showVerdict() {
  const { verdict } = state;
  const model = chosen();
  $("tokens").textContent = verdict
    ? `${verdict.tokens} tokens` + (model.maximum_tokens ? ` of ${model.maximum_tokens}` : "")
      + (verdict.windows ? `, read in ${verdict.windows} windows` : "")
    : "";
  $("cut").hidden = !verdict?.truncated;
  $("cut").textContent = verdict?.truncated ? "truncated" : "";
  if (!verdict) $("time").textContent = "";
  for (const id of ["words", "disguise", "wrong"]) $(id).disabled = !verdict;
  showLabels();
  showSpans();
  if (verdict) {
    const names = fired(model, verdict).map((label) => label.name);
    $("verdict").textContent = names.length ? `Flagged: ${names.join(", ")}.` : "Not flagged.";
    say($("verdict").textContent);
  } else {
    $("verdict").textContent = "Type a message to see its scores.";
  }
}

/** The rows are made once a model; scores and thresholds then move in them. */
function buildLabels() {
  const model = chosen();
  $("labels").replaceChildren(...(model?.labels ?? []).map((label) => {
    const slider = make("input", {
      type: "range", min: 0, max: 1, step: 0.001, value: threshold(model, label),
    });
    slider.setAttribute("aria-label", `Threshold of ${label.name}`);
    slider.addEventListener("input", () => {
      (state.thresholds[model.id] ??= {})[label.name] = Number(slider.value);
      remember();
      showVerdict();
    });
    const row = make("li", {},
      make("div", { className: "name" },
        make("span", {}, make("b", { textContent: label.name }), ` ${label.severity}`),
        make("span", { className: "state" })),
      make("div", { className: "track" }, make("div", { className: "bar" }), make("div", { className: "tick" })),
      make("div", { className: "track second", hidden: true }, make("div", { className: "bar" })),
      slider,
      make("p", { className: "todo" }));
    row.dataset.label = label.name;
    return row;
  }));
  const select = $("span-label");
  const before = select.value;
  select.replaceChildren(
    make("option", { value: "", textContent: "the highest" }),
    ...(model?.labels ?? []).map((label) => make("option", { value: label.name, textContent: label.name })));
  if ([...select.options].some((option) => option.value === before)) select.value = before;
}

function showLabels() {
  const model = chosen();
  if (!model) return;
  const other = named($("other").value);
  for (const row of $("labels").children) {
    const label = model.labels.find((label) => label.name === row.dataset.label);
    const score = state.verdict?.labels[label.name]?.score;
    const limit = threshold(model, label);
    const isOn = state.verdict && fires(model, label, score);
    row.classList.toggle("fires", Boolean(isOn));
    const slider = row.querySelector("input");
    slider.value = limit;
    slider.setAttribute("aria-valuetext", `${limit.toFixed(3)}, score ${percent(score)}`);
    const [track, second] = row.querySelectorAll(".track");
    track.querySelector(".bar").style.width = `${100 * (score ?? 0)}%`;
    track.querySelector(".tick").style.left = `${100 * limit}%`;
    const beside = other && state.beside?.labels[label.name];
    const theirs = other?.labels.find((one) => one.name === label.name);
    second.hidden = !beside;
    if (beside) second.querySelector(".bar").style.width = `${100 * (beside.score ?? 0)}%`;
    row.querySelector(".state").textContent =
      (state.verdict ? percent(score) : "–") + ` at ${limit.toFixed(3)}`
      + (isOn ? ", fires" : "")
      + (beside ? ` · ${other.id} ${percent(beside.score)}${fires(other, theirs, beside.score) ? ", fires" : ""}` : "");
    row.querySelector(".todo").textContent = isOn ? actions(model, label) : "";
  }
  const own = model.labels.map((label) => label.name);
  const alone = (state.beside && other ? other.labels : []).filter((label) => !own.includes(label.name));
  $("alone").textContent = alone.length ? `${other.id} alone: ` + alone.map((label) => {
    const score = state.beside.labels[label.name]?.score;
    return `${label.name} ${percent(score)}${fires(other, label, score) ? ", fires" : ""}`;
  }).join("; ") + "." : "";
}

/** What is to be done when a label fires, in the bundle's words. */
function actions(model, label) {
  const texts = (ids) => ids.map((id) => model.actions[id] || id).join(" ");
  const parts = [];
  if (label.actions.author.length) parts.push("Author: " + texts(label.actions.author));
  if (label.actions.readers.length) parts.push("Readers: " + texts(label.actions.readers));
  return parts.join(" ");
}

/** The labels' thresholds as a bundle writes them. */
function policy() {
  const model = chosen();
  return JSON.stringify({
    labels: model.labels.map((label) => ({ name: label.name, threshold: threshold(model, label) })),
  }, null, 2);
}
