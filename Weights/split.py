"""Merges labelled sources and splits them into training, validation and test rows.

    python split.py a.jsonl b.jsonl --output data/ [--shares 0.8,0.1,0.1] [--near 0.8] [--seed 0]

A row is {"text": …, "labels": {name: 0|1}, "metadata": {…}}; a missing label is unknown, not 0.
Written are train.jsonl, validation.jsonl, test.jsonl and split.json, which says what was done.

- The same text in several rows (but for case, spaces and Unicode form) becomes one row with the
  labels of all; where two sources contradict each other the label becomes unknown.
- Rows are split by iterative stratification (Sechidis, Tsoumakas, Vlahavas, 2011): each label's
  positives, its known negatives and each source are spread by the wanted shares, rarest first.
- Near-duplicates (Jaccard similarity of character 5-grams at least --near, found by MinHash) never
  lie on both sides: of each group one row is split, the others follow it into train.jsonl or are
  dropped.
- A source whose rows carry metadata.split (train, validation or dev, test) keeps it with
  --keep-splits; rows of its training part too near to a test row are dropped.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import re
import sys
import unicodedata
from pathlib import Path

import numpy as np

SPLITS = ("train", "validation", "test")
PERMUTATIONS, BAND = 96, 4  # 24 bands of 4: pairs at 0.8 are missed with probability 5e-6


def read(paths: list[Path]) -> list[dict]:
    rows = []
    for path in paths:
        for number, line in enumerate(path.open(encoding="utf-8"), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, labels = row["text"], row.get("labels") or {}
                if not isinstance(text, str):
                    raise TypeError("text is not a string")
                labels = {k: int(v) for k, v in labels.items() if v is not None}
                if any(v not in (0, 1) for v in labels.values()):
                    raise ValueError("a label is neither 0 nor 1")
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                print(f"{path.name}, line {number}: {error!r}", file=sys.stderr)
                continue
            metadata = dict(row.get("metadata") or {})
            metadata.setdefault("source", path.stem)
            one = {"text": text, "labels": labels, "metadata": metadata}
            if row.get("context"):
                one["context"] = row["context"]
            rows.append(one)
    return rows


def normalised(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def merge(rows: list[dict]) -> tuple[list[dict], int, int]:
    """One row a text, and how many rows and labels that cost."""
    merged: dict[tuple, dict] = {}
    contradicted: set[tuple] = set()
    for row in rows:
        key = (normalised(row["text"]), json.dumps(row.get("context")))
        first = merged.setdefault(key, row)
        if first is row:
            continue
        for label, value in row["labels"].items():
            if first["labels"].setdefault(label, value) != value:
                contradicted.add((key, label))
    for key, label in contradicted:
        del merged[key]["labels"][label]
    return list(merged.values()), len(rows) - len(merged), len(contradicted)


def shingles(text: str) -> np.ndarray:
    text = normalised(text)
    grams = {text[i : i + 5] for i in range(max(1, len(text) - 4))}
    digests = (hashlib.blake2b(g.encode(), digest_size=7).digest() for g in grams)
    return np.array(sorted(int.from_bytes(d, "little") for d in digests), dtype=np.uint64)


def groups(rows: list[dict], near: float, seed: int) -> np.ndarray:
    """The group of near-duplicates of each row, by MinHash and union-find."""
    sets = [shingles(row["text"]) for row in rows]
    rng = np.random.default_rng(seed)
    a = rng.integers(1, 1 << 31, PERMUTATIONS, dtype=np.uint64)
    b = rng.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint64)
    mask = np.uint64((1 << 32) - 1)
    signatures = np.empty((len(rows), PERMUTATIONS), np.uint64)
    for i, grams in enumerate(sets):
        low, high = grams & mask, grams >> np.uint64(32)
        # Multiply-add on the folded hash; 63-bit products cannot overflow.
        hashed = ((low ^ (high * np.uint64(0x9E3779B1) & mask))[:, None] * a + b) >> np.uint64(7)
        signatures[i] = (hashed & mask).min(axis=0)
    parent = np.arange(len(rows))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for band in range(0, PERMUTATIONS, BAND):
        buckets: dict[bytes, list[int]] = collections.defaultdict(list)
        for i in range(len(rows)):
            buckets[signatures[i, band : band + BAND].tobytes()].append(i)
        for bucket in buckets.values():
            # Against the first few is enough: groups are transitive.
            for k, i in enumerate(bucket[1:], 1):
                for j in bucket[: min(k, 8)]:
                    if root(i) == root(j):
                        continue
                    both = np.intersect1d(sets[i], sets[j], assume_unique=True).size
                    if both >= near * (sets[i].size + sets[j].size - both):
                        parent[root(i)] = root(j)
    return np.array([root(i) for i in range(len(rows))])


def stratify(strata: list[set], shares: list[float], seed: int) -> np.ndarray:
    """Iterative stratification: the split of each row, given what each row counts for."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(strata))
    members: dict = collections.defaultdict(set)
    for i, names in enumerate(strata):
        for name in names:
            members[name].add(i)
    shares = np.asarray(shares) / sum(shares)
    wanted_rows = shares * len(strata)
    wanted = {name: shares * len(rows) for name, rows in members.items()}
    rank = {i: k for k, i in enumerate(order)}
    result = np.full(len(strata), -1)

    def place(i: int, split: int) -> None:
        result[i] = split
        wanted_rows[split] -= 1
        for name in strata[i]:
            wanted[name][split] -= 1
            members[name].discard(i)

    while True:
        name = min(
            (n for n, rows in members.items() if rows),
            key=lambda n: (len(members[n]), str(n)), default=None)
        if name is None:
            break
        for i in sorted(members[name], key=rank.__getitem__):
            # The split that lacks most of this stratum, then the one that lacks most rows.
            best = max(
                range(len(shares)), key=lambda s: (wanted[name][s], wanted_rows[s], -s))
            place(i, best)
    for i in order:
        if result[i] < 0:
            place(i, int(np.argmax(wanted_rows)))
    return result


