"""Times engines against each other on the same weights, token ids and threads, interleaved.

    python compare.py --model DIR [--ours "moderation-benchmark serve"] [--lengths 16 32 64 128]
                      [--rounds 12] [--repeat 5] [--throughput 256] [--accuracy 100] [--json FILE]

One message at a time at each length, then the tweets' own lengths as a batch. In a round each
engine in turn runs its message once unmeasured, then `--repeat` times; a pause follows, so that one
engine's spinning threads are not billed to the next. Medians and minima are over all rounds; ratios
are ours to the fastest peer of that column, by the same statistic. What a peer's arithmetic keeps is
measured too: the mean cosine of its embeddings or logits to PyTorch's float32 ones, over tweets. A
second ratio is to the fastest of those peers that keep 0.999.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import sys
import time

import cache as caches
import texts
from accuracy import cosines, vectors
from peers import PEERS, Peer

#: The mean cosine to float32 from which on a peer counts as faithful.
FAITHFUL = 0.999


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--ours", help="command of a process that speaks the protocol")
    parser.add_argument("--our-precisions", nargs="*", default=["float32", "int8"])
    parser.add_argument("--peers", nargs="*", help="ENGINE or ENGINE:PRECISION; default: all")
    parser.add_argument("--lengths", nargs="*", type=int, default=[16, 32, 64, 128])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--pause", type=float, default=0.15, help="seconds between two engines")
    parser.add_argument("--throughput", type=int, default=128, help="messages; 0 leaves it out")
    parser.add_argument("--accuracy", type=int, default=100, help="messages; 0 leaves it out")
    parser.add_argument("--batches", nargs="*", type=int, default=[1, 8, 32],
                        help="batch sizes to try for throughput; each engine keeps its best")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", default=str(caches.default()))
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--log", type=pathlib.Path, help="where the engines' own messages go")
    return parser.parse_args()


def chosen(wanted: list[str] | None) -> list[tuple[str, str]]:
    if not wanted:
        return PEERS
    return [(engine, precision) for engine, precision in PEERS
            if engine in wanted or f"{engine}:{precision}" in wanted]


def start(flags: argparse.Namespace) -> tuple[list[Peer], list[Peer]]:
    """The engines that took the model, and ours among them first; says why others did not."""
    ours = [
        Peer("ours", precision, flags.model, flags.cache, flags.threads, flags.ours, flags.log)
        for precision in flags.our_precisions] if flags.ours else []
    others = [
        Peer(engine, precision, flags.model, flags.cache, flags.threads, None, flags.log)
        for engine, precision in chosen(flags.peers)]
    progress("loaded")
    for peer in ours + others:
        if peer.failure:
            print(f"left out: {peer.label}: {peer.failure}", flush=True)
            peer.close()
    running = [peer for peer in ours + others if not peer.failure]
    return [peer for peer in ours if not peer.failure], running


def interleaved(peers: list[Peer], request: dict, flags: argparse.Namespace) -> dict:
    times = {peer.label: [] for peer in peers}
    for turn in range(flags.rounds):
        # Every other round backwards: none always comes after the same neighbour.
        for peer in peers if turn % 2 == 0 else reversed(peers):
            found = peer.milliseconds(request | {"repeat": flags.repeat + 1})
            times[peer.label] += found[1:]
            time.sleep(flags.pause)
    return times


def throughput(peers: list[Peer], messages: list, flags: argparse.Namespace) -> dict:
    """Messages a second of each engine at the batch size that suits it best."""
    rates = {peer.label: {"best": 0, "median": 0, "batch": 0} for peer in peers}
    for size in flags.batches:
        times = {peer.label: [] for peer in peers}
        for _ in range(3):
            for peer in peers:
                times[peer.label] += peer.milliseconds({"ids": messages, "batch": size})
                time.sleep(flags.pause)
        for label, found in times.items():
            rate = len(messages) / min(found) * 1e3
            if rate > rates[label]["best"]:
                median = len(messages) / statistics.median(found) * 1e3
                rates[label] = {"best": rate, "median": median, "batch": size}
    return rates


def accuracy(peers: list[Peer], messages: list) -> dict:
    """The mean cosine of each engine to PyTorch float32, or to the first float32 one if it is absent."""
    exact = [peer for peer in peers if peer.label.endswith(" float32")]
    if not exact:
        return {}
    reference = next((peer for peer in exact if peer.label.startswith("PyTorch")), exact[0])
    expected = vectors(reference, messages)
    return {peer.label: float(cosines(expected, vectors(peer, messages)).mean()) for peer in peers}


def percentile(values: list[float], share: float) -> float:
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def summary(values: list[float]) -> dict:
    return {"median": statistics.median(values), "minimum": min(values),
            "p99": percentile(values, 0.99), "count": len(values)}


def table(results: dict, ours: list[Peer], peers: list[Peer], lengths: list[int]) -> str:
    """Markdown: median / minimum milliseconds; below, our ratio to the fastest peers."""
    rates, kept = results.get("throughput"), results.get("accuracy")
    heads = ["engine"] + ["cosine"] * bool(kept) + [f"{n} tokens" for n in lengths]
    heads += ["messages a second (batch)"] * bool(rates)
    rows = [heads, ["---"] * len(heads)]
    for peer in peers:
        found = [results["latency"][str(n)][peer.label] for n in lengths]
        cells = [f"{kept[peer.label]:.5f}"] if kept else []
        cells += [f"{times['median']:.2f} / {times['minimum']:.2f}" for times in found]
        if rates:
            rate = rates[peer.label]
            cells.append(f"{rate['median']:.0f} / {rate['best']:.0f} ({rate['batch']})")
        rows.append([peer.label] + cells)
    own = {peer.label for peer in ours}
    others = [peer.label for peer in peers if peer.label not in own]
    faithful = [label for label in others if kept and kept[label] >= FAITHFUL]
    for name, group in (("", others), (f" that keeps {FAITHFUL}", faithful)):
        for peer in ours if group else []:
            cells = [""] * bool(kept) + ratios(results, peer.label, group, lengths)
            rows.append([f"**{peer.label} to the fastest peer{name}**"] + cells)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def ratios(results: dict, own: str, others: list[str], lengths: list[int]) -> list[str]:
    """Our times over the smallest of the others, and our rate over their greatest."""
    cells = []
    for n in lengths:
        column = results["latency"][str(n)]
        ratio = [column[own][kind] / min(column[label][kind] for label in others)
                 for kind in ("median", "minimum")]
        cells.append(f"{ratio[0]:.2f} / {ratio[1]:.2f}")
    if rates := results.get("throughput"):
        ratio = [rates[own][kind] / max(rates[label][kind] for label in others)
                 for kind in ("median", "best")]
        cells.append(f"{ratio[0]:.2f} / {ratio[1]:.2f}")
    return cells


def progress(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def processor() -> str:
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main() -> None:
    flags = options()
    os.environ["HF_HUB_OFFLINE"] = "1"
    ours, peers = start(flags)
    results = {
        "model": pathlib.Path(flags.model).name, "processor": processor(),
        "threads": flags.threads, "load_average": os.getloadavg()[0],
        "load_seconds": {peer.label: peer.seconds for peer in peers}, "latency": {}}
    for n in flags.lengths:
        request = {"ids": [texts.of_length(flags.model, n)]}
        times = interleaved(peers, request, flags)
        results["latency"][str(n)] = {label: summary(found) for label, found in times.items()}
        progress(f"{n} tokens")
    if flags.throughput:
        messages = texts.as_they_come(flags.model, flags.throughput)
        results["throughput"] = throughput(peers, messages, flags)
    if flags.accuracy:
        results["accuracy"] = accuracy(peers, texts.as_they_come(flags.model, flags.accuracy))
        progress("accuracy")
    results["resident_bytes"] = {peer.label: peer.resident() for peer in peers}
    for peer in peers:
        peer.close()
    print(f"\n{results['model']}, {flags.threads} threads, {results['processor']}, "
          f"milliseconds median / minimum\n")
    print(table(results, ours, peers, flags.lengths))
    if flags.json:
        flags.json.parent.mkdir(parents=True, exist_ok=True)
        flags.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
