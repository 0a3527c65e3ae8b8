"""Labelled rows, and splits that no near-copy of a row crosses."""

import dataclasses
import hashlib
import html
import os
import pathlib
import re

import numpy as np

LABELS = ["offensive", "obscene", "threatening", "insult", "hate"]

#: A label and its weight. `YES` and `NO` are an annotator's word; the weak ones are an inference,
#: trained on with half weight; an unknown label has weight 0 and is left out of loss and figures.
UNKNOWN = (0.0, 0.0)
YES, NO = (1.0, 1.0), (0.0, 1.0)
WEAK_YES, WEAK_NO = (1.0, 0.5), (0.0, 0.5)

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
    language: str = "en"
    group: str = ""  # rows of one group share a split; by default the text's key


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
