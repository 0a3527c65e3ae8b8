"""Plain sentences made from patterns: what people say without the words of any list, and its twins.

The sets hardly hold second-person insults in plain words, threats without threatening words, wishes
of harm, or French; and few of the harmless sentences that look alike: objects, self-criticism,
sport, code, counter-speech, identity terms in neutral use, reported speech, news. Patterns and
fillers are in `plain_en.txt` and `plain_fr.txt`; `[a|b]` is a choice, `{name}` a filler.

    python -m weights.plain [COUNT]      # shows some
"""

import pathlib
import random
import re
import sys

from weights.rows import NO, UNKNOWN, YES, Row, key

HERE = pathlib.Path(__file__).resolve().parent
CHOICE = re.compile(r"\[([^\[\]]*)\]")
ARTICLE = re.compile(r"\b([Aa])n? (?=(\w))")
SLOT = re.compile(r"\{(\w+)\}")
#: Labels of a section: offensive, obscene, threatening, insult, hate.
SECTIONS = {
    "insult": [YES, NO, NO, YES, NO],
    "vulgar": [YES, YES, NO, YES, NO],
    "threat": [YES, NO, YES, NO, NO],
    "wish": [YES, NO, YES, UNKNOWN, NO],
    "hate": [YES, UNKNOWN, NO, UNKNOWN, YES],
    "hate-threat": [YES, UNKNOWN, YES, UNKNOWN, YES],
    "harmless": [NO, NO, NO, NO, NO],
    "swearing": [NO, NO, NO, NO, NO],
}
ENDINGS = {"en": ["", "", "", "", "!", "!!", " lol", "...", " 😂", ", seriously"],
           "fr": ["", "", "", "", "!", " !!", " mdr", "...", " 😂", ", sérieux"]}
STARTS = {"en": ["", "", "", "", "", "@user ", "hey, ", "honestly ", "well, ", "ok, "],
          "fr": ["", "", "", "", "", "@user ", "eh, ", "franchement ", "bon, ", "ok, "]}


def grammar(language):
    """Fillers by name, and patterns as (section, pattern)."""
    fillers, patterns, section = {}, [], None
    for line in (HERE / f"plain_{language}.txt").read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("= "):
            section = line[2:]
        elif section is None:
            name, _, values = line.partition(":")
            fillers[name] = [v.strip() for v in values.split("|")]
        else:
            patterns.append((section, line))
    return fillers, patterns


def article(found):
    return found[1] + ("n " if found[2].lower() in "aeio" else " ")


def expand(pattern, fillers, rng):
    while True:
        text = CHOICE.sub(lambda m: rng.choice(m[1].split("|")), pattern)
        text = SLOT.sub(lambda m: rng.choice(fillers[m[1]]), text)
        if text == pattern:
            return ARTICLE.sub(article, re.sub(r"\s+(?=[\s,.])", "", text).strip())
        pattern = text


def styled(text, language, rng):
    """As people type: endings, openings, case, missing apostrophes and accents."""
    if rng.random() < 0.5:
        ending = rng.choice(ENDINGS[language])
        text = (text.rstrip(".!") if ending else text) + ending
    if rng.random() < 0.3:
        text = rng.choice(STARTS[language]) + text
    place = rng.random()
    if place < 0.06:
        text = text.upper()
    elif place < 0.5:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.12:
        text = text.replace("'", "" if language == "en" else rng.choice(["", " "]))
    if language == "fr" and rng.random() < 0.15:
        text = text.translate(str.maketrans("éèêàùçîôûâ", "eeeaucioua"))
    return text


def rows(each=70, seed=17):
    """About `each` sentences of a pattern, as far as its choices go, without sentences of the suite."""
    from weights import sources

    barred = {key(text) for text, *_ in sources.suite()}
    rng, made = random.Random(seed), []
    for language in ("en", "fr"):
        fillers, patterns = grammar(language)
        seen = set()
        for number, (section, pattern) in enumerate(patterns):
            for _ in range(each):
                text = expand(pattern, fillers, rng)
                value = key(text)
                if value in seen or value in barred:
                    continue
                seen.add(value)
                made.append(Row(f"plain-{language}", f"{section} {len(made)}", styled(text, language, rng),
                                SECTIONS[section], "train", language, f"{language} pattern {number}"))
    return made


def texts():
    return [row.text for row in rows()]


if __name__ == "__main__":
    found = rows()
    print(len(found))
    for row in random.Random().sample(found, int(sys.argv[1]) if len(sys.argv) > 1 else 30):
        print(row.id, "|", row.text)
