// A file in, a CSV out: rows go to the server in parts, and nothing is kept.

const batch = { rows: [], columns: [], results: [], isStopped: false, order: null };

/** The records of a text in CSV (RFC 4180) or TSV: quotes, doubled quotes, line ends within them. */
function parseSeparated(text, separator) {
  const records = [];
  let record = [], field = "", isQuoted = false;
  for (let index = text.charCodeAt(0) === 0xfeff ? 1 : 0; index < text.length; index++) {
    const letter = text[index];
    if (isQuoted) {
      if (letter !== '"') field += letter;
      else if (text[index + 1] === '"') { field += '"'; index++; } else isQuoted = false;
    } else if (letter === '"' && field === "") isQuoted = true;
    else if (letter === separator) { record.push(field); field = ""; }
    else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && text[index + 1] === "\n") index++;
      record.push(field);
      if (record.length > 1 || record[0] !== "") records.push(record);
      record = []; field = "";
    } else field += letter;
  }
  record.push(field);
  if (record.length > 1 || record[0] !== "") records.push(record);
  return records;
}

/** Rows as objects. A line that is no JSON is a row with an error, so that the rows stay the file's. */
function parseFile(name, text) {
  if (/\.(csv|tsv)$/i.test(name)) {
    const [head = [], ...records] = parseSeparated(text, /\.tsv$/i.test(name) ? "\t" : ",");
    return { columns: head, rows: records.map((record) => Object.fromEntries(head.map((key, index) => [key, record[index] ?? ""]))) };
  }
  const rows = text.split("\n").filter((line) => line.trim()).map((line) => {
    try {
      const value = JSON.parse(line);
      return typeof value === "string" ? { text: value } : value;
    } catch { return { error: "not JSON" }; }
  });
  const columns = [...new Set(rows.slice(0, 100).flatMap((row) => Object.keys(row ?? {})))].filter((key) => key !== "error");
  return { columns, rows };
}

async function openFile(file) {
  const { columns, rows } = parseFile(file.name, await file.text());
  Object.assign(batch, { columns, rows, results: [], order: null });
  $("column").replaceChildren(...columns.map((name) => make("option", { value: name, textContent: name })));
  const usual = ["text", "comment", "message", "body", "content", "tweet"];
  $("column").value = columns.find((name) => usual.includes(name.toLowerCase())) ?? columns[0] ?? "";
  $("column-field").hidden = $("start").hidden = !rows.length;
  $("save").hidden = $("rows").hidden = $("progress").hidden = true;
  $("batch-note").textContent = `${file.name}: ${rows.length} rows.`;
}

async function runBatch() {
  const model = chosen();
  const column = $("column").value;
  Object.assign(batch, { results: [], isStopped: false, order: null, model });
  $("start").disabled = true;
  $("stop").hidden = $("progress").hidden = false;
  const size = 200;
  try {
    for (let first = 0; first < batch.rows.length && !batch.isStopped; first += size) {
      const rows = batch.rows.slice(first, first + size);
      const texts = rows.map((row) => row?.[column]);
      const sent = texts.flatMap((text, index) => typeof text === "string" && text ? [index] : []);
      const answer = sent.length
        ? await call("/v1/moderate", { model: model.id, messages: sent.map((index) => ({ text: texts[index] })) })
        : { results: [] };
      const results = rows.map((row) => ({ error: { message: row?.error ?? "no text" } }));
      sent.forEach((index, place) => { results[index] = answer.results[place]; });
      batch.results.push(...results.map((result, index) => ({
        text: String(texts[index] ?? ""), error: result.error?.message ?? "",
        scores: model.labels.map((label) => result.labels?.[label.name]?.score ?? null),
        fired: result.labels ? fired(model, result).map((label) => label.name) : [],
      })));
      $("progress").value = batch.results.length / batch.rows.length;
      $("batch-note").textContent = note();
      if (first === 0 || batch.results.length === batch.rows.length) showRows();
    }
  } catch (error) {
    $("batch-note").textContent = `${note()} ${error.message}`;
  }
  showRows();
  $("start").disabled = false;
  $("stop").hidden = true;
  $("save").hidden = !batch.results.length;
}

function note() {
  const flagged = batch.results.filter((result) => result.fired.length).length;
  const errors = batch.results.filter((result) => result.error).length;
  return `${batch.results.length} of ${batch.rows.length} rows, ${flagged} flagged`
    + (errors ? `, ${errors} could not be judged.` : ".");
}

/** The first rows of the results in the chosen order; all of them are in the CSV. */
function showRows() {
  const { results, model } = batch;
  if (!results.length) return;
  const heads = ["text", "flagged", ...model.labels.map((label) => label.name)];
  const key = (result, column) => column === 0 ? result.text : column === 1 ? result.fired.length : result.scores[column - 2] ?? -1;
  const { order } = batch;
  const rows = results.map((result, index) => ({ result, index }));
  if (order) {
    rows.sort((a, b) => {
      const [x, y] = [key(a.result, order.column), key(b.result, order.column)];
      return (x < y ? -1 : x > y ? 1 : 0) * (order.isFalling ? -1 : 1) || a.index - b.index;
    });
  }
  $("rows").tHead.rows[0].replaceChildren(...heads.map((name, column) => {
    const button = make("button", { type: "button", textContent: name });
    button.addEventListener("click", () => {
      batch.order = { column, isFalling: order?.column === column ? !order.isFalling : column > 0 };
      showRows();
    });
    const cell = make("th", { scope: "col" }, button);
    if (order?.column === column) cell.setAttribute("aria-sort", order.isFalling ? "descending" : "ascending");
    return cell;
  }));
  $("rows").tBodies[0].replaceChildren(...rows.slice(0, 200).map(({ result }) => make("tr", {},
    make("td", { className: "text", dir: "auto", textContent: result.text }),
    make("td", { textContent: result.error || result.fired.join(", ") }),
    ...result.scores.map((score) => make("td", { textContent: score === null ? "" : percent(score) })))));
  $("rows").hidden = false;
}

/** A field of CSV. A spreadsheet must not take a text for a formula. */
function csvField(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value ?? "");
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function resultsAsCSV() {
  const heads = ["text", "flagged", ...batch.model.labels.map((label) => label.name), "error"];
  const lines = batch.results.map((result) => [result.text, result.fired.join(" "), ...result.scores, result.error]);
  return [heads, ...lines].map((line) => line.map(csvField).join(",")).join("\r\n") + "\r\n";
}

function saveBatch() {
  const link = make("a", { download: "moderated.csv", href: URL.createObjectURL(new Blob([resultsAsCSV()], { type: "text/csv" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
