"""The labelled rows that the default classifiers are trained and judged on.

One place for: reading the shared data sets, mapping what each of them labels onto the five labels,
and splitting so that no test row, nor a near-copy of one, is ever trained on. The models know
nothing of the sets: they see texts, a matrix of labels and a matrix of weights (0 = not labelled).

    rows = load()                  # every row, with its split
    train = select(rows, "train")  # Rows: texts, labels [n, 5], weights [n, 5], sets
"""

import csv
import dataclasses
import gzip
import hashlib
import html
import io
import json
import os
import pathlib
import re
import zipfile

import numpy as np

LABELS = ["offensive", "obscene", "threatening", "insult", "hate"]
SETS = ["tdavidson", "edos", "openai", "mlma-en", "mlma-fr", "mlma-ar"]

#: What a set says about a label. `True`/`False` is an annotator's word, `Weak` an inference from
#: a neighbouring label or from the word list below: trained on with half weight, still judged.
UNKNOWN = (0.0, 0.0)
YES, NO = (1.0, 1.0), (0.0, 1.0)
WEAK_YES, WEAK_NO = (1.0, 0.5), (0.0, 0.5)

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
    "scatological vulgarity from a short list (data.py, OBSCENE) counts as obscene, one with a mild "
    "one only (MILD) is unlabelled, others are not obscene. Figures for obscene on those sets "
    "measure agreement with that list, seen through disguises or not, and no human's judgement.",
}

OBSCENE = re.compile(
    r"\b(?:\w*fuck\w*|fck\w*|fuk\w*|\w*shit(?!ake|tim)\w*|puss(?:y|ies)|dick(?:s|head\w*|ing)?|"
    r"cock(?:s|suck\w*)?|cunt\w*|cum(?:s|ming|shot\w*|dump\w*)?|\w*assh[o0]le\w*|tit(?:s|ties|ty)|"
    r"piss(?:ed|ing|es)?|jerk(?:ing)? off|jack(?:ing)? off|blow ?jobs?|hand ?jobs?|wank\w*|twat\w*|"
    r"dildo\w*|porn\w*|boner\w*|jizz\w*|fap\w*|clit\w*|anal|orgasm\w*|turds?|poop\w*|"
    r"merde\w*|encul\w*|bites?|couill\w*|chier|foutre|foutu\w*|nique\w*|niqu[eé]\w*|branl\w*)\b",
    re.IGNORECASE,
)
MILD = re.compile(
    r"\b(?:\w*ass|asses|crap\w*|boob\w*|butt\w*|suck\w*|bang(?:ed|ing)|sex\w*|nude\w*|naked|horny|"
    r"wtf|lmfao|stfu|cul|putain\w*|sexe\w*)\b",
    re.IGNORECASE,
)

#: Words that make it unsafe to assume that an unmarked text is inoffensive.
RUDE = re.compile(
    r"\b(?:bitch\w*|biatch|hoe?s?|slut\w*|whor\w*|skank\w*|thots?|retard\w*|fag\w*|dyke\w*|"
    r"trann\w*|nig\w*|spic\w*|kike\w*|chink\w*|gook\w*|paki\w*|muzz\w*|cuck\w*|simp\w*|idiot\w*|"
    r"moron\w*|stupid\w*|dumb\w*|imbecile\w*|scum\w*|trash|garbage|bastard\w*|damn\w*|hell|"
    r"kill\w*|rape\w*|die|ugly|loser\w*|pathetic|disgusting|freak\w*|femin\w*|roast\w*|thot\w*|"
    r"jew\w*|muslim\w*|islam\w*|black\w*|gay\w*|homo\w*|lesb\w*|trans\w*|immigra\w*|migra\w*)\b",
    re.IGNORECASE,
)

USER = re.compile(r"\[USER\]|@USER\b|<user>", re.IGNORECASE)
URL = re.compile(r"\[URL\]|@URL\b|<url>", re.IGNORECASE)
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclasses.dataclass
class Row:
    set: str
    id: str
    text: str
    labels: list  # five (value, weight) pairs
    split: str = ""


@dataclasses.dataclass
class Rows:
    texts: list
    labels: np.ndarray  # [n, 5] float32
    weights: np.ndarray  # [n, 5] float32, 0 where the label is unknown
    sets: np.ndarray  # [n] set names
    ids: list

    def __len__(self):
        return len(self.texts)

    def take(self, indices):
        indices = np.asarray(indices)
        if indices.dtype == bool:
            indices = np.flatnonzero(indices)
        return Rows(
            [self.texts[i] for i in indices],
            self.labels[indices],
            self.weights[indices],
            self.sets[indices],
            [self.ids[i] for i in indices],
        )


def data_folder():
    """`MODERATION_DATA`, or `shared/data` next to the checkout."""
    default = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = pathlib.Path(os.environ.get("MODERATION_DATA", default)) / "moderation"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is absent: set MODERATION_DATA to the folder of the data")
    return folder


def clean(text):
    """Undoes what the publishers' files did to a text: HTML entities, escapes, placeholders."""
    text = html.unescape(text)
    text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return URL.sub("https://t.co/url", USER.sub("@user", text)).strip()


def obscenity(text, known_clean=False):
    if OBSCENE.search(text):
        return UNKNOWN if known_clean else YES
    return UNKNOWN if MILD.search(text) else NO


