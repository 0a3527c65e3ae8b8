// Which sentences and words carry a score, and what disguises do to it.

/** The label that spans are shown for: the chosen one, or the one with the highest score. */
function spanLabel() {
  if ($("span-label").value) return $("span-label").value;
  const labels = Object.entries(state.verdict?.labels ?? {});
  return labels.sort((a, b) => (b[1].score ?? 0) - (a[1].score ?? 0))[0]?.[0];
}

/** Marks parts of a text; offsets are in UTF-16 units, as JavaScript's are. */
function mark(text, parts) {
  const nodes = [];
  let end = 0;
  for (const part of parts) {
    if (part.begin > end) nodes.push(text.slice(end, part.begin));
    nodes.push(make("mark", {
      className: part.strength >= 0.5 ? "much" : part.strength >= 0.2 ? "some" : "",
      title: part.title, textContent: text.slice(part.begin, part.end),
    }));
    end = part.end;
  }
  nodes.push(text.slice(end));
  $("spans").replaceChildren(...nodes);
}

function showSpans() {
  const { verdict } = state;
  if (!verdict) return $("spans").replaceChildren();
  const label = spanLabel();
  mark(verdict.text, (verdict.spans ?? []).map((span) => ({
    ...span, strength: span.scores[label] ?? 0, title: `${label} ${percent(span.scores[label])}`,
  })));
}

/** The words of a text with their places, at most `most`: beyond that neighbours go together. */
function words(text, most = 120) {
  const found = [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)]
    .filter((segment) => segment.isWordLike)
    .map((segment) => ({ begin: segment.index, end: segment.index + segment.segment.length }));
  const size = Math.max(1, Math.ceil(found.length / most));
  const groups = [];
  for (let index = 0; index < found.length; index += size) {
    const group = found.slice(index, index + size);
    groups.push({ begin: group[0].begin, end: group.at(-1).end });
  }
  return groups;
}

async function showWords() {
  const { verdict } = state;
  const label = spanLabel();
  const parts = words(verdict.text);
  if (!parts.length) return;
  const answer = await call("/v1/moderate", {
    model: $("model").value,
    messages: parts.map((part) => ({
      text: verdict.text.slice(0, part.begin) + verdict.text.slice(part.end),
      ...(context().length ? { context: context() } : {}),
    })),
  });
  // Another text may stand there by now.
  if (state.verdict !== verdict) return;
  const whole = verdict.labels[label].score;
  mark(verdict.text, parts.map((part, index) => {
    const effect = whole - (answer.results[index].labels?.[label]?.score ?? whole);
    return { ...part, strength: Math.max(0, effect), title: `${label} loses ${effect.toFixed(3)} without it` };
  }));
}

// --- Disguises, as people write who want to get past a filter ---

const swap = (table) => (text) => [...text].map((letter) => table[letter.toLowerCase()] ?? letter).join("");
const inside = (sign) => (text) => text.replace(/\p{L}{3,}/gu, (word) => [...word].join(sign));

const disguises = [
  ["digits for letters", swap({ a: "4", e: "3", i: "1", o: "0", s: "5", t: "7" })],
  ["letters that look alike", swap({ a: "а", c: "с", e: "е", i: "і", o: "о", p: "р", x: "х", y: "у" })],
  ["characters without width", inside("\u200b")],
  ["spaces", inside(" ")],
  ["full stops", inside(".")],
  ["repeats", (text) => text.replace(/([aeiouy])/gi, "$1$1$1")],
  ["capitals", (text) => [...text].map((letter, index) => index % 2 ? letter.toLowerCase() : letter.toUpperCase()).join("")],
  ["two letters the wrong way round", (text) => text.replace(/(\p{L})(\p{L})(\p{L})(\p{L})/gu, "$1$3$2$4")],
];

async function showDisguises() {
  const { verdict } = state;
  const model = chosen();
  const variants = disguises.map(([name, change]) => [name, change(verdict.text)])
    .filter(([, text]) => text !== verdict.text);
  if (!variants.length) return;
  const answer = await call("/v1/moderate", {
    model: model.id,
    messages: variants.map(([, text]) => ({ text, ...(context().length ? { context: context() } : {}) })),
  });
  if (state.verdict !== verdict) return;
  const wasFlagged = fired(model, verdict).length > 0;
  $("disguises").hidden = false;
  $("disguises").tBodies[0].replaceChildren(...variants.map(([name, text], index) => {
    const result = answer.results[index];
    const highest = Object.entries(result.labels ?? {}).sort((a, b) => (b[1].score ?? 0) - (a[1].score ?? 0))[0];
    const isFlagged = result.labels && fired(model, result).length > 0;
    const word = !result.labels ? result.error.message : isFlagged ? "flagged" : wasFlagged ? "slips through" : "not flagged";
    return make("tr", {},
      make("th", { scope: "row", textContent: name }),
      make("td", { className: "text", dir: "auto", textContent: text }),
      make("td", { textContent: highest ? `${highest[0]} ${percent(highest[1].score)}` : "" }),
      make("td", { textContent: word }));
  }));
}
