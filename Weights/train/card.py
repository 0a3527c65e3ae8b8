"""Writes a bundle's moderation.json, model card (README.md) and figures (card.json)."""

import hashlib
import json

import data
import judge

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


def write(folder, bundle, title, introduction, closing, results, rows, report):
    folder.mkdir(parents=True, exist_ok=True)
    first = next(iter(results))
    text = json.dumps(bundle, indent=2, ensure_ascii=False)
    (folder / "moderation.json").write_text(text + "\n", encoding="utf-8")
    figures = {"rows": report, "results": judge.rounded(results)}
    (folder / "card.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    counts = "; ".join(f"{what}: {count:,}" for what, count in report.items())
    pages = [
        f"# {title}\n", introduction.strip() + "\n",
        "## What the labels mean, and where they come from\n", judge.mapping_table(),
        "What a set does not say is left out of the loss and of the figures. Inferred labels count "
        "half in training.\n",
        SOURCES.strip() + "\n",
        f"## Rows\n\nPositives / labelled rows per label. Rows {counts}.\n",
        judge.rows_table(rows),
        judge.card_tables(results, first),
        "## Not for\n" + LIMITS.rstrip() + "\n", closing.strip() + "\n",
    ]
    (folder / "README.md").write_text("\n".join(pages), encoding="utf-8")


def verdict(results, own, baseline, names):
    """One line per label: whether `own` beats the baseline on all test rows and on HateCheck."""
    lines = []
    for label in data.LABELS:
        ours, theirs = (results[n]["test"]["all"][label] for n in (own, baseline))
        better = {
            key: (ours[key], theirs[key], ours[key] > theirs[key])
            for key in ("f1", "auc", "average precision")
        }
        lost = [key for key, (_, _, wins) in better.items() if not wins]
        lines.append(f"- {label}: " + ", ".join(
            f"{names[key]} {a:.3f} against {b:.3f}" for key, (a, b, _) in better.items())
            + (f" (behind in {', '.join(names[k] for k in lost)})" if lost else ""))
    return "\n".join(lines)


NAMES = {"f1": "F1", "auc": "AUC", "average precision": "AP"}


def comparison(results, own):
    text = ["## Beside the baselines\n"]
    for other in results:
        if other != own:
            text.append(f"All test rows, against {other}:\n\n"
                        + verdict(results, own, other, NAMES) + "\n")
    return "\n".join(text)


def write_minilm(folder, results, rows, report):
    chosen = results["MiniLM"]["thresholds"]
    bundle = moderation(
        "minilm", "Five labels of abuse from all-MiniLM-L6-v2 sentence embeddings.", ["en", "fr"],
        {"kind": "encoder", "path": "encoder", "name": "sentence-transformers/all-MiniLM-L6-v2"},
        [{"name": "mlp", "path": "."}], chosen,
        digests(folder, ["head.json", "head.safetensors"]))
    write(
        folder, bundle, "MiniLM head: five labels of abuse", """
A head for embeddings of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0; not in this folder):
StandardScaler, then a perceptron 384 → 512 → 128 → 5 with ReLU and five independent logistic
outputs. The stronger choice beside the default character-and-word classifier, with the same labels.

Made by `Weights/train/train_minilm_head.py` (seeded). Every other positive training row was added
once more with a disguised spelling. Labels that a set does not give are masked in the loss.
Licence of the weights: Apache-2.0.
""", comparison(results, "MiniLM"), results, rows, report)


def write_default(folder, results, rows, report):
    chosen = results["character-word"]["thresholds"]
    bundle = moderation(
        "default", "Five labels of abuse from characters and words; nothing to download.",
        ["en", "fr", "ar"], {"kind": "characterWord", "path": "."}, [], chosen,
        digests(folder, ["config.json", "model.safetensors", "words.txt"]))
    write(
        folder, bundle, "The default moderator: characters and words, five labels of abuse", """
Two readings of a text, joined: its characters through convolutions of several widths with a global
maximum over the text, which see disguised spellings as they are, and its words through a
bidirectional LSTM with additive attention. Five independent logistic outputs.

- `config.json`: the rules of text preparation in words and in tables, and the network's shape
- `words.txt`: the list of words; `model.safetensors`: the weights (embeddings in float16)
- `moderation.json`: labels, thresholds, severities, actions
- `card.json`: every figure below, and more, as JSON

Made by `Weights/train/train.py` (seeded; an hour or less on one core). Training texts got disguised
spellings at random in every epoch (`Weights/train/disguise.py`). The word vectors start from
projections of the input vectors of all-MiniLM-L6-v2 (Apache-2.0), so that words which the training
texts lack have a place too. Labels that a set does not give are masked in the loss.
Licence of the weights: Apache-2.0.
""", comparison(results, "character-word"), results, rows, report)
