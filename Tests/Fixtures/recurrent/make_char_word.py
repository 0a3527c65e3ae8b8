"""What PyTorch makes of the weights of Weights/char-word: run it whenever they change.

    python make_char_word.py      # PyTorch; versions in Weights/weights/charword/requirements.txt

Writes char-word-cases.json, harmless texts plain and disguised with their scores, and
char-word-real.json, digests of the ids and the scores of 1,000 real texts, which are named by set and
row only: the texts stay in the shared data (MODERATION_DATA).
"""

import csv
import json
import pathlib
import random
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "Weights"))
from weights.charword import data  # noqa: E402
from weights.charword import disguise  # noqa: E402
from weights.charword import export  # noqa: E402

TEXTS = [
    "", "Hello!", "What a lovely garden you have", "The weather is wonderful today, isn't it?",
    "I love my new phone", "My phone is trash", "Could you send me the report by Friday?",
    "@neighbour thank you so much for the help https://t.co/abc", "Happy birthday 🎂🎉 to you!!!",
    "Quelle belle journée, merci à tous", "Il fait beau aujourd'hui", "صباح الخير يا أصدقاء",
    "The quick brown fox jumps over the lazy dog", "She plays the piano every day",
    "We shipped 1,000 parcels in 24 hours", "See you at 10:30, don't be late :)",
    "They won the match 3-2 after extra time", "Please water the tomatoes",
]
COLUMNS = {
    "moderation/tdavidson/data/labeled_data.csv": ("tweet", 500),
    "moderation/edos/data/edos_labelled_aggregated.csv": ("text", 300),
    "moderation/multilingual-hatecheck/french.csv": ("test_case", 200),
}


def digest(characters, words):
    """FNV-1a over the ids as little-endian int32; -1 before an unknown word's subwords."""
    value = 0x811C9DC5
    flat = list(characters)
    for word in words:
        flat += [word] if isinstance(word, int) else [-1, *word]
    for number in flat:
        for byte in (number & 0xFFFFFFFF).to_bytes(4, "little"):
            value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def described(scorer, text):
    characters, found, truncated = scorer.preparation(text)
    words = [w if isinstance(w, int) else scorer.preparation.grams(w) for w in found]
    return characters, words, truncated


def main():
    scorer = export.Scorer(here.parents[2] / "Weights/char-word")
    rng = random.Random(5)
    disguiser = disguise.Disguiser(set(), disguise.KINDS | disguise.UNSEEN, 0.4)
    texts = TEXTS + [disguiser(rng.choice(TEXTS[1:]), rng) for _ in range(60)]
    cases = []
    for text, scores in zip(texts, scorer(texts)):
        characters, words, truncated = described(scorer, text)
        cases.append({
            "text": text, "characters": characters, "words": words, "isTruncated": truncated,
            "scores": [round(float(s), 8) for s in scores]})
    lines = ",\n".join(json.dumps(case) for case in cases)
    (here / "char-word-cases.json").write_text(f"[\n{lines}\n]\n")

    rows = []
    for path, (column, count) in COLUMNS.items():
        with open(data.data_folder().parent / path, newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        for index in range(0, len(lines), len(lines) // count):
            rows.append((path, column, index, lines[index][column]))
            if sum(r[0] == path for r in rows) == count:
                break
    scores = scorer([text for *_, text in rows])
    result = [
        [path, column, index, digest(*described(scorer, text)[:2]),
         *(round(float(s), 7) for s in own)]
        for (path, column, index, text), own in zip(rows, scores)
    ]
    names = list(COLUMNS)
    compact = ",\n".join(json.dumps([names.index(r[0]), *r[2:]]) for r in result)
    files = json.dumps([[name, column] for name, (column, _) in COLUMNS.items()])
    (here / "char-word-real.json").write_text(
        f'{{"files": {files},\n"rows": [\n{compact}\n]}}\n')
    print(len(cases), len(result))


if __name__ == "__main__":
    main()
