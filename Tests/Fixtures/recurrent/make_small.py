"""A small random model with the whole text preparation, and what Python makes of hard texts.

    python make_small.py        # PyTorch; versions in Weights/weights/charword/requirements.txt

Writes small/: a bundle and cases.json with the ids and scores of each text.
"""

import json
import pathlib
import random
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "Weights"))
import torch  # noqa: E402

from weights.charword import data  # noqa: E402
from weights.charword import disguise  # noqa: E402
from weights.charword import export  # noqa: E402
from weights.charword import model  # noqa: E402
from weights.charword import preparation  # noqa: E402

model.CONFIGURATION = {
    "characters": {"size": 6, "widths": [2, 3, 4], "filters": 10},
    "words": {"size": 8, "units": 6, "attention": 5, "base": 4},
    "subwords": {"minimum": 3, "maximum": 5, "buckets": 64},
    "dense": 12,
}
WORDS = """<user> <link> <number> the a to i and you garden lovely weather wonderful don't potato
tomato banana cabbage pass passes a$$ets coffee bookkeeper hello helo été l'eau naïve straße 😂 ❤
h8 gr8 1st <3 c3po o'clock rock'n'roll मन्दिर здравствуйте こんにちは well-known pumpkin potted"""
TEXTS = [
    "", " ", "\t\n", "Hello, lovely garden!", "HELLO HELLO", "I don't know the weather",
    "don’t", "@user hello", "@someone_else: look https://t.co/abc WWW.example.org", "@ @@ @! @nd",
    "@p@ss", "@banana", "@b@n@n@", "p0t@t0 t0mat0", "p o t a t o", "a p o t a t o i",
    "the p-o-t-a-t-o", "p.o.t.a.t.o!", "c0ff33 ©offee ｃｏｆｆｅｅ ⓒⓞⓕⓕⓔⓔ 𝒸𝑜𝒻𝒻𝑒𝑒 🅲🅾🅵🅵🅴🅴",
    "hellooooo heeeello helllllo bookkkkeeper", "b*n*n* b##ana c*bb*g* p***** ****** *", "cab-bage",
    "cab\u200bbage cab\u00adbage \u200b \ufeff", "good/potato/garden", "in/on a/b", "x/y/zzz",
    "banana,tomato;cabbage", "ba.na,na", "...banana...", "(banana)", "$banana$ banana+ €banana",
    "10 1,000 3.14 10% #1 -5 2nd 1st h8 gr8 m8 12b", "😂😂 ❤️ 👨‍👩‍👧 👍🏽 🇫🇷 hello😂there",
    "été ÉTÉ e\u0301te\u0301 l'eau L’eau naïve STRASSE straße", "İstanbul ǅ ΣΑΣ", "ß ẞ ﬁ ﬀ ²³ ½ ℌ",
    "Здравствуйте ЗДРАВСТВУЙТЕ", "مرحبا بالعالم ١٢٣", "मन्दिर", "こんにちは世界", "한국어 각",
    "bаnаnа (Cyrillic a)", "bαnαnα", "tοmаtο", "~~~ !!! ??? :) ;-) <3 </3", "\"quoted\" 'single' `b`",
    "a.b.c.d", "i.e.", "u.s.a", "rock'n'roll o'clock 'tis", "well-known well–known well—known",
    "under_score snake_case_word", "#hashtag #potato", "a\u00a0b\u2003c\u3000d\u0085e\u2028f",
    "a" * 300, "ab " * 40, "x y", "x y z", "! ! !", "* * *", "1 2 3 4", "b a n a n a s",
    "\u0000\u0001\u007f", "\U0010ffff\ue000", "p\u0336o\u0336t\u0336a\u0336t\u0336o\u0336",
    "ρotato ποτατο", "𝗉𝗈𝗍𝖺𝗍𝗈 𝐏𝐎𝐓𝐀𝐓𝐎 ℙ𝕠𝕥𝕒𝕥𝕠", "ᵖᵒᵗᵃᵗᵒ", "P0T470 7OM47O", "l0v€ly g@rd3n w3@7h€r!!",
    "pa$$ pa55 p@ss p@$$", "héllo hèllo hëllo", "pass.es", "p a s s . e s", "thé, gärden",
    "he1lo hel|o h3!10 1ove|y LOV€1Y 1|1 1a", "(0ff33 (offee (the +omato !and", "8anana 9otato pa6e",
    "pot-to b-n-na pota-o- -otato th* t*e p#ssed po*tato c*ff*e*", "🅱anana 🅑🅐🅝🅐🅝🅐 ⓟⓞⓣⓐⓣⓞ! Ⓟ 🇵🇴🇹 🇺🇸",
    "①② m² ²ⁿᵈ ª º 🆗", "ｐｏｔａｔｏ！ 🄿🄾🅃🄰🅃🄾 𝓅ⓞ𝓉🅰𝓉⓪", "𝟏𝟎 𝟏st ℎⅇllo",
]


def main():
    random.seed(3)
    torch.manual_seed(3)
    words = WORDS.split()
    letters = " etaoinshrludcmygwbfpkvjxqz0123456789@$*#.,!'éа😂مこ\u200b"
    text = preparation.tables() | {
        "characters": letters, "maximumCharacters": 120, "maximumWords": 30}
    prepare = preparation.Preparation(text, words, model.CONFIGURATION["subwords"])
    network = model.CharacterWordModel(
        torch.randn(len(words) + 2, 4), len(letters) + 2, len(data.LABELS))
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn_like(weight) * 0.5)
        network.characters.weight[0] = 0
        network.base[:2] = 0
    folder = here / "small"
    export.write(folder, network, text, words, [prepare.grams(w) for w in words])

    disguiser = disguise.Disguiser(set(words), disguise.KINDS | disguise.UNSEEN, 0.3)
    rng = random.Random(9)
    plain = ["The lovely weather and you", "a wonderful potato, hello garden", "coffee and cabbage"]
    texts = TEXTS + [disguiser(rng.choice(plain), rng) for _ in range(80)]
    scorer = export.Scorer(folder)
    cases = []
    for value, scores in zip(texts, scorer(texts)):
        characters, found, truncated = scorer.preparation(value)
        cases.append({
            "text": value, "characters": characters,
            "words": [w if isinstance(w, int) else scorer.preparation.grams(w) for w in found],
            "isTruncated": truncated, "scores": [round(float(s), 8) for s in scores],
        })
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    (folder / "cases.json").write_text(f"[\n{lines}\n]\n")
    print(len(cases), sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
