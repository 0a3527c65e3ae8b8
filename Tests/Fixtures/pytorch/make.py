"""Writes small checkpoints as `torch.save` writes them, each beside a safetensors file of the same tensors.

    pip install -r ../transformers/requirements.txt && python make.py

The safetensors files are what the reader of the others is held to, bit for bit.
"""

import json
import pathlib
from collections import OrderedDict

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
torch.manual_seed(20)


def write(name: str, tensors: dict, value=None, **options) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    torch.save(tensors if value is None else value, folder / "pytorch_model.bin", **options)
    twins = {key: tensor.detach().clone().contiguous() for key, tensor in tensors.items()}
    save_file(twins, folder / "model.safetensors")


def main() -> None:
    every = {
        "float64": torch.randn(3, 2, dtype=torch.float64),
        "float32": torch.randn(2, 3, 4),
        "float16": torch.randn(5).half(),
        "bfloat16": torch.randn(5).bfloat16(),
        "int64": torch.arange(-3, 4),
        "int32": torch.arange(-3, 4, dtype=torch.int32),
        "int16": torch.arange(-3, 4, dtype=torch.int16),
        "int8": torch.arange(-3, 4, dtype=torch.int8),
        "uint8": torch.arange(0, 7, dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 4),
        "one": torch.randn(1, 1, 3),
    }
    write("types", every)
    write("protocol-4", every, pickle_protocol=4)

    table = torch.randn(6, 4)
    write(
        "views",
        {
            "table": table,
            "tied": table,
            "rows": table[2:5],
            "transposed": torch.randn(3, 5).t(),
            "columns": torch.randn(4, 6)[:, 1:4],
            "every.second": torch.randn(9)[::2],
        },
    )
    weight = torch.nn.Parameter(torch.randn(2, 3))
    write("parameters", {"weight": weight, "bias": torch.nn.Parameter(torch.zeros(2))})
    plain = {"layer.weight": torch.randn(2, 2), "layer.bias": torch.randn(2)}
    write("wrapped", plain, {"epoch": 3, "state_dict": plain, "loss": 0.25, "names": ["a", None]})
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    write("module", dict(module.state_dict()), module.state_dict())

    folder = HERE / "sharded"
    folder.mkdir(exist_ok=True)
    shards = [{"a": torch.randn(2, 2)}, {"b": torch.randn(3), "c": torch.randn(1)}]
    names = [f"pytorch_model-0000{index + 1}-of-00002.bin" for index in range(2)]
    for name, shard in zip(names, shards):
        torch.save(OrderedDict(shard), folder / name)
    index = {
        "metadata": {"total_size": 32},
        "weight_map": {key: name for name, shard in zip(names, shards) for key in shard},
    }
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")
    save_file(shards[0] | shards[1], folder / "model.safetensors")

    old = HERE / "before-1.6"
    old.mkdir(exist_ok=True)
    torch.save(plain, old / "pytorch_model.bin", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
