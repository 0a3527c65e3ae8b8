"""Composes minilm/texts.json: 240 varied, harmless, made-up texts, the same on every run."""

import json
import pathlib
import random

SUBJECTS = [
    "the baker", "my neighbour", "a tired cyclist", "our librarian", "the orchestra",
    "an old lighthouse", "the robot in the hall", "nobody", "each of the twins", "the committee",
]
VERBS = [
    "painted", "forgot", "measured", "photographed", "politely ignored", "repaired",
    "was thinking about", "sold", "carried", "described",
]
OBJECTS = [
    "seven blue kites", "the map of the harbour", "a bowl of soup", "its own reflection",
    "the 10:45 train", "an unread letter", "three wet umbrellas", "the town's only clock",
    "a jar of buttons", "the last chapter",
]
TAILS = [
    ".", "!", "?", "...", ", as usual.", " before breakfast;", " (twice)", " — or so they say.",
    " in 1987, at 3.5% interest", " #sunday",
]

MULTILINGUAL = [
    "Le boulanger a oublié d'éteindre le four, mais personne ne s'en est aperçu.",
    "Où est-ce qu'on se retrouve demain ? À l'entrée du musée, côté jardin.",
    "Ça va être l'été : l'âne brait, le maïs pousse, et Noël est loin.",
    "Der Bäcker grüßt höflich, während draußen Schnee fällt.",
    "Straßenbahnhaltestellenfahrplanauskunft",
    "El niño pequeño soñó con una cigüeña añil.",
    "A menina não comeu o pão de ló porque já era amanhã.",
    "Il gatto dormì sul davanzale finché non piovve.",
    "Zażółć gęślą jaźń w środę o świcie.",
    "Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "Árvíztűrő tükörfúrógép.",
    "Flygande bäckasiner söka hwila på mjuka tuvor.",
    "Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa.",
    "Türkçede İstanbul ve ışık kelimeleri noktalı ve noktasız yazılır.",
    "Tôi thích uống cà phê sữa đá vào buổi sáng.",
    "Съешь ещё этих мягких французских булок, да выпей чаю.",
    "Щастя — це коли тебе розуміють.",
    "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. ΟΔΟΣ ΣΟΦΟΚΛΕΟΥΣ",
    "הספרייה נפתחת בשעה תשע בבוקר.",
    "السماء صافية اليوم والطيور تغني.",
    "مَدْرَسَةٌ جَدِيدَةٌ",
    "मैं कल बाज़ार जाऊँगा और आम लाऊँगा।",
    "আজ আকাশে অনেক মেঘ।",
    "நான் நாளை பள்ளிக்குச் செல்வேன்.",
    "วันนี้อากาศดีมาก",
    "我明天要去图书馆还书。",
    "今天天氣很好，我們去公園散步吧！",
    "吾輩は猫である。名前はまだ無い。",
    "カタカナとひらがなと漢字 ｶﾀｶﾅ",
    "오늘은 날씨가 참 좋네요.",
    "오늘은",
    "ᎣᏏᏲ ᏂᎦᏓ",
    "გამარჯობა მეზობელო",
    "Բարեւ հարեւան",
    "English и русский и 中文 và tiếng Việt in one line",
]

MARKS = [
    "cafe\u0301 nai\u0308ve re\u0301sume\u0301", "café naïve résumé", "Å A\u030a \u212b",
    "e\u0301\u0302\u0303\u0304 stacked", "ﬁne ﬂour oﬃce", "ＦＵＬＬ ｗｉｄｔｈ １２３",
    "x² + y³ = z⁴ ½ ¼", "№ 5 ™ © ® ℠", "Ⅻ ⅷ ①②③", "ß ẞ SS ss", "ĳ Ĳ ǆ ǅ", "Σίσυφος ΣΊΣΥΦΟΣ",
    "İi Iı", "q\u0307\u0323 q\u0323\u0307", "\u1e9b\u0323",
]

