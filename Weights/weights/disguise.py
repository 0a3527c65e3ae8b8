"""Disguised spellings to train with: letters swapped, split, repeated, masked, mistyped.

What the tokenizer's table folds by itself (`folding.py`: look-alikes, invisible characters, case,
emoji letters) needs no training.
"""

import random
import re

LEET = {"a": "4@", "b": "8", "c": "(", "e": "3", "g": "96", "h": "#", "i": "1!", "l": "1|", "o": "0",
        "s": "5$", "t": "7+", "z": "2"}
NEAR = {"q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok",
        "o": "ipl", "p": "ol", "a": "qsz", "s": "adwx", "d": "sfec", "f": "dgrv", "g": "fhtb",
        "h": "gjyn", "j": "hkum", "k": "jli", "l": "ko", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf",
        "b": "vng", "n": "bmh", "m": "nj"}
MARKS = ".-*',#"
VOWELS = "aeiouy"
WORD = re.compile(r"[^\W\d_]{2,}")


def leet(word, share, rng):
    return "".join(rng.choice(LEET[c.lower()]) if c.lower() in LEET and rng.random() < share else c
                   for c in word)


def spacing(word, share, rng):
    mark = rng.choice(["", "", "", ".", "-"])
    return "".join(c + (mark or " ") if i + 1 < len(word) and rng.random() < share else c
                   for i, c in enumerate(word))


def repeats(word, share, rng):
    return "".join(c * rng.choice([2, 2, 3, 4]) if rng.random() < share else c for c in word)


def punctuation(word, share, rng):
    return "".join(c + rng.choice(MARKS) if i + 1 < len(word) and rng.random() < share else c
                   for i, c in enumerate(word))


def typos(word, share, rng):
    letters = []
    for c in word:
        if rng.random() < share * 0.7:
            kind = rng.randrange(4)
            if kind == 0:
                continue
            if kind == 1:
                letters.append(c)
            elif kind == 2 and letters:
                letters.insert(len(letters) - 1, c)
                continue
            else:
                c = rng.choice(NEAR.get(c.lower(), c))
        letters.append(c)
    return "".join(letters)


def masked(word, share, rng):
    """Letters but the first and last behind stars: f*ck, b**ch."""
    return "".join(rng.choice("**#.") if 0 < i < len(word) - 1 and rng.random() < share
                   * (1.5 if c.lower() in VOWELS else 0.5) else c for i, c in enumerate(word))


def vowelless(word, share, rng):
    short = word[0] + "".join(c for c in word[1:] if c.lower() not in VOWELS)
    return short if len(short) > 1 else word


KINDS = (leet, leet, spacing, spacing, repeats, punctuation, punctuation, typos, typos, masked)


class Disguiser:
    """Disguises all words of a text or some of them, in one way."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def __call__(self, text):
        rng = self.rng
        kind = rng.choice(KINDS)
        share, words = rng.choice((0.15, 0.3, 0.45, 0.6)), rng.choice((0.3, 0.6, 1.0, 1.0))
        return WORD.sub(
            lambda m: kind(m[0], share, rng) if rng.random() < words else m[0], text)
