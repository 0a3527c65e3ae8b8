"""From a text to character ids, word ids and subword ids: the reference of the Swift reader.

Everything works on Unicode scalars and on tables that lie in the bundle (`config.json`, key
`text`), so no Unicode library's version can change an id. The rules in words, `letter` meaning a
scalar inside `letters` (letters, marks and digits of every script, and letters in circles and boxes):

 1. Every scalar is lower-cased by the one-to-one table `lowercase`.
 2. The text is split into chunks at scalars of `spaces`.
 3. A chunk without its `ignored` scalars (zero-width ones, variation selectors) is its visible
    form. A visible form that starts with `http://`, `https://` or `www.` is a link: the characters
    `http` and the word `<link>`. One of two scalars or more that starts with `@` and an ASCII
    letter, digit or `_` is a mention, the characters `@user` and the word `<user>`, unless F
    (below) of it is a known word ("@ss").
 4. Characters: a space, then every chunk as it is (links and mentions replaced) with a space
    behind. Ids by position in `characters` + 2; 0 is padding. A scalar that is not listed has the id
    of what `fold` makes of it, or else 1, unknown.
 5. Three or more neighbouring chunks, each with exactly one scalar left after trimming to letters
    and `edges`, are one run ("f u c k"). If nothing below finds it, it is tried without its first
    scalar, without its last, without both; those then stand as words of their own.
 6. Any other visible form is split so that each scalar of `symbols` that is not in `fold` is a word
    of its own; what lies between are runs.
 7. A run has four readings. `soft`: trimmed at both ends to letters and scalars of `edges`.
    `core`: trimmed to letters. `wide`: trimmed to letters and scalars of `leet`. F(x): each scalar
    by `fold`, then, if a letter that is no ASCII digit is there, by `leet`; whatever is then no
    letter is dropped. The list has F(x) if it has that word or, where F replaced a scalar of
    `alternatives` by `leet`, one that has the scalar's alternative in that place; the first such
    word of the list counts ("k1ll" has i or l).
    A run with no letter: if nothing is left of soft, no word; else the word F(soft) if known, else none.
    A core of ASCII digits and non-letters only: the word `<number>`.
 8. The first known of: soft, F(soft), R2(F(soft)), core, F(core), R2(F(core)), where R2 shortens
    three or more equal neighbours to two; then, if F(core) had such three, the first word in the
    list with the same R1 (all equal neighbours to one) as F(core); then the first word that core
    masks with `*` and `#`; then the first that soft masks with `*`, `#` and `-`; then F(wide).
    A run masks a word of the same number of scalars that equals it everywhere but at those, if it
    has one of those and two or more others. And a word that core masks with `*` and `#` goes before
    one that F(soft), R2(F(soft)) or F(core) found if it stands before it in the list ("f*ck").
 9. Else the core is split at scalars that are neither letters nor `'`, provided that one part has
    three scalars or more, and each part is looked up by 8 in its turn.
10. Else the word is unknown (id 1), and carries the subwords of R2(F(core)): all n-grams of
    `<` + word + `>` with n from `subwords.minimum` to `subwords.maximum`, each hashed by FNV-1a
    (32 bits) over its UTF-8 bytes, modulo `subwords.buckets`.

Word ids are positions in `words.txt` + 2: 0 is padding, 1 unknown.
At most `maximumCharacters` ids and `maximumWords` words are kept, the first ones.
"""

import bisect
import functools
import re
import unicodedata

from weights.charword import disguise

SPACES = "\t\n\x0b\x0c\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + (
    "\u2028\u2029\u202f\u205f\u3000"
)
IGNORED = [[0xAD, 0xAD], [0x34F, 0x34F], [0x61C, 0x61C], [0x180B, 0x180E], [0x200B, 0x200F],
           [0x202A, 0x202E], [0x2060, 0x2064], [0x2066, 0x206F], [0xFE00, 0xFE0F],
           [0xFEFF, 0xFEFF], [0x1F3FB, 0x1F3FF], [0xE0000, 0xE01EF]]
