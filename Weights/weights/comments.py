"""Sets of comments, forum posts and sentences whose abuse is not tied to a list of words.

Each reader yields `Row`s. What a set does not say stays unknown: `(0, 0)` is no label, not a zero.
"""

import collections
import csv
import json
import random

from weights.rows import NO, UNKNOWN, WEAK_NO, WEAK_YES, YES, Row, clean, key
from weights.tweets import MILD, OBSCENE

HARMLESS = [NO] * 5
HATE = [YES, UNKNOWN, UNKNOWN, UNKNOWN, YES]


def table(path, delimiter=","):
    csv.field_size_limit(1 << 24)
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def clean_words(text):
    """Unknown where a vulgar word may make an unmarked text obscene."""
    return UNKNOWN if OBSCENE.search(text) or MILD.search(text) else NO


def read_toxic_spans(folder):
    """Comments on news with spans that raters typed: two raters count, one leaves it unknown."""
    texts = {r["comment_id"]: clean(r["comment_text"]) for r in table(folder / "toxic_spans/comments.csv")}
    raters, comment = collections.Counter(), {}
    for r in table(folder / "toxic_spans/annotations.csv"):
        comment[r["annotation"]] = r["comment_id"]
        raters[r["comment_id"]] += 1
    types = collections.defaultdict(set)
    for r in table(folder / "toxic_spans/spans.csv"):
        types[comment[r["annotation"]], r["type"]].add(r["annotation"])
    for name, text in texts.items():
        votes = {kind: len(types.get((name, kind), ())) for kind in
                 ("Insult", "Profane/Obscene", "Threat", "Identity based Attack", "Other")}

        def label(kind):
            if votes[kind] >= 2:
                return YES
            return WEAK_NO if votes[kind] == 0 and raters[name] >= 3 else UNKNOWN

        obscene = YES if OBSCENE.search(text) else label("Profane/Obscene")
        yield Row("toxic_spans", name, text, [
            YES if max(votes.values()) >= 2 else UNKNOWN, obscene, label("Threat"), label("Insult"),
            label("Identity based Attack")])


def read_paradetox(folder):
    """Rude sentences and what people made of them when asked to say the same without rudeness."""
    rude, polite, group = {}, {}, {}
    for r in table(folder / "paradetox/paradetox.tsv", "\t"):
        text = clean(r["toxic"])
        rude[key(text)] = text
        first = next((r[f"neutral{i}"] for i in (1, 2, 3) if r[f"neutral{i}"]), None)
        if first:
            polite[key(first)] = clean(first)
            group[key(first)] = key(text)
    for r in table(folder / "paradetox/paradetox_cannot_rewrite.tsv", "\t"):
        text, reasons = clean(r["INPUT:toxic_comment"]).strip('"'), json.loads(r["OUTPUT:reasons"])
        if reasons.get("not_toxic"):
            polite.setdefault(key(text), text)
        elif reasons.get("toxic_content"):
            rude.setdefault(key(text), text)
    for name in rude.keys() - polite.keys():
        text = rude[name]
        yield Row("paradetox", name, untokenised(text), [
            YES, YES if OBSCENE.search(text) else UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN], group=name)
    for name in polite.keys() - rude.keys():
        text = polite[name]
        yield Row("paradetox", name, untokenised(text), [
            NO, clean_words(text), NO, NO, WEAK_NO], group=group.get(name, name))


def untokenised(text):
    """`you 're a fool .` as people write it; every second text also with a capital letter."""
    text = text.replace("`` ", "\"").replace(" ''", "\"")
    for mark in (" .", " ,", " !", " ?", " '", " n't", " ;", " :"):
        text = text.replace(mark, mark[1:])
    text = text.replace(" i ", " I ").replace("\ufe0f", "")
    return text[:1].upper() + text[1:] if len(text) % 2 else text


def read_hatemoji(folder):
    """Posts that annotators wrote to fool a model, with small changes that turn the label."""
    for part, split in (("train", "train"), ("validation", "validation"), ("test", "test")):
        for r in table(folder / f"hatemoji/build_{part}.csv"):
            text = clean(r["text"])
            if r["label_gold"] == "1":
                threat = r["type"] == "threateninglanguage"
                labels = [YES, UNKNOWN, YES if threat else WEAK_NO,
                          WEAK_YES if r["type"] == "derogation" else UNKNOWN, YES]
            else:
                harmless = clean_words(text)
                labels = [WEAK_NO if harmless == NO else UNKNOWN, harmless, WEAK_NO, UNKNOWN, NO]
            group = min(r["entry_id"], r["matched_id"] or r["entry_id"], key=lambda i: int(float(i)))
            yield Row("hatemoji", r["entry_id"], text, labels, split, group=f"hatemoji {group}")


