"""All labelled sets together: read, split, and the sets that are for judging only.

    rows = load()        # every row with its split: train, validation or test
    cases = judged()     # sets that nothing is trained on
"""

import json
import pathlib
import pickle
import hashlib

from weights import comments, tweets
from weights.rows import LABELS, clean, data_folder, digest, key, near_duplicates

CACHE = pathlib.Path.home() / ".cache/swift-moderation/train"
ORDER = ["test", "validation", "train"]
READERS = (tweets.read_tdavidson, tweets.read_edos, tweets.read_openai, tweets.read_mlma, *comments.READERS)


def folder():
    return data_folder()


def suite():
    """Plain sentences of our own, for judging only: (text, language, kind, flagged)."""
    path = pathlib.Path(__file__).resolve().parents[1] / "default" / "suite.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], row["language"], row["kind"], row["labels"]["flagged"]


def judged():
    """Sets for judging only, by name: lists of (text, abusive, kind)."""
    root = folder()
    found = {}
    for name, path in (("hatecheck-en", "hatecheck/test_suite_cases.csv"),
                       ("hatecheck-fr", "multilingual-hatecheck/french.csv")):
        found[name] = [(r["test_case"], int(r["label_gold"] == "hateful"), r["functionality"])
                       for r in comments.table(root / path)]
    found["hatemoji-check"] = [(r["text"], int(r["label_gold"]), r["functionality"])
                               for r in comments.table(root / "hatemoji/check_test.csv")]
    found["wikipedia-en"] = [
        (clean(r["comment"]).strip(': "'), int(r["toxic"].lower() == "true"), "comment")
        for r in comments.table(root / "conversationai/toxicity_nonfuzzed_testset.csv")]
    found["forum-fr"] = [
        (clean(r["content"]), int(float(r["annotator's conclusion"])), "post")
        for r in comments.table(root / "toxifrench/agreement_checking.csv")
        if r["annotator's conclusion"] in ("0", "1", "0.0", "1.0")]
    found["xstest-safe"] = [(r["prompt"], 0, r["type"]) for r in comments.table(root / "xstest/xstest_prompts.csv")
                            if r["label"] == "safe"]
    found["suite-en"] = [(t, f, k) for t, l, k, f in suite() if l == "en"]
    found["suite-fr"] = [(t, f, k) for t, l, k, f in suite() if l == "fr"]
    return found


def load(cache=CACHE):
    """Every usable row with its split.

    Sets with a split of their own keep it; the others go by the SHA-256 of a row's group, 80/10/10.
    Exact copies are kept once (not at all where their labels disagree); of near-copies across splits
    only the rows of the most protected split stay; rows that nearly copy a text of a set for
    judging are dropped.
    """
    code = b"".join((pathlib.Path(__file__).parent / f"{name}.py").read_bytes()
                    for name in ("rows", "tweets", "comments", "sources"))
    cached = cache / f"rows-{hashlib.sha256(code).hexdigest()[:16]}.pickle"
    if cached.exists():
        return pickle.loads(cached.read_bytes())
    root = folder()
    unique = {}
    for reader in READERS:
        for row in reader(root):
            if row.language != "ar":
                unique.setdefault(key(row.text), []).append(row)
    kept, keys = [], []
    for value, copies in unique.items():
        if value and not any(clash(copies[0], copy) for copy in copies[1:]):
            copies.sort(key=lambda row: ORDER.index(row.split) if row.split else 3)
            kept.append(copies[0])
            keys.append(value)
    for row, value in zip(kept, keys):
        if not row.split:
            place = digest(row.group or value) % 100
            row.split = "test" if place < 10 else "validation" if place < 20 else "train"
    protected = [key(text) for cases in judged().values() for text, *_ in cases]
    groups = near_duplicates([k[:400] for k in keys + protected])
    forbidden, strictest = set(groups[len(keys) :]), {}
    for row, group in zip(kept, groups):
        strictest[group] = min(ORDER.index(row.split), strictest.get(group, 3))
    final = [row for row, group in zip(kept, groups)
             if group not in forbidden and ORDER.index(row.split) == strictest[group]]
    cache.mkdir(parents=True, exist_ok=True)
    cached.write_bytes(pickle.dumps(final))
    return final


def clash(first, second):
    """Whether two rows of the same text say different things of a label that both know."""
    return any(a[1] and b[1] and a[0] != b[0] for a, b in zip(first.labels, second.labels))


if __name__ == "__main__":
    import collections

    counts = collections.defaultdict(collections.Counter)
    for row in load():
        line = counts[f"{row.set} {row.split}"]
        line["rows"] += 1
        for label, (value, weight) in zip(LABELS, row.labels):
            line[label] += weight > 0
            line[label + "+"] += weight > 0 and value > 0
    for name in sorted(counts):
        print(f"{name:24}", dict(counts[name]))
    for name, cases in judged().items():
        print(f"{name:24}", len(cases), sum(c[1] for c in cases))
