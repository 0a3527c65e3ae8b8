"""Token ids to measure on: the shared tweets, or, where those are absent, made-up ids."""

import csv
import functools
import hashlib
import json
import os
import pathlib
import random

import cache as caches
from folder import settings

HERE = pathlib.Path(__file__).resolve().parent


def data() -> pathlib.Path:
    return pathlib.Path(os.environ.get("MODERATION_DATA") or HERE.parents[2] / "shared/data")


def column(path: str, name: str) -> list[str]:
    file = data() / "moderation" / path
    if not file.exists():
        return []
    with open(file, newline="", encoding="utf-8") as lines:
        return [row[name] for row in csv.DictReader(lines)]


def tweets() -> list[str]:
    return column("tdavidson/data/labeled_data.csv", "tweet")


def hatecheck() -> list[str]:
    return column("hatecheck/test_suite_cases.csv", "test_case")


@functools.cache
def tokenizer(model: str):
    import transformers

    return transformers.AutoTokenizer.from_pretrained(model)


def encode(model: str, texts: list[str], longest: int) -> list[list[int]]:
    """Ids by transformers, kept: importing it and building a tokenizer take half a minute."""
    digest = hashlib.sha256(json.dumps([texts, longest]).encode()).hexdigest()[:12]
    kept = caches.entry(caches.default(), model, "ids") / f"{digest}.json"
    if not kept.exists():
        ids = tokenizer(model)(texts, truncation=True, max_length=longest)["input_ids"]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(ids))
    return json.loads(kept.read_text())


def vocabulary(model: str) -> int:
    return settings(model)["vocab_size"]


def made_up(model: str, lengths: list[int]) -> list[list[int]]:
    chance = random.Random(7)
    top = vocabulary(model)
    return [[chance.randrange(min(1000, top // 2), top) for _ in range(n)] for n in lengths]


def calibration(model: str, count: int) -> list[list[int]]:
    """Messages apart from those that are timed or judged: the last of the tweets."""
    found = tweets()[-count:]
    if found:
        return encode(model, found, 128)
    return made_up(model, [4 + i % 60 for i in range(count)])


def of_length(model: str, tokens: int) -> list[int]:
    """One message of exactly so many tokens: the tweets' words, one after another."""
    found = tweets()[:400]
    if not found:
        return made_up(model, [tokens])[0]
    encoded = encode(model, found, 512)
    first, last = encoded[0][0], encoded[0][-1]
    content = [i for ids in encoded for i in ids[1:-1]]
    return [first] + content[:tokens - 2] + [last]


def as_they_come(model: str, count: int) -> list[list[int]]:
    """Messages of the tweets' own lengths."""
    found = tweets()[1000:1000 + count]
    if found:
        return encode(model, found, 128)
    chance = random.Random(11)
    return made_up(model, [max(4, min(128, round(chance.gauss(26, 12)))) for _ in range(count)])
