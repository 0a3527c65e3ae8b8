"""The list of words by which texts in disguise are spelt out: each word with −100 ln of its frequency.

    python -m weights.words TOKENIZER OUTPUT      # TOKENIZER is a tokenizer.json

Words of the training rows and of the plain sentences that several rows of several sets have, and the
whole words among the tokenizer's pieces, which keep common words from being taken for mistyped ones.
A text that nobody else wrote leaves no word here.
"""

import argparse
import collections
import json
import math
import pathlib
import re
import unicodedata

from weights import plain, sources

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
#: Rows that must have a word: in sets that differ, or in one.
FEWEST, FEWEST_IN_ONE_SET = 3, 8
LONGEST = 20
#: The cost of a piece of the tokenizer lies between these; of a single letter, this much is added.
PIECES, LETTER = (500, 1400), 300
LETTERS = "aiyuoà"


def letters(word):
    """A word's letters without their marks, in the order of which the list is written."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if "a" <= c <= "z")


def counted():
    """How often each word occurs, in which sets, and all words."""
    counts, sets = collections.Counter(), collections.defaultdict(set)
    for row in sources.load() + plain.rows():
        if row.split == "train":
            for word in WORD.findall(row.text.lower().replace("’", "'")):
                counts[word] += 1
                sets[word].add(row.set)
    return counts, sets, sum(counts.values())


def costs(tokenizer):
    counts, sets, total = counted()
    found = {}
    for word, count in counts.items():
        of_own = any(name.startswith("plain") for name in sets[word])
        several = count >= FEWEST and len(sets[word]) > 1 or count >= FEWEST_IN_ONE_SET
        if len(word) <= LONGEST and (several or of_own):
            found[word] = round(-100 * math.log(count / total))
    for piece, score in json.loads(tokenizer.read_text())["model"]["vocab"]:
        word = piece[1:].lower()
        if piece.startswith("▁") and len(word) > 2 and word.isalpha() and word not in found:
            found[word] = min(PIECES[1], max(PIECES[0], round(-100 * score)))
    for word in found:
        if len(letters(word)) == 1 and word.strip("'") not in LETTERS:
            found[word] += LETTER
    return {word: cost for word, cost in found.items() if letters(word)}


def write(tokenizer, output):
    rows = sorted(costs(tokenizer).items(), key=lambda row: (letters(row[0]), row[1], row[0]))
    output.write_text("".join(f"{word}\t{cost}\n" for word, cost in rows), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    arguments = parser.parse_args()
    write(arguments.tokenizer, arguments.output)


if __name__ == "__main__":
    main()
