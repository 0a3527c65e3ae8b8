"""Disguised spellings, as people use them to get past a filter: seeded, several kinds.

`Disguiser` changes the words of a text that carry its meaning (the `charged` ones, found from the
training labels) and now and then another. The kinds in `KINDS` are used to train and to judge;
those in `UNSEEN` never appear in training and show what is learnt beyond the recipe.
"""

import collections
import math
import random
import re

LEET = {
    "a": "4@", "b": "8", "c": "(", "e": "3", "g": "96", "i": "1!", "l": "1|", "o": "0", "s": "5$",
    "t": "7+", "z": "2",
}
HOMOGLYPHS = {
    "a": "аáàäâα", "b": "ЬƄ", "c": "сçϲ", "d": "ԁ", "e": "еéèëêε", "g": "ɡ", "h": "һ", "i": "іíìïι",
    "j": "ј", "k": "κк", "l": "ӏł", "m": "м", "n": "ñп", "o": "оóòöοø", "p": "рρ", "q": "ԛ", "r": "г",
    "s": "ѕš", "t": "тτ", "u": "υúüц", "v": "ѵν", "w": "ѡω", "x": "хχ", "y": "уýγ", "z": "ž",
}
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\u00ad"
VOWELS = set("aeiou")
WORD = re.compile(r"[^\W\d_]{3,}")


def substitute(table, word, rng, share):
    places = [i for i, letter in enumerate(word) if letter.lower() in table]
    if not places:
        return word
    count = max(1, round(share * len(places)))
    letters = list(word)
    for place in rng.sample(places, min(count, len(places))):
        letters[place] = rng.choice(table[letters[place].lower()])
    return "".join(letters)


def leet(word, rng):
    return substitute(LEET, word, rng, rng.choice((0.3, 0.6, 1.0)))


def homoglyph(word, rng):
    return substitute(HOMOGLYPHS, word, rng, rng.choice((0.3, 0.6, 1.0)))


def spacing(word, rng):
    return rng.choice((" ", " ", ".", "-", "_", "*")).join(word)


def repeats(word, rng):
    place = rng.randrange(len(word))
    return word[:place] + word[place] * rng.randint(3, 6) + word[place + 1 :]


def starred(word, rng):
    """Inner letters, vowels first, behind a mask: f*ck, sh!t with #, b**ch."""
    inner = [i for i in range(1, len(word) - 1)]
    vowels = [i for i in inner if word[i].lower() in VOWELS] or inner
    letters = list(word)
    for place in rng.sample(vowels, rng.randint(1, min(2, len(vowels)))):
        letters[place] = rng.choice("***#-")
    return "".join(letters)


def inserted(word, rng):
    """One or two punctuation marks inside the word: fu.ck, sh-it."""
    for _ in range(rng.randint(1, 2)):
        place = rng.randint(1, len(word) - 1)
        word = word[:place] + rng.choice(".-_*~'`,") + word[place:]
    return word


def zero_width(word, rng):
    place = rng.randint(1, len(word) - 1)
    return word[:place] + rng.choice(ZERO_WIDTH) + word[place:]


def typo(word, rng):
    place = rng.randint(1, len(word) - 2)
    if rng.random() < 0.5:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :]


def vowelless(word, rng):
    short = word[0] + "".join(c for c in word[1:] if c.lower() not in VOWELS)
    return short if len(short) > 1 else word


def full_width(word, rng):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)


def mathematical(word, rng):
    base = rng.choice((0x1D41A, 0x1D44E, 0x1D5BA, 0x1D622, 0x1D68A))
    letters = []
    for c in word:
        lower = c.lower()
        value = chr(base + ord(lower) - ord("a")) if "a" <= lower <= "z" else c
        letters.append("ℎ" if value == "\U0001d455" else value)
    return "".join(letters)


def enclosed(word, rng):
    base = rng.choice((0x24D0, 0x1F150, 0x1F170))
    return "".join(
        chr(base + ord(c.lower()) - ord("a")) if "a" <= c.lower() <= "z" else c for c in word
    )


def leet_and_inserted(word, rng):
    return inserted(leet(word, rng), rng)


KINDS = {
    f.__name__: f
    for f in (leet, homoglyph, spacing, repeats, starred, inserted, zero_width, typo, vowelless)
}
UNSEEN = {f.__name__: f for f in (full_width, mathematical, enclosed, leet_and_inserted)}


def charged_words(rows, least=5, log_odds=0.7):
    """Words much commoner in rows with some positive label than in rows with none.

    Counted per set, so that a set full of positives does not make all of its words charged.
    """
    charged = set()
    for name in sorted(set(rows.sets)):
        inside = rows.sets == name
        positives, negatives = collections.Counter(), collections.Counter()
        counts = [0, 0]
        for index in inside.nonzero()[0]:
            known = rows.weights[index] > 0
            if not known.any():
                continue
            positive = bool((rows.labels[index][known] > 0).any())
            counts[positive] += 1
            (positives if positive else negatives).update(
                set(w.lower() for w in WORD.findall(rows.texts[index]))
            )
        if min(counts) == 0:
            continue
        for word, count in positives.items():
            if count < least:
                continue
            odds = math.log((count + 0.5) / (counts[1] + 1)) - math.log(
                (negatives[word] + 0.5) / (counts[0] + 1)
            )
            if odds > log_odds:
                charged.add(word)
    return charged


class Disguiser:
    """Disguises charged words, at least one word of a text where it has one long enough."""

    def __init__(self, charged, kinds=KINDS, others=0.05):
        self.charged, self.kinds, self.others = charged, list(kinds.values()), others

    def __call__(self, text, rng):
        words = [
            m for m in WORD.finditer(text)
            if m.start() == 0 or text[m.start() - 1] not in "@/#"
        ]
        chosen = [
            m for m in words if m.group().lower() in self.charged or rng.random() < self.others
        ]
        if not chosen and words:
            chosen = [rng.choice(words)]
        kind = rng.choice(self.kinds)  # a writer mostly keeps to one way
        pieces, end = [], 0
        for match in chosen:
            how = kind if rng.random() < 0.8 else rng.choice(self.kinds)
            pieces += [text[end : match.start()], how(match.group(), rng)]
            end = match.end()
        return "".join(pieces) + text[end:]


if __name__ == "__main__":
    generator = random.Random(1)
    for line in ("What a lovely garden", "Das Wetter ist heute wunderbar"):
        for name, kind in (KINDS | UNSEEN).items():
            print(f"{name:18s}", Disguiser({"lovely", "wetter"}, {name: kind}, 0)(line, generator))