def read_tdavidson(folder):
    with open(folder / "tdavidson/data/labeled_data.csv", newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            text, kind = clean(line["tweet"]), int(line["class"])
            neither = kind == 2
            yield Row("tdavidson", line[""], text, [
                NO if neither else YES,
                obscenity(text, known_clean=neither),
                NO if neither else UNKNOWN,
                NO if neither else UNKNOWN,
                YES if kind == 0 else NO,
            ])


def read_edos(folder):
    with open(
        folder / "edos/data/edos_labelled_aggregated.csv", newline="", encoding="utf-8"
    ) as file:
        for line in csv.DictReader(file):
            text = clean(line["text"])
            category, vector = line["label_category"][:1], line["label_vector"][:3]
            if line["label_sexist"] == "not sexist":
                harmless = not any(words.search(text) for words in (OBSCENE, MILD, RUDE))
                labels = [
                    WEAK_NO if harmless else UNKNOWN,
                    obscenity(text), WEAK_NO, WEAK_NO, WEAK_NO,
                ]
            else:
                insult = vector in ("2.1", "2.2", "2.3", "3.1")
                labels = [
                    YES if category in "12" or vector == "3.1" else UNKNOWN,
                    obscenity(text),
                    YES if category == "1" else NO,
                    YES if insult else UNKNOWN if category == "1" else NO,
                    YES if category in "12" else UNKNOWN,
                ]
            split = {"train": "train", "dev": "validation", "test": "test"}[line["split"]]
            yield Row("edos", line["rewire_id"], text, labels, split)


def read_openai(folder):
    with gzip.open(
        folder / "openai_moderation/data/samples-1680.jsonl.gz", "rt", encoding="utf-8"
    ) as file:
        for index, line in enumerate(file):
            sample = json.loads(line)
            text = clean(sample["prompt"])
            sexual, hate, violence, harassment, threat = (
                sample.get(key) for key in ("S", "H", "V", "HR", "H2")
            )

            def known(value):
                return UNKNOWN if value is None else YES if value else NO

            if 1 in (hate, harassment, threat):
                offensive = YES
            elif (hate, harassment, violence, sexual) == (0, 0, 0, 0):
                offensive = NO
            else:
                offensive = UNKNOWN
            if 1 in (violence, threat):
                threatening = YES
            else:
                threatening = NO if violence == 0 else UNKNOWN
            obscene = known(sexual)
            if obscene != YES and OBSCENE.search(text):
                obscene = UNKNOWN
            yield Row("openai", str(index), text, [
                offensive,
                obscene,
                threatening,
                known(harassment),
                YES if 1 in (hate, threat) else known(hate),
            ])


def read_mlma(folder):
    files = {"en": "en_dataset_with_stop_words", "fr": "fr_dataset", "ar": "ar_dataset"}
    with zipfile.ZipFile(folder / "mlma/hate_speech_mlma.zip") as archive:
        for language, name in files.items():
            raw = archive.read(f"hate_speech_mlma/{name}.csv").decode("utf-8")
            for line in csv.DictReader(io.StringIO(raw, newline="")):
                text = clean(line["tweet"])
                kinds = set(line["sentiment"].split("_"))
                if language == "ar":
                    obscene = UNKNOWN
                else:
                    obscene = obscenity(text)
                if kinds == {"normal"}:
                    labels = [NO, obscene, NO, NO, NO]
                elif "normal" in kinds:
                    labels = [UNKNOWN, obscene, UNKNOWN, UNKNOWN, UNKNOWN]
                else:
                    labels = [
                        YES if kinds != {"fearful"} else UNKNOWN,
                        obscene,
                        UNKNOWN,
                        YES if kinds & {"abusive", "disrespectful"} else UNKNOWN,
                        YES if "hateful" in kinds else WEAK_NO,
                    ]
                yield Row(f"mlma-{language}", line["HITId"], text, labels)


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


def key(text):
    """What two copies of a text have in common: letters and digits, no mentions, links, RT."""
    text = re.sub(r"https?://\S+|@\w+|\brt\b", " ", text.lower())
    return " ".join(re.findall(r"\w+", text))


def digest(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def near_duplicates(keys, threshold=0.8, permutations=64, band=4, seed=7):
    """Groups keys whose sets of character 4-grams have a Jaccard index of at least `threshold`.

    MinHash with banding proposes pairs, the exact index decides. Returns a group number per key.
    """
    generator = np.random.default_rng(seed)
    prime = (1 << 61) - 1
    factors = generator.integers(1, 1 << 31, permutations, dtype=np.uint64)
    offsets = generator.integers(0, 1 << 31, permutations, dtype=np.uint64)
    parent = list(range(len(keys)))

    def find(index):
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def grams(value):
        return {value[i : i + 4] for i in range(max(1, len(value) - 3))}

    buckets = {}
    for index, value in enumerate(keys):
        hashes = np.array(
            [int.from_bytes(hashlib.blake2b(g.encode(), digest_size=4).digest(), "big")
             for g in grams(value)], dtype=np.uint64)
        signature = ((hashes[:, None] * factors + offsets) % np.uint64(prime)).min(axis=0)
        for start in range(0, permutations, band):
            buckets.setdefault((start, signature[start : start + band].tobytes()), []).append(index)
    for members in buckets.values():
        first = members[0]
        own = grams(keys[first]) if len(members) > 1 else None
        for other in members[1:]:
            if find(first) != find(other):
                theirs = grams(keys[other])
                if len(own & theirs) >= threshold * len(own | theirs):
                    parent[find(other)] = find(first)
    return [find(index) for index in range(len(keys))]


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


def select(rows, split, sets=None):
    chosen = [r for r in rows if r.split == split and (sets is None or r.set in sets)]
    pairs = np.array([r.labels for r in chosen], dtype=np.float32).reshape(-1, len(LABELS), 2)
    return Rows(
        [r.text for r in chosen],
        pairs[:, :, 0],
        pairs[:, :, 1],
        np.array([r.set for r in chosen]),
        [f"{r.set}:{r.id}" for r in chosen],
    )


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
