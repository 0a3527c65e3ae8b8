"""Fine-tunes all layers of the starting encoder on the mixture. Seeded, resumable.

    python -m weights.train START WORK [--steps 2240] [--finish 300] [--processes 2]

START is what `weights.start` wrote. WORK gets `checkpoint.pt` every hundred steps, from which the
same command goes on, and at the end `model`, a folder in the layout of Hugging Face. The processes
share every step's work, one thread each; their gradients are averaged. `--steps` may be changed when
going on: the learning rate falls to nothing over the last third of them. Then come `--finish` steps of
the mixture's last round, at a lower rate that falls again.
"""

import argparse
import json
import os
import pathlib
import pickle
import time

import tokenizers
import torch
import torch.distributed as distributed
import transformers

from weights import mixture
from weights.rows import LABELS

SEED = 20251125
RATE, HEAD_RATE, WARM = 2.5e-4, 1e-3, 60
#: Share of the steps over which the learning rate falls.
FALL = 0.35
#: Part of the full learning rate at which the last round begins.
FINISHING = 0.4
EVERY = 100


def load(folder, layers=6):
    """The encoder with its first layers and a new head. Its pooler starts as the identity."""
    transformers.logging.set_verbosity_error()
    network = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_hidden_layers=layers, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        attn_implementation="sdpa")
    pooler = network.bert.pooler.dense
    with torch.no_grad():
        pooler.weight.copy_(torch.eye(pooler.weight.shape[0]))
        pooler.bias.zero_()
    network.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


def reader(folder, longest=96):
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(longest)
    return tokenizer


def inputs(ids):
    longest = max(map(len, ids))
    return {"input_ids": torch.tensor([row + [1] * (longest - len(row)) for row in ids]),
            "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])}


def optimiser(network):
    head = [p for n, p in network.named_parameters() if n.startswith(("classifier", "bert.pooler"))]
    own = {id(p) for p in head}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in own]
    return torch.optim.AdamW([{"params": body, "rate": RATE}, {"params": head, "rate": HEAD_RATE}],
                             lr=RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True)


def rate(step, steps, finish):
    """The part of the full learning rate at a step."""
    if step >= steps:
        return FINISHING * (steps + finish - step) / finish
    return min(1.0, (step + 1) / WARM, max(0.0, (steps - step) / (FALL * steps)))


def loss_of(network, batch):
    ids, labels, weights = batch
    logits = network(**inputs(ids)).logits
    weights = torch.from_numpy(weights)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, torch.from_numpy(labels), weight=weights, reduction="sum")
    return loss / weights.sum().clamp(min=1.0)


def average_gradients(parameters, processes):
    """One exchange of all gradients, as one vector."""
    if processes == 1:
        return
    joined = torch.cat([p.grad.flatten() for p in parameters])
    distributed.all_reduce(joined)
    place = 0
    for p in parameters:
        p.grad.copy_(joined[place : place + p.numel()].view_as(p)).div_(processes)
        place += p.numel()


def prepared(arguments, number):
    """The batches of a round; made once, by whichever process comes first to it."""
    path = arguments.work / f"round-{number}.pickle"
    if not path.exists():
        batches = mixture.round_of(mixture.training_rows(), number, SEED, reader(arguments.start))
        own = path.with_suffix(f".{os.getpid()}")
        own.write_bytes(pickle.dumps(batches))
        os.replace(own, path)
    return pickle.loads(path.read_bytes())


def work(rank, arguments):
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    processes = arguments.processes
    if processes > 1:
        distributed.init_process_group(
            "gloo", init_method=f"file://{arguments.work}/meeting", rank=rank, world_size=processes)
    network = load(arguments.start)
    network.train()
    adam = optimiser(network)
    parameters = [p for p in network.parameters() if p.requires_grad]
    step, number, place = 0, 0, 0
    checkpoint = arguments.work / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(kept["network"])
        adam.load_state_dict(kept["adam"])
        step, number, place = kept["step"], kept["round"], kept["place"]
    batches = prepared(arguments, number)
    start, total = time.time(), 0.0
    total_steps = arguments.steps + arguments.finish
    while step < total_steps:
        if step == arguments.steps:
            number, place = mixture.FINISH, 0
            batches = prepared(arguments, number)
        if place + processes > len(batches):
            number, place = number + 1, 0
            batches = prepared(arguments, number)
        loss = loss_of(network, batches[place + rank])
        loss.backward()
        average_gradients(parameters, processes)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for group in adam.param_groups:
            group["lr"] = group["rate"] * rate(step, arguments.steps, arguments.finish)
        adam.step()
        adam.zero_grad()
        total += loss.item()
        step, place = step + 1, place + processes
        if rank == 0 and step % 20 == 0:
            print(json.dumps({"step": step, "round": number, "place": place, "of": len(batches),
                              "loss": round(total / 20, 4), "seconds": round(time.time() - start)}), flush=True)
            total = 0.0
        if rank == 0 and (step % EVERY == 0 or step in (arguments.steps, total_steps)):
            state = {"network": network.state_dict(), "adam": adam.state_dict(), "step": step,
                     "round": number, "place": place}
            torch.save(state, checkpoint.with_suffix(".new"))
            os.replace(checkpoint.with_suffix(".new"), checkpoint)
    if rank == 0:
        save(network, arguments.start, arguments.work / "model")


def save(network, start, output):
    """The network in the layout of Hugging Face, with its tokenizer."""
    network.config.id2label = dict(enumerate(LABELS))
    network.config.label2id = {label: i for i, label in enumerate(LABELS)}
    network.config.problem_type = "multi_label_classification"
    network.save_pretrained(output)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (output / name).write_bytes((start / name).read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("start", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=2240)
    parser.add_argument("--finish", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)
    (arguments.work / "meeting").unlink(missing_ok=True)
    prepared(arguments, 0)
    if arguments.processes == 1:
        work(0, arguments)
    else:
        torch.multiprocessing.spawn(work, (arguments,), arguments.processes)


if __name__ == "__main__":
    main()
