"""A bundle's moderation.json and figures (card.json), and its model card (README.md).

    python -m weights.charword.card      # writes both bundles' cards anew from their figures

The cards of the two bundles set each beside the other, so they are written together.
"""

import hashlib
import json
import pathlib

from weights.charword import data, judge

SEVERITY = {
    "offensive": "medium", "obscene": "low", "threatening": "critical", "insult": "medium",
    "hate": "high",
}
MEANING = {
    "offensive": "Offensive language of any kind: slurs, abuse, contempt.",
    "obscene": "Obscene, sexual or scatological language.",
    "threatening": "Threats, incitement to harm, wishes of harm.",
    "insult": "Insults and humiliation of a person or group.",
    "hate": "Hate against people for what they are.",
}
ACTIONS = {
    "warn-author": "Ask the author to reconsider before the message is posted.",
    "hold-for-review": "Hold the message until a person has looked at it.",
    "offer-report": "Offer readers to report the message.",
    "hide-behind-warning": "Hide the message behind a warning.",
}
POLICY = {
    "offensive": (["warn-author"], ["hide-behind-warning"]),
    "obscene": (["warn-author"], ["hide-behind-warning"]),
    "threatening": (["hold-for-review"], ["offer-report"]),
    "insult": (["warn-author"], ["offer-report"]),
    "hate": (["hold-for-review"], ["offer-report"]),
}
SOURCES = """
| set | source | licence |
|---|---|---|
| tdavidson | Davidson, Warmsley, Macy, Weber 2017: Automated Hate Speech Detection and the Problem of Offensive Language | MIT |
| edos | Kirk, Yin, Vidgen, Röttger 2023: SemEval-2023 Task 10, Explainable Detection of Online Sexism | CC0 |
| openai | Markov et al. 2022: A Holistic Approach to Undesired Content Detection | MIT |
| mlma | Ousidhoum, Lin, Zhang, Song, Yeung 2019: Multilingual and Multi-Aspect Hate Speech Analysis | MIT |
| HateCheck, evaluation only | Röttger et al. 2021; French: Röttger et al. 2022, Multilingual HateCheck | CC BY 4.0 |
"""
LIMITS = """
- A triage tool: borderline cases belong to a person, and its mistakes back into training.
- English first; French tweets and (for the character-and-word model) Arabic ones were few, and their labels are noisy.
- The sets are tweets, Gab and Reddit posts of 2017 to 2022 and model prompts, found by keyword, so that much in them is abusive; their annotators disagree, and dialects such as African American English are labelled offensive more often than they should be. The model has learnt that too.
- Threats were nearly all at women or groups, insults mostly sexist: other targets are recognised less well.
- Irony, quotation and counter speech are mostly not understood: the functions of HateCheck show where.
- Not for judging persons, not as the only ground of a sanction, not for any language that is not listed.
"""


def moderation(name, description, languages, model, heads, chosen, files):
    """moderation.json: see the format's documentation in the library."""
    bundle = {
        "format": 1,
        "name": name,
        "description": description,
        "license": "Apache-2.0",
        "languages": languages,
        "model": model,
    }
    if heads:
        bundle["heads"] = heads
    bundle["labels"] = [
        {
            "name": label,
            "description": MEANING[label],
            "threshold": chosen[label]["threshold"],
            "severity": SEVERITY[label],
            "actions": {"author": POLICY[label][0], "readers": POLICY[label][1]},
            "support": {
                "positives": chosen[label]["positives"],
                "negatives": chosen[label]["negatives"],
                "source": "validation rows of the model card",
            },
        }
        for label in data.LABELS
    ]
    bundle["actions"] = ACTIONS
    bundle["files"] = files
    return bundle


def digests(folder, names):
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(names)
    }


NAMES = {"f1": "F1", "auc": "AUC", "average precision": "AP"}
BASELINES = ("TF-IDF words", "TF-IDF characters")


