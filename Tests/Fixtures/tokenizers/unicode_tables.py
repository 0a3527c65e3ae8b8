"""Writes Sources/Tokenizers/Unicode/UnicodeTables.swift.

The tokenizers library takes its character properties from four Rust crates and from
Oniguruma, each frozen at a Unicode version of its own. Instead of guessing the versions,
this script asks the library itself about every Unicode scalar and writes down the answers,
so that the Swift interpreter classifies, lowercases and decomposes exactly as it does.

    python unicode_tables.py            # needs tokenizers==0.22.2, see requirements.txt
"""

import base64
import json
import pathlib
import struct
import textwrap
import unicodedata

import tokenizers
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = HERE.parents[2] / "Sources/Tokenizers/Unicode/UnicodeTables.swift"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]

WHITESPACE, PUNCTUATION, OTHER, NONSPACING = 1 << 0, 1 << 1, 1 << 2, 1 << 3
COMBINING, NUMERIC, WORD = 1 << 4, 1 << 5, 1 << 6
EXTENDS, PREPENDS, CONTROL, PICTOGRAPH = 1 << 7, 1 << 8, 1 << 9, 1 << 10
LOWERCASES, CANONICAL, COMPATIBILITY, ORDERED = 1 << 11, 1 << 12, 1 << 13, 1 << 14

CATEGORIES = (
    "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn"
).split()


# What the written file needs to read its own tables.
READER = """
  private static func numbers<Number: FixedWidthInteger>(_ text: String) -> [Number] {
    var numbers: [Number] = []
    var number: UInt64 = 0
    for byte in text.utf8 {
      if byte <= 0x20 {
        numbers.append(Number(truncatingIfNeeded: number))
        number = 0
      } else {
        number = number << 4 | UInt64(byte < 0x41 ? byte - 0x30 : byte - 0x37)
      }
    }
    numbers.append(Number(truncatingIfNeeded: number))
    return numbers
  }
"""


def charsmap_to_b():
    """A charsmap that turns every scalar of planes 0, 1 and 14 into "b"."""
    nodes, children = [{}], []
    leaves = []
    for c in SCALARS:
        if c == 0 or c >> 16 not in (0, 1, 14):
            continue
        key = chr(c).encode()
        node = 0
        for byte in key[:-1]:
            if byte not in nodes[node]:
                nodes.append({})
                nodes[node][byte] = len(nodes) - 1
            node = nodes[node][byte]
        leaves.append((node, key[-1]))
    base = [256 * (i + 1) for i in range(len(nodes))]
    shared = 255
    units = [0] * (256 * (len(nodes) + 2))
    units[0] = base[0] << 10
    units[shared] = 1 << 31
    for i, node in enumerate(nodes):
        for byte, child in node.items():
            at = base[i] ^ byte
            units[at] = (at ^ base[child]) << 10 | byte
    for node, byte in leaves:
        at = base[node] ^ byte
        units[at] = (at ^ shared) << 10 | 1 << 8 | byte
    blob = struct.pack("<I", 4 * len(units)) + struct.pack(f"<{len(units)}I", *units) + b"b\0"
    return normalizers.Precompiled(blob)


def runs(values):
    """(first scalar, value) wherever the value changes; surrogates take the value before."""
    out, last = [], None
    for c in SCALARS:
        if values[c] != last:
            out.append((c, values[c]))
            last = values[c]
    return out