SYMBOLS = [[0x2190, 0x2BFF], [0x1F000, 0x1FAFF]]
LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
        "2": "z", "@": "a", "$": "s", "!": "i", "|": "l", "+": "t", "(": "c", "€": "e", "£": "l",
        "¡": "i"}
#: Second readings of scalars of LEET.
ALTERNATIVES = {"1": "l", "!": "l", "|": "i", "¡": "l", "6": "b", "9": "q"}
EDGES = "@$|+€£*"


def lowercase_table():
    table = {}
    for code in range(0x20000):
        lower = chr(code).lower()
        if lower != chr(code) and len(lower) == 1:
            table[chr(code)] = lower
    table["İ"] = "i"
    return table


def fold_table():
    """Scalars that look like one lower-case ASCII letter or digit, to that letter or digit."""
    table = {}
    for low, high in ((0xA1, 0x250), (0x1D00, 0x1EFF), (0x2070, 0x218F), (0x2460, 0x24FF),
                      (0xFF00, 0xFF5F), (0x1D400, 0x1D800), (0x1F100, 0x1F1AD)):
        for code in range(low, high):
            value = unicodedata.normalize("NFKD", chr(code)).lower()
            value = "".join(c for c in value if not unicodedata.combining(c))
            value = value.strip("()")
            if len(value) == 1 and value.isascii() and value.isalnum():
                table[chr(code)] = value
    for base in (0x1F150, 0x1F170, 0x1F1E6):
        for index in range(26):
            table[chr(base + index)] = chr(ord("a") + index)
    for letter, twins in disguise.HOMOGLYPHS.items():
        for twin in twins:
            table[twin.lower()] = letter
    # More look-alikes than the training recipe draws from.
    table |= dict(zip("ƅɓɑɐƈɗđεєғƒցɢհнɩɪјʝқʟмɱпոɴօσѻքզɍяѕʂʈţυʋսѵшщԝжýүʏʐӡøæ",
                      "bbaacddeeffgghhiijjklmmnnnooopqrrssttuuuvwwwxyyyzzoa"))
    table = {k: v for k, v in table.items() if k.lower() == k}
    return {key: value for key, value in sorted(table.items()) if not key.isascii()}


def letter_ranges(fold):
    """Letters, marks and digits; and what `fold` takes for a letter, but for the halves of flags."""
    ranges = []
    for code in range(0x323B0):
        kind = unicodedata.category(chr(code))
        ignored = any(a <= code <= b for a, b in IGNORED)
        twin = fold.get(chr(code), "").isalpha() and not 0x1F1E6 <= code <= 0x1F1FF
        if kind[0] in "LM" and not ignored or kind == "Nd" or twin:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return ranges


def tables():
    """The part of the configuration that does not depend on the training data."""
    lower, fold = lowercase_table(), fold_table()
    return {
        "spaces": SPACES,
        "lowercase": {"from": "".join(lower), "to": "".join(lower.values())},
        "ignored": IGNORED,
        "symbols": SYMBOLS,
        "letters": letter_ranges(fold),
        "fold": {"from": "".join(fold), "to": "".join(fold.values())},
        "leet": {"from": "".join(LEET), "to": "".join(LEET.values())},
        "alternatives": {"from": "".join(ALTERNATIVES), "to": "".join(ALTERNATIVES.values())},
        "edges": EDGES,
    }


def limited(word, most):
    return re.sub(r"(.)\1{%d,}" % most, lambda m: m[1] * most, word, flags=re.DOTALL)


def fnv(gram):
    value = 0x811C9DC5
    for byte in gram.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


