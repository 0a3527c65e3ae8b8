"""Trains the character-and-word classifier. Seeded; about an hour on one core.

    python -m weights.charword.train [--output char-word] [--encoder FOLDER] [--work FOLDER] [--threads 1]

Writes the bundle (export.py) with its figures (judge.py). Then card.py writes the model card.
"""

import argparse
import collections
import copy
import json
import pathlib
import random
import time

import numpy as np
import safetensors
import tokenizers
import torch

from weights.charword import (
    baseline, card, data, disguise, export, judge, model, preparation, teacher)
from weights.charword.embedder import Embedder, encoder_folder
from weights.charword.predict import (
    BATCH, SEED, batches, collate, positive_weights, predict, quality)

#: How much of a label's target is the teacher's score (teacher.py), the rest being the label. The
#: labels that annotators gave disagree with themselves; obscene follows a rule.
TRUST = {"offensive": 0.5, "obscene": 0.0, "threatening": 0.7, "insult": 0.5, "hate": 0.5}
#: What the teacher's score counts where a row has no label.
STAND_IN = 0.3
#: Part of the averaged weights that stays at each step.
AVERAGE = 0.998
#: Epochs and greatest learning rate of each cycle. A cycle starts from the averaged weights of the
#: one before.
CYCLES = [(5, 2e-3), (2, 1e-3)]
TEXT = {"maximumCharacters": 1024, "maximumWords": 256}


def build_preparation(rows, encoder):
    """Character and word lists from the training texts, general English from the encoder's list."""
    text = preparation.tables() | TEXT
    blank = preparation.Preparation(text, ["<user>", "<link>", "<number>"], model.CONFIGURATION["subwords"])
    letters, words, symbols = collections.Counter(), collections.Counter(), collections.Counter()
    for value in rows.texts:
        for chunk in blank.chunks(value):
            visible = blank.visible(chunk)
            if blank.kind(visible) is not None:
                continue
            letters.update(set(chunk))
            run = ""
            for c in visible + " ":
                if blank.is_symbol(c):
                    symbols[c] += 1
                elif c != " ":
                    run += c
                    continue
                core = blank.trimmed(run, ())
                soft = blank.trimmed(run, blank.edges)
                if core:
                    words.update({core, soft} if "@" not in soft else {core})
                run = ""
    least = 2
    chosen = [w for w, n in words.most_common() if n >= least and not w.isdigit() and len(w) <= 24]
    chosen.sort(key=lambda w: (-words[w], w))
    present = set(chosen)
    with open(encoder / "vocab.txt", encoding="utf-8") as file:
        general = [line.rstrip("\n") for line in file]
    chosen += [w for w in general if w.isalpha() and w.isascii() and len(w) > 1 and w not in present]
    faces = [c for c, n in sorted(symbols.items(), key=lambda p: (-p[1], p[0])) if n >= 5]
    text["characters"] = "".join(
        c for c, n in sorted(letters.items(), key=lambda p: (-p[1], p[0])) if n >= 8)
    if " " not in text["characters"]:
        text["characters"] = " " + text["characters"]
    # The disguises' characters, though rare as yet.
    extra = sorted(set("".join(disguise.HOMOGLYPHS.values()) + disguise.ZERO_WIDTH + "@$!|+(#*"))
    text["characters"] += "".join(c for c in extra if c not in text["characters"])
    listed = ["<user>", "<link>", "<number>"] + chosen + faces
    return text, listed


def base_vectors(words, encoder, size):
    """The encoder's own input vectors of single words (the mean over a word's pieces), reduced to
    their `size` main components; rows 0 and 1, padding and unknown, are zero."""
    tokenizer = tokenizers.Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_padding()
    with safetensors.safe_open(encoder / "model.safetensors", "np") as file:
        name = next(n for n in file.keys() if n.endswith("embeddings.word_embeddings.weight"))
        pieces = file.get_tensor(name).astype(np.float64)
    encoded = tokenizer.encode_batch([w.strip("<>") for w in words], add_special_tokens=False)
    mean = pieces.mean(axis=0)
    vectors = np.stack([pieces[e.ids].mean(axis=0) if e.ids else mean for e in encoded])
    centred = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred / len(vectors))
    reduced = centred @ axes[:, ::-1][:, :size]
    reduced /= reduced.std()
    return torch.from_numpy(np.vstack([np.zeros((2, size)), reduced]).astype(np.float32))


class Reader:
    """Texts to batches of ids; subwords of listed words are looked up once."""

    def __init__(self, preparation):
        self.preparation = preparation
        self.listed = [[0], [0]] + [preparation.grams(w) for w in preparation.words]
        self.unlisted = {}

    def __call__(self, text):
        characters, words, _ = self.preparation(text)
        ids, grams = [], []
        for word in words:
            if isinstance(word, int):
                ids.append(word)
                grams.append(self.listed[word])
            else:
                ids.append(1)
                if word not in self.unlisted:
                    self.unlisted[word] = self.preparation.grams(word)
                grams.append(self.unlisted[word])
        return characters, ids, grams


@torch.no_grad()
def average(kept, network):
    for old, new in zip(kept.parameters(), network.parameters()):
        old.lerp_(new, 1 - AVERAGE)


