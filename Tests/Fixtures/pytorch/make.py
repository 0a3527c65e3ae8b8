"""Writes small checkpoints as `torch.save` writes them, each beside a safetensors file of the same tensors.

    pip install -r ../transformers/requirements.txt && python make.py

The safetensors files are what the reader of the others is held to, bit for bit.
"""

import json
import pathlib
from collections import OrderedDict

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
torch.manual_seed(20)


def write(name: str, tensors: dict, value=None, **options) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    torch.save(tensors if value is None else value, folder / "pytorch_model.bin", **options)
    twins = {key: tensor.detach().clone().contiguous() for key, tensor in tensors.items()}
    save_file(twins, folder / "model.safetensors")


def families() -> None:
    """A tiny model of each architecture, as save_pretrained writes it and wrote it before safetensors."""
    sizes = {
        "vocab_size": 12, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 6, "max_position_embeddings": 8}
    decoder = sizes | {"num_key_value_heads": 1, "head_dim": 2, "tie_word_embeddings": True}
    configs = {
        "Bert": sizes, "Roberta": sizes, "XLMRoberta": sizes, "Camembert": sizes, "MPNet": sizes,
        "Electra": sizes | {"embedding_size": 2}, "Albert": sizes | {"embedding_size": 2},
        "DistilBert": {"vocab_size": 12, "dim": 4, "n_layers": 1, "n_heads": 2, "hidden_dim": 6,
                       "max_position_embeddings": 8},
        "Deberta": sizes | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"]},
        "DebertaV2": sizes | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"],
                              "position_buckets": 4},
        "ModernBert": sizes | {f"{role}_token_id": 0 for role in ("pad", "bos", "eos", "cls", "sep")},
        "Qwen3": decoder, "Gemma3Text": decoder, "Llama": decoder,
    }
    for index, (family, sizes) in enumerate(configs.items()):
        name = "Gemma3ForCausalLM" if family == "Gemma3Text" else f"{family}ForSequenceClassification"
        config = getattr(transformers, f"{family}Config")(**sizes)
        # Every third in bfloat16, as newer models are published.
        model = getattr(transformers, name)(config).to([torch.float32, torch.bfloat16][index % 3 == 2])
        folder = HERE / "families" / family
        model.save_pretrained(folder)
        model.save_pretrained(folder, safe_serialization=False)
        for path in folder.iterdir():
            if path.name not in ("model.safetensors", "pytorch_model.bin"):
                path.unlink()


def main() -> None:
    families()
    torch.manual_seed(20)
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