def read_misogyny(folder):
    """Posts of Reddit, labelled by experts."""
    for r in table(folder / "online_misogyny/final_labels.csv"):
        text = clean(r["body"])
        kind, third = r["level_2"], r["level_3"]
        if r["level_1"] == "Misogynistic":
            labels = [YES, UNKNOWN, YES if third.startswith("Threat") else WEAK_NO, UNKNOWN, YES]
        elif "personal_attack" in kind:
            labels = [YES, UNKNOWN, UNKNOWN, YES, WEAK_NO]
        elif kind.startswith("Counter"):
            labels = [NO, UNKNOWN, NO, NO, NO]
        else:
            labels = [UNKNOWN, UNKNOWN, WEAK_NO, UNKNOWN, NO]
        yield Row("misogyny", r["entry_id"], text, labels, "test" if r["split"] == "test" else "")


def read_stormfront(folder):
    """Sentences of a forum; only hate that needs no context is taken for hate."""
    for r in table(folder / "vicomtech_stormfront/stormfront.tsv", "\t"):
        text = untokenised(clean(r["text"]))
        if r["label"] == "hate" and r["num_contexts"] == "0":
            yield Row("stormfront", r["file_id"], text, HATE)
        elif r["label"] == "noHate":
            yield Row("stormfront", r["file_id"], text, [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, NO])


def read_jigsaw(folder):
    """Talk pages of Wikipedia with Jigsaw's labels: English, and the same in French."""
    columns = ("obscene", "threat", "insult", "identity_hate")
    seen = set()
    for r in table(folder / "toxifrench/subset_jigsaw.csv"):
        if r["msg_id"] in seen:
            continue
        seen.add(r["msg_id"])
        toxic = "1" in (r["toxic"], r["severe_toxic"]) or any(r[c] == "1" for c in columns)
        labels = [YES if toxic else NO, *(YES if r[c] == "1" else NO for c in columns)]
        for language, column in (("en", "original_text"), ("fr", "content")):
            text = clean(r[column]).strip('" \n')
            yield Row(f"jigsaw-{language}", r["msg_id"], text, labels, language=language,
                      group=f"jigsaw {r['msg_id']}")


def read_goemotions(folder):
    """Reddit without a label of abuse: kind emotions stand for harmless, at half weight."""
    kind = {"joy", "love", "gratitude", "admiration", "caring", "curiosity", "optimism", "relief",
            "approval", "excitement", "surprise", "confusion", "neutral", "sadness", "realization"}
    names = (folder / "goemotions/labels.txt").read_text().split()
    for part, split in (("train", "train"), ("dev", "validation"), ("test", "test")):
        with open(folder / f"goemotions/{part}.tsv", encoding="utf-8") as file:
            for text, labels, name in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found = {names[int(i)] for i in labels.split(",")}
                if not found <= kind or (found & {"neutral", "sadness", "realization"}
                                         and clean_words(text) != NO):
                    continue
                text = clean(text.replace("[NAME]", "@user").replace("[RELIGION]", "Christians"))
                weak = WEAK_NO if found <= {"neutral", "sadness", "realization"} else NO
                yield Row("goemotions", name, text,
                          [weak, UNKNOWN if OBSCENE.search(text) else NO, weak, weak, weak], split)


def read_toxigen(folder):
    """Sentences about thirteen groups, hateful and neutral."""
    seen = set()
    for path in sorted((folder / "toxigen_demos").glob("*.txt")):
        if path.name == "LICENSE.txt":
            continue
        for index, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            text = clean(line).strip("- ")
            if len(text) > 10 and key(text) not in seen:
                seen.add(key(text))
                labels = HATE if path.name.startswith("hate") else HARMLESS
                yield Row("toxigen", f"{path.stem} {index}", text, labels)


def read_templates(folder, count=400, seed=5):
    """A few hundred of the synthetic phrases against the bias of identity words."""
    lines = [r for r in table(folder / "conversationai/en_sentence_templates.csv")]
    random.Random(seed).shuffle(lines)
    for index, r in enumerate(lines[:count]):
        toxic = r["toxicity"] == "toxic"
        yield Row("templates", str(index), r["phrase"], [
            YES, UNKNOWN, UNKNOWN, WEAK_YES, UNKNOWN] if toxic else HARMLESS, "train")


def read_stories(folder):
    """Anecdotes told in French; presumed harmless, at half weight."""
    for part, split in (("train", "train"), ("dev", "validation"), ("test", "test")):
        lines = (folder / f"ud_parisstories_fr/{part}.txt").read_text(encoding="utf-8").splitlines()
        for index, line in enumerate(lines):
            text = clean(line.removeprefix("# text =")).strip()
            if len(text) > 12:
                obscene = clean_words(text)
                yield Row("stories-fr", f"{part} {index}", text,
                          [WEAK_NO if obscene == NO else UNKNOWN, obscene, WEAK_NO, WEAK_NO, WEAK_NO],
                          split, "fr")


READERS = (read_toxic_spans, read_paradetox, read_hatemoji, read_misogyny, read_stormfront, read_jigsaw,
           read_goemotions, read_toxigen, read_templates, read_stories)