def train(network, rows, validation, reader, disguiser, cycle, targets, checkpoint):
    """`targets`: the teacher's probabilities, `[rows, labels]`.

    Returns the running average of the weights after the epoch that does best on validation rows,
    plain and disguised.
    """
    epochs, rate = CYCLES[cycle]
    if cycle:  # the first goes on from where initialisation left the generator
        torch.manual_seed(SEED + cycle)
    rng = random.Random(SEED + cycle)
    items = [reader(text) for text in rows.texts]
    validation = validation.take(range(0, len(validation), 3))  # enough to choose an epoch
    judged = [reader(text) for text in validation.texts]
    hidden_rng = random.Random(SEED - 1)
    judged_hidden = [reader(disguiser(text, hidden_rng)) for text in validation.texts]
    labels, weights = torch.tensor(rows.labels), torch.tensor(rows.weights)
    if targets is not None:
        targets, missing = torch.tensor(targets, dtype=torch.float32), weights == 0
        trust = torch.tensor([TRUST[label] for label in data.LABELS])
        labels = torch.where(missing, targets, torch.lerp(labels, targets, trust))
        weights = torch.where(missing, torch.tensor(STAND_IN), weights)
    heavy = positive_weights(rows)
    groups = [
        {"params": [network.words.weight, network.subwords.weight], "weight_decay": 1e-3,
         "lr": rate},
        {"params": [p for n, p in network.named_parameters()
                    if n not in ("words.weight", "subwords.weight")], "weight_decay": 1e-3},
    ]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)
    steps = epochs * ((len(rows) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [rate * 1.5, rate], total_steps=steps, pct_start=0.1)
    averaged = copy.deepcopy(network)
    best, kept = -1, None
    for epoch in range(epochs):
        start = time.time()
        network.train()
        changed = []
        for index, text in enumerate(rows.texts):
            changed.append(
                reader(disguiser(text, rng)) if rng.random() < 0.33 else items[index])
        total = 0.0
        for batch in batches(changed, rng):
            inputs = collate([changed[i] for i in batch], 0.05, rng)
            logits = network(*inputs)
            y, w = labels[batch], weights[batch]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, y, weight=w, pos_weight=heavy, reduction="sum") / w.sum()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            average(averaged, network)
            total += loss.item()
        plain = quality(validation.labels, validation.weights, predict(averaged, judged))
        hidden = quality(validation.labels, validation.weights, predict(averaged, judged_hidden))
        value = plain[0] + hidden[0]
        print(json.dumps({
            "cycle": cycle + 1, "epoch": epoch + 1, "loss": round(total / max(1, steps // epochs), 4),
            "plain": plain[1], "disguised": hidden[1], "value": round(value, 4),
            "seconds": round(time.time() - start)}), flush=True)
        if value > best:
            best = value
            kept = {k: v.clone() for k, v in averaged.state_dict().items()}
            torch.save(kept, checkpoint)
    network.load_state_dict(kept)
    return network


def setup(arguments):
    """Rows, reader and disguiser, as training and judging share them."""
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    report = {}
    rows = data.load(report, arguments.work)
    parts = {split: data.select(rows, split) for split in ("train", "validation", "test")}
    text, words = build_preparation(parts["train"], arguments.encoder)
    prepare = preparation.Preparation(text, words, model.CONFIGURATION["subwords"])
    disguiser = disguise.Disguiser(disguise.charged_words(parts["train"]))
    return rows, parts, report, prepare, Reader(prepare), disguiser


def options(description):
    parser = argparse.ArgumentParser(description=description)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("--output", type=pathlib.Path, default=here.parents[1] / "char-word")
    parser.add_argument("--encoder", type=pathlib.Path, default=None)
    parser.add_argument("--work", type=pathlib.Path, default=here / ".work",
                        help="folder for embeddings and checkpoints, ignored by git")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cycle", type=int, default=0,
                        help="to begin with, from the weights that --work has of the one before")
    parser.add_argument("--limit", type=int, default=None, help="only so many rows, for a trial")
    result = parser.parse_args()
    result.encoder = result.encoder or encoder_folder()
    return result


def main():
    arguments = options(__doc__)
    rows, parts, report, prepare, reader, disguiser = setup(arguments)
    training = parts["train"]
    if arguments.limit:
        training = training.take(np.arange(arguments.limit))

    embed = Embedder(arguments.encoder, arguments.work / "embeddings")
    targets = teacher.targets(training, parts["validation"], embed, arguments.work)
    print(f"{len(training)} rows, {len(prepare.words)} words, "
          f"{len(prepare.text['characters'])} characters", flush=True)
    base = base_vectors(
        prepare.words, arguments.encoder, model.CONFIGURATION["words"]["base"])
    network = model.CharacterWordModel(
        base, len(prepare.text["characters"]) + 2, len(data.LABELS))
    checkpoints = [arguments.work / f"character-word-{c}.pt" for c in range(len(CYCLES))]
    if arguments.cycle:
        network.load_state_dict(torch.load(checkpoints[arguments.cycle - 1]))
    for cycle in range(arguments.cycle, len(CYCLES)):
        train(network, training, parts["validation"], reader, disguiser, cycle, targets,
              checkpoints[cycle])
    export.write(arguments.output, network, prepare.text, prepare.words, reader.listed[2:])

    results = {
        "character-word": judge.judge(
            export.Scorer(arguments.output), parts, disguiser.charged),
        "TF-IDF words": judge.judge(
            baseline.trained("words", parts["train"], arguments.work), parts, disguiser.charged),
        "TF-IDF characters": judge.judge(
            baseline.trained("characters", parts["train"], arguments.work), parts,
            disguiser.charged),
    }
    card.write_char_word(arguments.output, results, report)


if __name__ == "__main__":
    main()
