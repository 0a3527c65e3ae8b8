"""The sets that the first moderator was trained on: tweets and posts, mostly found by keywords.

Each reader yields `Row`s, with what the set says about each of the five labels.
"""

import csv
import gzip
import io
import json
import re
import zipfile

from weights.rows import NO, UNKNOWN, WEAK_NO, YES, Row, clean

OBSCENE = re.compile(
    r"\b(?:\w*fuck\w*|fck\w*|fuk\w*|\w*shit(?!ake|tim)\w*|puss(?:y|ies)|dick(?:s|head\w*|ing)?|"
    r"cock(?:s|suck\w*)?|cunt\w*|cum(?:s|ming|shot\w*|dump\w*)?|\w*assh[o0]le\w*|tit(?:s|ties|ty)|"
    r"piss(?:ed|ing|es)?|jerk(?:ing)? off|jack(?:ing)? off|blow ?jobs?|hand ?jobs?|wank\w*|twat\w*|"
    r"dildo\w*|porn\w*|boner\w*|jizz\w*|fap\w*|clit\w*|anal|orgasm\w*|turds?|poop\w*|"
    r"merde\w*|encul\w*|bites?|couill\w*|chier|foutre|foutu\w*|nique\w*|niqu[eé]\w*|branl\w*)\b",
    re.IGNORECASE,
)
MILD = re.compile(
    r"\b(?:\w*ass|asses|crap\w*|boob\w*|butt\w*|suck\w*|bang(?:ed|ing)|sex\w*|nude\w*|naked|horny|"
    r"wtf|lmfao|stfu|cul|putain\w*|sexe\w*)\b",
    re.IGNORECASE,
)

#: Words that make it unsafe to assume that an unmarked text is inoffensive.
RUDE = re.compile(
    r"\b(?:bitch\w*|biatch|hoe?s?|slut\w*|whor\w*|skank\w*|thots?|retard\w*|fag\w*|dyke\w*|"
    r"trann\w*|nig\w*|spic\w*|kike\w*|chink\w*|gook\w*|paki\w*|muzz\w*|cuck\w*|simp\w*|idiot\w*|"
    r"moron\w*|stupid\w*|dumb\w*|imbecile\w*|scum\w*|trash|garbage|bastard\w*|damn\w*|hell|"
    r"kill\w*|rape\w*|die|ugly|loser\w*|pathetic|disgusting|freak\w*|femin\w*|roast\w*|thot\w*|"
    r"jew\w*|muslim\w*|islam\w*|black\w*|gay\w*|homo\w*|lesb\w*|trans\w*|immigra\w*|migra\w*)\b",
    re.IGNORECASE,
)


def obscenity(text, known_clean=False):
    if OBSCENE.search(text):
        return UNKNOWN if known_clean else YES
    return UNKNOWN if MILD.search(text) else NO


def read_tdavidson(folder):
    with open(folder / "tdavidson/data/labeled_data.csv", newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            text, kind = clean(line["tweet"]), int(line["class"])
            neither = kind == 2
            yield Row("tdavidson", line[""], text, [
                NO if neither else YES,
                obscenity(text, known_clean=neither),
                NO if neither else UNKNOWN,
                NO if neither else UNKNOWN,
                YES if kind == 0 else NO,
            ])


def read_edos(folder):
    with open(
        folder / "edos/data/edos_labelled_aggregated.csv", newline="", encoding="utf-8"
    ) as file:
        for line in csv.DictReader(file):
            text = clean(line["text"])
            category, vector = line["label_category"][:1], line["label_vector"][:3]
            if line["label_sexist"] == "not sexist":
                harmless = not any(words.search(text) for words in (OBSCENE, MILD, RUDE))
                labels = [
                    WEAK_NO if harmless else UNKNOWN,
                    obscenity(text), WEAK_NO, WEAK_NO, WEAK_NO,
                ]
            else:
                insult = vector in ("2.1", "2.2", "2.3", "3.1")
                labels = [
                    YES if category in "12" or vector == "3.1" else UNKNOWN,
                    obscenity(text),
                    YES if category == "1" else NO,
                    YES if insult else UNKNOWN if category == "1" else NO,
                    YES if category in "12" else UNKNOWN,
                ]
            split = {"train": "train", "dev": "validation", "test": "test"}[line["split"]]
            yield Row("edos", line["rewire_id"], text, labels, split)


def read_openai(folder):
    with gzip.open(
        folder / "openai_moderation/data/samples-1680.jsonl.gz", "rt", encoding="utf-8"
    ) as file:
        for index, line in enumerate(file):
            sample = json.loads(line)
            text = clean(sample["prompt"])
            sexual, hate, violence, harassment, threat = (
                sample.get(key) for key in ("S", "H", "V", "HR", "H2")
            )

            def known(value):
                return UNKNOWN if value is None else YES if value else NO

            if 1 in (hate, harassment, threat):
                offensive = YES
            elif (hate, harassment, violence, sexual) == (0, 0, 0, 0):
                offensive = NO
            else:
                offensive = UNKNOWN
            if 1 in (violence, threat):
                threatening = YES
            else:
                threatening = NO if violence == 0 else UNKNOWN
            obscene = known(sexual)
            if obscene != YES and OBSCENE.search(text):
                obscene = UNKNOWN
            yield Row("openai", str(index), text, [
                offensive,
                obscene,
                threatening,
                known(harassment),
                YES if 1 in (hate, threat) else known(hate),
            ])


def read_mlma(folder):
    files = {"en": "en_dataset_with_stop_words", "fr": "fr_dataset", "ar": "ar_dataset"}
    with zipfile.ZipFile(folder / "mlma/hate_speech_mlma.zip") as archive:
        for language, name in files.items():
            raw = archive.read(f"hate_speech_mlma/{name}.csv").decode("utf-8")
            for line in csv.DictReader(io.StringIO(raw, newline="")):
                text = clean(line["tweet"])
                kinds = set(line["sentiment"].split("_"))
                if language == "ar":
                    obscene = UNKNOWN
                else:
                    obscene = obscenity(text)
                if kinds == {"normal"}:
                    labels = [NO, obscene, NO, NO, NO]
                elif "normal" in kinds:
                    labels = [UNKNOWN, obscene, UNKNOWN, UNKNOWN, UNKNOWN]
                else:
                    labels = [
                        YES if kinds != {"fearful"} else UNKNOWN,
                        obscene,
                        UNKNOWN,
                        YES if kinds & {"abusive", "disrespectful"} else UNKNOWN,
                        YES if "hateful" in kinds else WEAK_NO,
                    ]
                yield Row(f"mlma-{language}", line["HITId"], text, labels, language=language)
