"""Moderates a column of texts of a Parquet data set on Ray Data.

    python ray_parquet.py --input comments --output verdicts --id id --text text --actors 8 --cpus 4

Writes what moderate_parquet.py writes, and goes on where a run was broken off.
"""

import argparse
import os

import pyarrow
import pyarrow.compute
import pyarrow.dataset
import ray

from swift_moderation.arrow import ArrowModerator, shared


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Moderates a Parquet data set.")
    parser.add_argument("--input", required=True, help="the data set to read")
    parser.add_argument("--output", required=True, help="the data set to add to")
    parser.add_argument("--id", default="id", help="the column that tells the rows apart")
    parser.add_argument("--text", default="text", help="the column of the texts")
    parser.add_argument("--model", default="default", help="a bundle's folder, the same on every node")
    parser.add_argument("--actors", type=int, default=1, help="actors, each with a model of its own")
    parser.add_argument("--cpus", type=int, default=1, help="CPUs of an actor, and its threads")
    parser.add_argument("--batch", type=int, default=2048, help="rows that an actor is given at once")
    return parser.parse_args()


def remaining(table: pyarrow.Table, id: str, done: pyarrow.Array) -> pyarrow.Table:
    known = pyarrow.compute.is_in(table.column(id), value_set=done)
    return table.filter(pyarrow.compute.invert(known))


def done_ids(arguments: argparse.Namespace) -> pyarrow.Array | None:
    """The rows that the output has already, by this bundle and this version."""
    if not os.path.isdir(arguments.output):
        return None
    facts, field = shared(arguments.model), pyarrow.dataset.field
    table = pyarrow.dataset.dataset(arguments.output).to_table(
        columns=[arguments.id],
        filter=(field("model_digest") == facts.digest) & (field("engine_version") == facts.version))
    return table.column(arguments.id).combine_chunks()


def main() -> None:
    arguments = parsed_arguments()
    ray.init()
    # The actors may hold all CPUs, so reading and writing must not wait for one.
    rows = ray.data.read_parquet(
        arguments.input, columns=[arguments.id, arguments.text], num_cpus=0)
    done = done_ids(arguments)
    if done is not None and len(done) > 0:
        rows = rows.map_batches(
            remaining, batch_format="pyarrow", num_cpus=0,
            fn_kwargs={"id": arguments.id, "done": done})
    # To list the files takes a CPU too. Where the actors leave none there is one actor at first, and Ray
    # is slow to start the others.
    is_room = ray.cluster_resources().get("CPU", 0) > arguments.actors * arguments.cpus
    # Small files come as one block, which one actor would judge alone.
    rows.repartition(target_num_rows_per_block=arguments.batch).map_batches(
        ArrowModerator, batch_format="pyarrow", batch_size=arguments.batch,
        compute=ray.data.ActorPoolStrategy(
            min_size=arguments.actors if is_room else 1, max_size=arguments.actors),
        # The child judges one block while Python has another.
        num_cpus=arguments.cpus, max_concurrency=2,
        fn_constructor_kwargs={
            "text": arguments.text, "keep": [arguments.id], "model": arguments.model,
            "threads": arguments.cpus},
    ).write_parquet(
        arguments.output, mode=ray.data.SaveMode.APPEND, ray_remote_args={"num_cpus": 0})


if __name__ == "__main__":
    main()