def main():
    flags = [0] * 0x110000
    strip = normalizers.Strip()
    bert = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    clean = normalizers.BertNormalizer(**{**bert, "clean_text": True})
    unaccent = normalizers.BertNormalizer(**{**bert, "strip_accents": True})
    nfd, nfkd, nfc, nfkc = (
        normalizers.NFD(), normalizers.NFKD(), normalizers.NFC(), normalizers.NFKC())
    accents, lower = normalizers.StripAccents(), normalizers.Lowercase()
    punctuation = pre_tokenizers.Punctuation()
    digits = pre_tokenizers.Digits(individual_digits=True)
    words = pre_tokenizers.Whitespace()
    to_b = charsmap_to_b()
    lowercase, canonical, compatibility = {}, {}, {}
    for c in SCALARS:
        s = chr(c)
        f = 0
        if strip.normalize_str(s) == "":
            f |= WHITESPACE
        if clean.normalize_str(s) == "":
            f |= OTHER
        d = nfd.normalize_str(s)
        k = nfkd.normalize_str(s)
        if d != s:
            f |= CANONICAL
            if not 0xAC00 <= c <= 0xD7A3:
                canonical[c] = d
        elif unaccent.normalize_str(s) == "":
            f |= NONSPACING
        if k != d:
            f |= COMPATIBILITY
            compatibility[c] = k
        if accents.normalize_str(s) == "":
            f |= COMBINING
        low = lower.normalize_str(s)
        if low != s:
            f |= LOWERCASES
            lowercase[c] = low
        around = "a" + s + "a"
        if len(punctuation.pre_tokenize_str(around)) == 3:
            f |= PUNCTUATION
        if len(digits.pre_tokenize_str(around)) == 3:
            f |= NUMERIC
        pieces = len(words.pre_tokenize_str(around))
        if pieces == 1:
            f |= WORD
        assert (pieces == 2) == bool(f & WHITESPACE), hex(c)
        if c:
            if to_b.normalize_str("a" + s) == "b":
                f |= EXTENDS
            if c >> 16 in (0, 1, 14) and not f & EXTENDS and to_b.normalize_str(s + "a") == "b":
                f |= PREPENDS
            if c < 0x10000 and len(to_b.normalize_str(s + "\u0301")) > 1:
                f |= CONTROL
            if len(to_b.normalize_str("\xa9\u200d" + s)) == 3:
                f |= PICTOGRAPH
        else:
            f |= CONTROL
        flags[c] = f

    # Canonical combining classes: the library's, by where it sorts each mark among one
    # representative of every class.
    representatives = {}
    for c in SCALARS:
        ccc = unicodedata.combining(chr(c))
        if ccc and nfd.normalize_str("a\u0345" + chr(c)) != "a\u0345" + chr(c):
            representatives.setdefault(ccc, chr(c))
    representatives.setdefault(240, "\u0345")
    classes = [0] * 0x110000
    low_mark = representatives[min(representatives)]
    for c in SCALARS:
        s = chr(c)
        if flags[c] & CANONICAL:
            continue
        after_high = nfd.normalize_str("a\u0345" + s) != "a\u0345" + s
        before_low = nfd.normalize_str("a" + s + low_mark) != "a" + s + low_mark
        if not after_high and not before_low:
            continue
        ccc = unicodedata.combining(s)
        for other, mark in representatives.items():
            swapped = nfd.normalize_str("a" + mark + s) != "a" + mark + s
            assert swapped == (ccc < other), (hex(c), ccc, other)
        classes[c] = ccc
        flags[c] |= ORDERED

    compositions = []
    for c in SCALARS:
        parts = unicodedata.decomposition(chr(c)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            a, b = (int(p, 16) for p in parts)
            if nfc.normalize_str(chr(a) + chr(b)) == chr(c):
                compositions.append((a, b, c))

    # Oniguruma, by general category.
    everything = "".join(map(chr, SCALARS))
    category = [CATEGORIES.index("Cn")] * 0x110000
    for index, name in enumerate(CATEGORIES):
        split = pre_tokenizers.Split(Regex(rf"\p{{{name}}}+"), "isolated")
        member = Regex(rf"^\p{{{name}}}")
        first = pre_tokenizers.Split(Regex(rf"\p{{{name}}}"), "removed")
        for piece, (start, end) in split.pre_tokenize_str(everything):
            if not first.pre_tokenize_str(piece[0]):
                for at in range(start, end):
                    category[SCALARS[at]] = index
    space = pre_tokenizers.Split(Regex(r"\s"), "removed")
    for c in SCALARS:
        assert (not space.pre_tokenize_str(chr(c))) == bool(flags[c] & WHITESPACE), hex(c)

    write(flags, lowercase, canonical, compatibility, classes, compositions, category)


def table(name, kind, values, comment):
    lines = [f"  /// {line}" for line in comment.split("\n")]
    lines.append(f'  static let {name}: [{kind}] = numbers(')
    lines.append('    """')
    texts = (f"{v if v >= 0 else v & 0xFFFFFFFF:X}" for v in values)
    lines += textwrap.wrap(" ".join(texts), 96, initial_indent="    ", subsequent_indent="    ")
    lines.append('    """)')
    return "\n".join(lines)


def write(flags, lowercase, canonical, compatibility, classes, compositions, category):
    ranges = []  # first, last, stride, delta
    special = {}
    for c, low in sorted(lowercase.items()):
        if len(low) > 1:
            special[c] = low
            continue
        delta = ord(low) - c
        if ranges:
            first, last, stride, d = ranges[-1]
            step = c - last
            if d == delta and (step in (1, 2)) and (first == last or step == stride):
                ranges[-1] = (first, c, step, d)
                continue
        ranges.append((c, c, 1, delta))
    assert special == {0x130: "i\u0307"}, special

    def flat(decompositions):
        out = []
        for c, text in sorted(decompositions.items()):
            out += [len(text) << 24 | c] + [ord(x) for x in text]
        return out

    parts = [
        table("properties", "UInt64", [c << 16 | f for c, f in runs(flags)],
              "`scalar << 16 | ScalarFlags` wherever the flags change."),
        table("lowercase", "Int32", [v for r in ranges for v in r],
              "First, last, stride, delta: the one-to-one lowercase mappings. The only longer one,\n"
              "U+0130, is in the code."),
        table("canonicalDecompositions", "UInt32", flat(canonical),
              "`length << 24 | scalar`, then the full canonical decomposition. Hangul syllables are\n"
              "left to arithmetic."),
        table("compatibilityDecompositions", "UInt32", flat(compatibility),
              "The same for compatibility decompositions that differ from the canonical ones."),
        table("combiningClasses", "UInt32", [c << 8 | v for c, v in runs(classes)],
              "`scalar << 8 | class` wherever the canonical combining class changes."),
        table("compositions", "UInt32",
              [v for triple in sorted(compositions) for v in triple],
              "First, second, composite: the canonical compositions, sorted."),
        table("generalCategories", "UInt32", [c << 8 | v for c, v in runs(category)],
              "`scalar << 8 | index in GeneralCategory` wherever the category changes."),
    ]
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(
        "// Written by Tests/Fixtures/tokenizers/unicode_tables.py from what the tokenizers library\n"
        f"// {tokenizers.__version__} answers for every Unicode scalar. Do not edit.\n\n"
        "/// Character data as the reference library sees it, as sorted runs.\n"
        "///\n"
        "/// Each table is a text of hexadecimal numbers, because a compiler takes many seconds over\n"
        "/// array literals of this length and none over a string.\n"
        "enum UnicodeTables {\n" + "\n\n".join(parts) + "\n" + READER + "}\n")


if __name__ == "__main__":
    main()