EMOJI = [
    "😀", "🎉🎉🎉 party at noon!", "I ❤️ tea", "I ❤ tea", "👍🏽 well done 👍", "👩‍👩‍👧‍👦 family picnic",
    "🏳️‍🌈 🇫🇷 🇯🇵", "☀️→🌧️→🌈", "1️⃣ 2️⃣ 3️⃣", "🦊quick🐢slow", "word😀word", "¯\\_(ツ)_/¯", "( ͡° ͜ʖ ͡°)", ":-) ;-P <3",
    "🫠🫡🪿", "™️©️",
]

CONTROL = [
    "", " ", "   \t  ", "\n\n\n", "\r\nline one\r\nline two\r\n", "tab\tseparated\tvalues",
    "null\x00inside", "bell\x07 and escape\x1b[31m red", "delete\x7f me", "next\x85line",
    "zero\u200bwidth\u200cjoin\u200der", "soft\u00adhyphen", "\ufeffbyte order mark",
    "no-break\u00a0space and thin\u2009space and ideographic\u3000space",
    "left\u200eto\u200fright \u202ereversed\u202c", "replacement \ufffd character",
    "private \ue000 use", "noncharacter \uffff end", "variation\ufe0f selector",
    "line\u2028separator paragraph\u2029separator", "tag\U000e0041\U000e007f", "word\u2060joiner",
]

SHAPES = [
    "a", "I", "?", ".", "!!!???", "...", "—", "'", "\"\"", "0", "42", "3.14159", "1,000,000.00",
    "12:30pm", "2024-02-30", "+33 1 23 45 67 89", "user@example.org", "https://example.org/a?b=c&d=%20#e",
    "C:\\temp\\notes.txt", "#hashtag @mention", "snake_case camelCase kebab-case SCREAMING_CASE",
    "don't can't won't it's o'clock rock'n'roll", "w-o-r-d w.o.r.d w o r d", "sooooo looooong",
    "h3ll0 w0r1d", "AbCdEfG", "UPPER CASE SENTENCE.", "[CLS] [SEP] [PAD] [MASK] [UNK]",
    "[cls]", "##ing ## #", "a" * 99, "a" * 100, "a" * 101, "ab" * 400, "supercalifragilistic" * 3,
    "{\"json\": [1, 2, {\"a\": null}]}", "<p class=\"x\">html &amp; entities</p>", "SELECT * FROM tea;",
    "f(x) = ∫₀^∞ e^{-x²} dx ≈ 0.886", "α β γ ∑ ∏ √ ∞ ≠ ≤", "$5 €10 £20 ¥30 ₹40 ₿", "↑↓←→ ■□▲△ ♪♫",
    "~`!@#$%^&*()_+-={}[]|\\:;\"'<>,.?/", "，。！？；：“”‘’（）【】", "«guillemets» „low“ ‹single›",
]


def sentence(chance: random.Random) -> str:
    text = f"{chance.choice(SUBJECTS)} {chance.choice(VERBS)} {chance.choice(OBJECTS)}"
    return text[0].upper() + text[1:] + chance.choice(TAILS)


def make() -> list[str]:
    chance = random.Random(20)
    texts = MULTILINGUAL + MARKS + EMOJI + CONTROL + SHAPES
    # Every length up to beyond the model's 256 tokens, then 700 words.
    for words in [*range(1, 41), 60, 80, 100, 120, 150, 180, 200, 220, 240, 250, 255, 260, 300, 700]:
        text = ""
        while len(text.split()) < words:
            text += sentence(chance) + " "
        texts.append(" ".join(text.split()[:words]))
    pieces = MULTILINGUAL + MARKS + EMOJI + SHAPES[:20]
    while len(texts) < 239:
        parts = [chance.choice(pieces), sentence(chance), chance.choice(pieces)]
        chance.shuffle(parts)
        texts.append(chance.choice([" ", "  ", "\n", ", "]).join(parts[:chance.randint(1, 3)]))
    # 700 words of many scripts: cut somewhere inside.
    texts.append(" ".join((" ".join(MULTILINGUAL) + " ").split() * 4)[:6000])
    return texts


if __name__ == "__main__":
    texts = make()
    path = pathlib.Path(__file__).parent / "minilm/texts.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(texts, ensure_ascii=True, indent=0) + "\n")
    print(f"{len(texts)} texts, {path.stat().st_size:,} bytes")
