"""The tokenizer's table of normalisation: NFKC, lower case, and disguised letters as plain ones.

A model of SentencePiece carries its normalisation as a table from characters to characters. Ours
also reads look-alike letters of other scripts, letters in circles and squares, and emoji in place of
letters as the Latin letter they stand for, and drops characters that cannot be seen. Greek and
Cyrillic text is changed too: the languages are English and French.
"""

import io
import pathlib
import sys
import tempfile
import unicodedata

LETTERS = {
    "a": "аάɑα🅰ªåäāă", "b": "ЬƄвβ🅱", "c": "сϲ©", "d": "ԁđ", "e": "еєėēę📧ε", "g": "ɡğ", "h": "һн♓",
    "i": "іӏìíιℹ¡ı", "j": "ј", "k": "κк", "l": "ⅼӏł🕒", "m": "мⅿⓂ", "n": "ոñпηń♑", "o": "оοσø⭕🅾ò",
    "p": "рρ🅿", "q": "ԛ", "r": "гř®", "s": "ѕš💲ś", "t": "тτ✝", "u": "սυц⛎", "v": "ѵν♈", "w": "ѡωԝ〰",
    "x": "хχ❌", "y": "уγý💹υ", "z": "ž💤ż",
}
#: Not seen, or only marks how the character before is drawn.
UNSEEN = [0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
          0xFEFF, *range(0xFE00, 0xFE10), 0x20E3, *range(0xE0000, 0xE0080)]
MARKS = "_~|^`"
SPACES = [9, 10, 11, 12, 13, 0x85, 0x2028, 0x2029]
CONTROLS = [*range(1, 9), *range(0xE, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0)]


def table():
    """From strings to strings; every other character stays."""
    found = {}
    for code in range(1, 0x30000):
        if not 0xD800 <= code < 0xE000:
            source = chr(code)
            target = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", source).lower())
            if target != source and not target.startswith("\u0307"):
                found[source] = target
    for letter, others in LETTERS.items():
        for other in others:
            for form in (other, other.upper()):
                if len(form) == 1:
                    found[form] = letter
        place = ord(letter) - ord("a")
        for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
            found[chr(base + place)] = letter
    for code in (*UNSEEN, *CONTROLS):
        found[chr(code)] = ""
    for mark in MARKS:
        found[mark] = ""
    for code in SPACES:
        found[chr(code)] = " "
    for code in range(0xC0, 0x250):  # a letter with a combining mark, as one character
        split = unicodedata.normalize("NFD", chr(code))
        if len(split) == 2:
            found[split] = found.get(chr(code), chr(code))
    found["’"] = found["ʼ"] = found["‘"] = "'"
    found["“"] = found["”"] = found["«"] = found["»"] = '"'
    found.pop("\0", None)
    return found


def charsmap():
    """The table in SentencePiece's form, a double-array trie and the strings it leads to."""
    import sentencepiece
    import sentencepiece.sentencepiece_model_pb2 as format

    def numbers(text):
        return " ".join(f"{ord(c):X}" for c in text)

    with tempfile.TemporaryDirectory() as folder:
        rules = pathlib.Path(folder) / "rules.tsv"
        rules.write_text("".join(
            f"{numbers(a)}\t{numbers(b)}\n" for a, b in sorted(table().items())))
        made = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b c d e f g h i j k"] * 4), model_writer=made, vocab_size=16,
            hard_vocab_limit=False, normalization_rule_tsv=str(rules), minloglevel=2)
    model = format.ModelProto()
    model.ParseFromString(made.getvalue())
    return model.normalizer_spec.precompiled_charsmap


if __name__ == "__main__":
    print(len(table()), len(charsmap()), file=sys.stderr)
