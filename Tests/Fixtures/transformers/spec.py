"""What a small model is, and the parts that its descriptions share."""

import dataclasses
import typing

import torch


@dataclasses.dataclass
class Spec:
    """A model of transformers' class `model` with `config`, and how its checkpoint is written."""

    name: str
    model: str
    config: dict
    lengths: list[int]
    #: None leaves transformers' default (its class decides), else whether the base has a pooler.
    pooler: bool | None = None
    labels: bool = False
    prefixed: bool = False
    #: As stored. Half by default: it halves what is committed, and the reference widens it.
    element_type: torch.dtype = torch.float16
    shards: int = 1
    token_types: bool = False
    padding_inside: bool = False
    #: A message that ends in padding, and one of nothing else.
    padding_last: bool = False
    legacy_names: bool = False
    position_ids: bool = False
    #: What turns the tensors of the class into those that are published.
    published: typing.Callable[[dict], dict] | None = None
    extra_tensors: dict = dataclasses.field(default_factory=dict)
    config_removed: list[str] = dataclasses.field(default_factory=list)
    config_overridden: dict = dataclasses.field(default_factory=dict)
    #: Standard deviation of the matrices.
    spread: float = 0.3


SHORT = [1, 2, 5, 13, 29]
FULL, HALF, BRAIN = torch.float32, torch.float16, torch.bfloat16


def shape(hidden: int, heads: int, layers: int, feed: int, vocabulary: int, positions: int) -> dict:
    return {
        "hidden_size": hidden, "num_attention_heads": heads, "num_hidden_layers": layers,
        "intermediate_size": feed, "vocab_size": vocabulary, "max_position_embeddings": positions,
    }


def labels(*names: str, problem: str | None = None) -> dict:
    return {
        "id2label": dict(enumerate(names)), "label2id": {name: i for i, name in enumerate(names)},
        "problem_type": problem,
    }