class Preparation:
    def __init__(self, text, words, subwords):
        """`text`: the configuration's tables; `words`: the list of words, or none while counting."""
        self.text, self.subwords = text, subwords
        self.lower = str.maketrans(text["lowercase"]["from"], text["lowercase"]["to"])
        self.fold = dict(zip(text["fold"]["from"], text["fold"]["to"]))
        self.leet = dict(zip(text["leet"]["from"], text["leet"]["to"]))
        self.alternatives = dict(zip(text["alternatives"]["from"], text["alternatives"]["to"]))
        self.space = re.compile("[" + re.escape(text["spaces"]) + "]+")
        self.starts = [a for a, _ in text["letters"]]
        self.ends = [b for _, b in text["letters"]]
        self.edges = set(text["edges"])
        self.wide = set(text["leet"]["from"])
        self.character = {c: i + 2 for i, c in enumerate(text.get("characters", ""))}
        self.words = list(words or [])
        self.index = {}
        self.squeezed = {}
        self.shapes = {}
        for position, word in enumerate(self.words):
            if word.startswith("<") and word.endswith(">"):
                continue
            self.index.setdefault(word, position + 2)
            self.squeezed.setdefault(limited(word, 1), position + 2)
            for shape in {(len(word),), *((len(word), i, c) for i, c in enumerate(word[:2]))}:
                self.shapes.setdefault(shape, []).append((word, position + 2))
        self.special = {w: i + 2 for i, w in enumerate(self.words) if w[0] == "<" and w[-1] == ">"}
        self.is_letter = functools.lru_cache(maxsize=None)(self._is_letter)
        self.is_ignored = functools.lru_cache(maxsize=None)(
            lambda c: any(a <= ord(c) <= b for a, b in text["ignored"]))
        self.is_symbol = functools.lru_cache(maxsize=None)(
            lambda c: c not in self.fold and any(a <= ord(c) <= b for a, b in text["symbols"]))
        self.find = functools.lru_cache(maxsize=200_000)(self._find)

    def _is_letter(self, c):
        place = bisect.bisect_right(self.starts, ord(c)) - 1
        return place >= 0 and ord(c) <= self.ends[place]

    # Readings of a run

    def trimmed(self, run, edges):
        start, end = 0, len(run)
        while start < end and not (self.is_letter(run[start]) or run[start] in edges):
            start += 1
        while start < end and not (self.is_letter(run[end - 1]) or run[end - 1] in edges):
            end -= 1
        return run[start:end]

    def folded(self, run):
        letters = [self.fold.get(c, c) for c in run]
        if any(self.is_letter(c) and not "0" <= c <= "9" for c in letters):
            letters = [self.leet.get(c, c) for c in letters]
        return "".join(c for c in letters if self.is_letter(c))

    # Words

    def listed(self, run):
        """The id of the first word of the list that F(run) may be, or None."""
        letters = [self.fold.get(c, c) for c in run]
        if not any(c in self.alternatives for c in letters) or not any(
                self.is_letter(c) and not "0" <= c <= "9" for c in letters):
            return self.index.get(self.folded(run))
        choices = []
        for c in letters:
            first = self.leet.get(c, c)
            if self.is_letter(first):
                choices.append({first, self.alternatives.get(c, first)})
        return self.matching(choices)

    def matching(self, choices):
        """The id of the first word of the list with one of the choices in each place; no choices
        stand for any scalar."""
        shape = (len(choices),)
        for place, choice in enumerate(choices[:2]):
            if len(choice) == 1:
                shape = (len(choices), place, *choice)
        for word, position in self.shapes.get(shape, ()):
            if all(not choice or c in choice for c, choice in zip(word, choices)):
                return position
        return None

    def masked(self, run, masks):
        """The id of the first word of the list that the run is with masked letters, or None."""
        hidden = sum(c in masks for c in run)
        if hidden and len(run) - hidden >= 2:
            return self.matching([set() if c in masks else {c} for c in run])
        return None

    def _find(self, run):
        """The id of a known word that the run spells, or None."""
        soft, core = self.trimmed(run, self.edges), self.trimmed(run, ())
        if soft in self.index:
            return self.index[soft]
        masked = self.masked(core, "*#")

        def first(known):
            return known if masked is None else min(known, masked)

        known = self.listed(soft)
        if known is not None:
            return first(known)
        known = self.index.get(limited(self.folded(soft), 2))
        if known is not None:
            return first(known)
        if core in self.index:
            return self.index[core]
        known = self.listed(core)
        if known is not None:
            return first(known)
        folded = self.folded(core)
        short = limited(folded, 2)
        known = self.index.get(short)
        if known is None and short != folded:
            known = self.squeezed.get(limited(folded, 1))
        if known is None:
            known = masked
        if known is None:
            known = self.masked(soft, "*#-")
        if known is None:
            known = self.listed(self.trimmed(run, self.wide))
        return known

    def run(self, run, splitting=True):
        """Ids of a run's words: a number, or a tuple of subwords for an unknown one."""
        soft, core = self.trimmed(run, self.edges), self.trimmed(run, ())
        if not core:
            known = self.index.get(self.folded(soft)) if soft else None
            return [] if known is None else [known]
        if all("0" <= c <= "9" or not self.is_letter(c) for c in core):
            return [self.special["<number>"]]
        known = self.find(run)
        if known is not None:
            return [known]
        if splitting:
            parts, part = [], ""
            for c in core + " ":
                if self.is_letter(c) or c == "'":
                    part += c
                elif part:
                    parts.append(part)
                    part = ""
            if len(parts) > 1 and any(len(part) >= 3 for part in parts):
                return [word for part in parts for word in self.run(part, False)]
        return [limited(self.folded(core), 2)]

    def grams(self, word):
        """Bucket numbers of an unknown word's n-grams."""
        word = "<" + word + ">"
        return [
            fnv(word[i : i + n]) % self.subwords["buckets"]
            for n in range(self.subwords["minimum"], self.subwords["maximum"] + 1)
            for i in range(len(word) - n + 1)
        ]

    def chunks(self, text):
        return [chunk for chunk in self.space.split(text.translate(self.lower)) if chunk]

    def visible(self, chunk):
        return "".join(c for c in chunk if not self.is_ignored(c))

    def kind(self, visible):
        if visible.startswith(("http://", "https://", "www.")):
            return "<link>"
        if len(visible) > 1 and visible[0] == "@" and re.match(r"[a-z0-9_]", visible[1]):
            return None if self.folded(visible) in self.index else "<user>"
        return None

    def spelt(self, letters):
        """A run of single letters, tried without its ends as well."""
        def one(run):
            known = self.find(run)
            return None if known is None else [known]

        for first, last in ((0, 0), (1, 0), (0, 1), (1, 1)):
            inner = letters[first : len(letters) - last]
            known = one(inner) if len(inner) > 1 else None
            if known is not None:
                before = self.run(letters[:1]) if first else []
                after = self.run(letters[-1:]) if last else []
                return before + known + after
        return self.run(letters)

    def __call__(self, text):
        """Character ids, and words: ids, or strings for unknown words."""
        stream, words, single = [" "], [], []

        def flush():
            if len(single) >= 3:
                words.extend(self.spelt("".join(single)))
            else:
                for letter in single:
                    words.extend(self.run(letter))
            single.clear()

        for chunk in self.chunks(text):
            visible = self.visible(chunk)
            kind = self.kind(visible)
            if kind is not None:
                flush()
                stream.append(("http" if kind == "<link>" else "@user") + " ")
                words.append(self.special[kind])
                continue
            stream.append(chunk + " ")
            short = self.trimmed(visible, self.edges)
            if len(short) == 1 and not self.is_symbol(short):
                single.append(short)
                continue
            flush()
            piece = ""
            for c in visible:
                if self.is_symbol(c):
                    if piece:
                        words.extend(self.run(piece))
                    piece = ""
                    known = self.index.get(c)
                    words.append(c if known is None else known)
                else:
                    piece += c
            if piece:
                words.extend(self.run(piece))
        flush()
        characters = [
            self.character.get(c) or self.character.get(self.fold.get(c, c), 1)
            for c in "".join(stream)]
        return (
            characters[: self.text["maximumCharacters"]],
            words[: self.text["maximumWords"]],
            len(characters) > self.text["maximumCharacters"]
            or len(words) > self.text["maximumWords"],
        )