def write(folder, bundle, results, report):
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(bundle, indent=2, ensure_ascii=False)
    (folder / "moderation.json").write_text(text + "\n", encoding="utf-8")
    figures = {"rows": report, "results": judge.rounded(results)}
    (folder / "card.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def write_minilm(folder, results, report):
    bundle = moderation(
        "minilm", "Five labels of abuse from all-MiniLM-L6-v2 sentence embeddings.", ["en", "fr"],
        {"kind": "encoder", "path": "encoder", "name": "sentence-transformers/all-MiniLM-L6-v2"},
        [{"name": "mlp", "path": "."}], results["MiniLM"]["thresholds"],
        digests(folder, ["head.json", "head.safetensors"]))
    write(folder, bundle, results, report)


def write_char_word(folder, results, report):
    bundle = moderation(
        "char-word", "Five labels of abuse from characters and words; nothing to download.",
        ["en", "fr", "ar"], {"kind": "characterWord", "path": "."}, [],
        results["character-word"]["thresholds"],
        digests(folder, ["config.json", "model.safetensors", "words.txt"]))
    write(folder, bundle, results, report)


def listed(items):
    items = list(items)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def summary(results, own):
    """Where the model stands, in sentences. Each figure is of all test rows together."""
    def value(name, label, key):
        return results[name]["test"]["all"][label][key]

    lines, better = [], []
    for label in data.LABELS:
        behind = []
        for key, title in NAMES.items():
            best = max(BASELINES, key=lambda name: value(name, label, key))
            if value(own, label, key) <= value(best, label, key):
                behind.append(f"{title} ({value(own, label, key):.3f}, theirs "
                              f"{value(best, label, key):.3f})")
        if behind:
            lines.append(f"- **It does not beat the baselines for {label}**, by {listed(behind)}.")
        else:
            better.append(label)
    if better:
        lines.insert(0, f"- It beats both baselines, TF-IDF of words and of characters with "
                     f"logistic regression on the same rows, in F1, AUC and average precision for "
                     f"{listed(better)}.")
    kept = results[own]["disguised"]
    theirs = max(results[name]["disguised"]["known"]["all"]["kept"] for name in BASELINES)
    lines.append(
        f"- Disguised spellings of the positive rows keep {kept['known']['all']['kept']:.1%} of the "
        f"recall of plain ones, {kept['unseen']['all']['kept']:.1%} with the kinds that were not "
        f"trained on. The better baseline keeps {theirs:.1%}.")
    cases = results[own]["hatecheck-en"]["all"]
    lines.append(
        f"- **Hate is mostly missed on HateCheck**: at its threshold the label finds "
        f"{cases['hate recall']:.1%} of the English suite's hateful cases with "
        f"{cases['hate false alarms']:.1%} false alarms; any label flags "
        f"{cases['flagged recall']:.1%} of them, and {cases['flagged false alarms']:.1%} of the "
        "others.")
    return "\n".join(lines) + "\n"


def page(title, introduction, results, rows, report):
    counts = "; ".join(f"{what}: {count:,}" for what, count in report.items())
    own = next(iter(results))
    return "\n".join([
        f"# {title}\n", introduction.strip() + "\n",
        "## In short\n", summary(results, own),
        "## What the labels mean, and where they come from\n", judge.mapping_table(),
        "What a set does not say is left out of the figures. Inferred labels count half in "
        "training.\n",
        SOURCES.strip() + "\n",
        f"## Rows\n\nPositives / labelled rows per label. Rows {counts}.\n",
        judge.rows_table(rows),
        judge.card_tables(results, own),
        "## Not for\n" + LIMITS.rstrip() + "\n",
    ])


MINILM = """
A head for embeddings of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0; not in this folder):
StandardScaler, then a perceptron 384 → 512 → 128 → 5 with ReLU and five independent logistic
outputs. The other choice beside the character-and-word classifier, with the same labels.

Made by `Weights/weights/charword/train_minilm.py` (seeded). Every other positive training row was added
once more with a disguised spelling. Labels that a set does not give are masked in the loss.
Licence of the weights: Apache-2.0. `card.json` has every figure below, and more.
"""

CHAR_WORD = """
Two readings of a text, joined: its characters through convolutions of several widths with a global
maximum over the text, which see disguised spellings as they are, and its words through a
bidirectional LSTM with additive attention. Five independent logistic outputs.

- `config.json`: the rules of text preparation in words and in tables, and the network's shape
- `words.txt`: the list of words; `model.safetensors`: the weights (embeddings in float16)
- `moderation.json`: labels, thresholds, severities, actions
- `card.json`: every figure below, and more, as JSON

Made by `Weights/weights/charword/train.py` (seeded). A third of the training texts got disguised spellings
anew in every epoch (`Weights/weights/charword/disguise.py`). The targets are the rows' labels mixed with the
scores of a teacher (`Weights/weights/charword/teacher.py`): a MiniLM head and two TF-IDF models, each row
scored by ones that were trained without it. The teacher's scores also stand in, at less weight, for
labels that a set does not give. The word vectors start from projections of the input vectors of
all-MiniLM-L6-v2 (Apache-2.0), so that words which the training texts lack have a place too.
Licence of the weights: Apache-2.0.
"""


def main():
    weights = pathlib.Path(__file__).resolve().parents[2]
    figures = {
        name: json.loads((weights / name / "card.json").read_text(encoding="utf-8"))
        for name in ("char-word", "minilm")}
    names = {"char-word": "character-word", "minilm": "MiniLM"}
    report = {}
    rows = data.load(report)
    pages = {
        "char-word": ("Characters and words, recurrent: five labels of abuse", CHAR_WORD),
        "minilm": ("MiniLM head: five labels of abuse", MINILM),
    }
    for folder, (title, introduction) in pages.items():
        if figures[folder]["rows"] != report:
            raise SystemExit(f"the figures of {folder} are of other rows: train it again")
        results = {names[f]: figures[f]["results"][names[f]]
                   for f in sorted(names, key=lambda f: f != folder)}
        results |= {name: figures[folder]["results"][name] for name in BASELINES}
        text = page(title, introduction, results, rows, report)
        (weights / folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