def strata_of(row: dict) -> set:
    names = {(label, value) for label, value in row["labels"].items()}
    return names | {("source", row["metadata"]["source"])}


def own_split(row: dict) -> str | None:
    name = {"dev": "validation", "valid": "validation"}.get(
        str(row["metadata"].get("split")), str(row["metadata"].get("split")))
    return name if name in SPLITS else None


def split(
    rows: list[dict], shares: list[float], near: float = 0.8, seed: int = 0,
    keep_splits: bool = False,
) -> tuple[dict[str, list[dict]], dict]:
    """The rows of each split, and a report."""
    merged, duplicates, contradictions = merge(rows)
    group = groups(merged, near, seed)
    assigned: dict[int, str] = {}
    if keep_splits:
        # A group with a test row is a test group; what lies elsewhere is dropped.
        for name in ("test", "validation", "train"):
            for i, row in enumerate(merged):
                if own_split(row) == name:
                    assigned.setdefault(group[i], name)
    free = [g for g in dict.fromkeys(group.tolist()) if g not in assigned]
    heads = {g: merged[g] for g in free}
    chosen = stratify([strata_of(heads[g]) for g in free], shares, seed) if free else []
    assigned |= {g: SPLITS[s] for g, s in zip(free, chosen)}
    parts: dict[str, list[dict]] = {name: [] for name in SPLITS}
    dropped = 0
    for i, row in enumerate(merged):
        name = assigned[group[i]]
        own = own_split(row) if keep_splits else None
        follows = group[i] == i or name == "train"
        if own == name or (own is None and follows):
            parts[name].append(row)
        else:
            dropped += 1
    report = {
        "read": len(rows), "duplicates merged": duplicates,
        "contradicting labels made unknown": contradictions, "near-duplicates dropped": dropped,
        "near": near, "seed": seed,
        "splits": {
            name: {
                "rows": len(part),
                "positives": dict(sorted(collections.Counter(
                    k for r in part for k, v in r["labels"].items() if v).items())),
                "known": dict(sorted(collections.Counter(
                    k for r in part for k in r["labels"]).items())),
            }
            for name, part in parts.items()
        },
    }
    return parts, report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--shares", default="0.8,0.1,0.1", help="train, validation, test")
    parser.add_argument("--near", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep-splits", action="store_true")
    arguments = parser.parse_args()
    shares = [float(s) for s in arguments.shares.split(",")]
    if len(shares) != 3 or min(shares) < 0 or sum(shares) <= 0:
        parser.error("--shares takes three numbers")
    rows = read(arguments.sources)
    if not rows:
        print("no rows", file=sys.stderr)
        return 2
    parts, report = split(rows, shares, arguments.near, arguments.seed, arguments.keep_splits)
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        with (arguments.output / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for row in part:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (arguments.output / "split.json").write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
