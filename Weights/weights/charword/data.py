"""The labelled rows that the network of characters and words and the MiniLM head are trained on.

Reads the sets of `weights.tweets` and splits them so that no test row, nor a near-copy of one, is ever trained on. The models know
nothing of the sets: they see texts, a matrix of labels and a matrix of weights (0 = not labelled).

    rows = load()                  # every row, with its split
    train = select(rows, "train")  # Rows: texts, labels [n, 5], weights [n, 5], sets
"""

import csv
import hashlib
import json
import pathlib

from weights.rows import LABELS, Row, data_folder, digest, key, near_duplicates, select
from weights.tweets import read_edos, read_mlma, read_openai, read_tdavidson

SETS = ["tdavidson", "edos", "openai", "mlma-en", "mlma-fr", "mlma-ar"]


#: The documented mapping, as the model card prints it.
MAPPING = {
    "tdavidson": {
        "offensive": "1: class hate or offensive; 0: class neither",
        "obscene": "rule (below) on hate and offensive rows; neither: 0 without, unlabelled with a listed word",
        "threatening": "0 on class neither, else unlabelled",
        "insult": "0 on class neither, else unlabelled",
        "hate": "1: class hate; 0: the others",
    },
    "edos": {
        "offensive": "1: threats, derogation, casual slurs (3.1); not sexist and free of the listed "
        "words (obscene, mild, RUDE): 0 at half weight; else unlabelled",
        "obscene": "rule (below)",
        "threatening": "1: category 1 (threats, plans to harm and incitement); 0: the others, half weight when not sexist",
        "insult": "1: vectors 2.1, 2.2, 2.3, 3.1; 0: the other sexist vectors but threats (unlabelled); not sexist: 0 at half weight",
        "hate": "1: threats and derogation; animosity and prejudiced discussion unlabelled; not sexist: 0 at half weight",
    },
    "openai": {
        "offensive": "1: H, HR or H2; 0: H, HR, H2, V and S all labelled 0; else unlabelled",
        "obscene": "S (sexual); an S of 0 with a listed word is unlabelled",
        "threatening": "1: V or H2; 0: V labelled 0 and H2 not 1; else unlabelled",
        "insult": "HR (harassment)",
        "hate": "1: H or H2; 0: H labelled 0",
    },
    "mlma": {
        "offensive": "1: offensive, abusive, hateful or disrespectful; 0: normal alone; mixed with normal, or fearful alone: unlabelled",
        "obscene": "rule (below) for English and French; Arabic unlabelled",
        "threatening": "0 on normal alone, else unlabelled",
        "insult": "1: abusive or disrespectful; 0: normal alone; else unlabelled",
        "hate": "1: hateful; 0: not hateful (half weight unless normal alone); mixed with normal: unlabelled",
    },
    "rule": "no set marks obscenity but the sexual category of openai: a row with a sexual or "
    "scatological vulgarity from a short list (tweets.py, OBSCENE) counts as obscene, one with a mild "
    "one only (MILD) is unlabelled, others are not obscene. Figures for obscene on those sets "
    "measure agreement with that list, seen through disguises or not, and no human's judgement.",
}


def read_hatecheck(language="en"):
    """HateCheck cases, for evaluation only: (text, function, is hateful)."""
    names = {
        "en": "hatecheck/test_suite_cases.csv",
        "fr": "multilingual-hatecheck/french.csv",
    }
    with open(data_folder() / names[language], newline="", encoding="utf-8") as file:
        return [
            (line["test_case"], line["functionality"], line["label_gold"] == "hateful")
            for line in csv.DictReader(file)
        ]


# Splits


def load(report=None, cache=None):
    """Every usable row with its split: `train`, `validation` or `test`. Takes half a minute; with a
    folder as `cache` only the first time.

    EDOS keeps its own split. The other sets go by the SHA-256 of the text's key: 80/10/10, and
    60/20/20 for the small OpenAI set. Exact copies are kept once (not at all where their labels
    disagree); of a group of near-copies across splits only the rows of the most protected split
    stay (test, then validation); rows that nearly copy a HateCheck case are dropped.
    """
    folder = data_folder()
    if cache is not None:
        code = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:16]
        cached = pathlib.Path(cache) / f"rows-{code}.json"
        if cached.exists():
            stored = json.loads(cached.read_text())
            if report is not None:
                report.update(stored["report"])
            return [Row(*fields) for fields in stored["rows"]]
    rows = []
    for reader in (read_tdavidson, read_edos, read_openai, read_mlma):
        rows.extend(reader(folder))
    counts = {"read": len(rows)}
    unique = {}
    for row in rows:
        unique.setdefault(key(row.text), []).append(row)
    kept, keys = [], []
    order = ["test", "validation", "train"]
    for value, copies in unique.items():
        if not value or any(copy.labels != copies[0].labels for copy in copies):
            continue
        copies.sort(key=lambda row: order.index(row.split) if row.split else 3)
        kept.append(copies[0])
        keys.append(value)
    counts["after dropping empty, repeated and contradicting rows"] = len(kept)

    for row, value in zip(kept, keys):
        if not row.split:
            place = digest(value) % 100
            test, validation = (20, 40) if row.set == "openai" else (10, 20)
            row.split = "test" if place < test else "validation" if place < validation else "train"

    cases = [key(text) for text, _, _ in read_hatecheck("en") + read_hatecheck("fr")]
    groups = near_duplicates(keys + cases)
    forbidden = set(groups[len(keys) :])
    strictest = {}
    for row, group in zip(kept, groups):
        place = order.index(row.split)
        strictest[group] = min(place, strictest.get(group, 3))
    final = [
        row
        for row, group in zip(kept, groups)
        if group not in forbidden and order.index(row.split) == strictest[group]
    ]
    counts["after dropping near-copies across splits and of HateCheck cases"] = len(final)
    if report is not None:
        report.update(counts)
    if cache is not None:
        cached.parent.mkdir(parents=True, exist_ok=True)
        fields = [[r.set, r.id, r.text, r.labels, r.split] for r in final]
        cached.write_text(json.dumps({"report": counts, "rows": fields}))
    return final


def table(rows):
    """Rows, and positives / labelled rows per label, by set and split."""
    result = {}
    for name in SETS:
        for split in ("train", "validation", "test"):
            part = select(rows, split, [name])
            result[f"{name} {split}"] = {"rows": len(part)} | {
                label: [int(part.labels[part.weights[:, i] > 0, i].sum()),
                        int((part.weights[:, i] > 0).sum())]
                for i, label in enumerate(LABELS)
            }
    return result


if __name__ == "__main__":
    summary = {}
    everything = load(summary)
    print(json.dumps(summary, indent=1))
    for name, line in table(everything).items():
        print(f"{name:22s}", line)
