"""Writes small random models of every supported family, each with what transformers makes of it.

    python make_models.py [--output models] [--only NAME …]

One folder per model: Hugging Face's own files, plus `golden.json` and `golden.safetensors` (see
README.md). The weights come from a generator seeded by the model's name, so a run repeats bit for
bit on the same versions, and adding a model changes no other. The reference is float32, eager
attention, one message at a time, one thread. The same is computed in float64 beside it: a model
on which float32 itself strays by more than a quarter of the tests' tolerance is refused, because it
would measure rounding and not the implementation.
"""

import argparse
import json
import pathlib
import shutil
import zlib

import numpy
import torch
import transformers
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file

from models import MODELS
from spec import Spec

TOLERANCE = 2e-5


def seed(name: str) -> int:
    return zlib.crc32(name.encode())


def is_norm(name: str) -> bool:
    """Whether a parameter belongs to a normalisation, by the names that the families use."""
    part = name.split(".")[-2].lower()
    return "layernorm" in part or part == "norm" or part.endswith("_norm")


def randomize(model: torch.nn.Module, generator: torch.Generator, spread: float) -> None:
    """Fills every parameter, padding rows and layer norms too, far from any default value."""

    def normal(tensor: torch.Tensor, deviation: float, mean: float = 0) -> None:
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if is_norm(name):
                if name.endswith("weight"):
                    # Gemma stores the weights less one.
                    mean = -0.5 if model.config.model_type.startswith("gemma") else 0.5
                    parameter.copy_(torch.rand(parameter.shape, generator=generator) + mean)
                else:
                    normal(parameter, 0.3)
            elif name.endswith("bias"):
                normal(parameter, 0.2)
            elif "relative_attention_bias" in name:
                normal(parameter, 1.0)
            elif "embeddings" in name or "embed_tokens" in name:
                normal(parameter, 0.5)
            else:
                normal(parameter, spread)


def messages(spec: Spec, config, generator: numpy.random.Generator) -> list[list[int]]:
    """Token ids of every length asked for; the padding id appears only where the spec says so."""
    padding = config.pad_token_id if config.pad_token_id is not None else 0
    allowed = [i for i in range(config.vocab_size) if i != padding]
    inputs = [[int(i) for i in generator.choice(allowed, n)] for n in spec.lengths]
    if spec.padding_inside:
        # A text may spell the padding token. Its id then stands among the others, unmasked.
        ids = [int(i) for i in generator.choice(allowed, 9)]
        ids[3] = ids[6] = padding
        inputs.append(ids)
    if spec.padding_last:
        ids = [int(i) for i in generator.choice(allowed, 9)]
        inputs += [ids[:7] + [padding] * 2, [padding] * 3]
    return inputs


def rows_kept(length: int) -> list[int]:
    """Every row of a short message; of a longer one its ends and some between."""
    if length <= 6:
        return list(range(length))
    return sorted({0, 1, length // 7, length // 3, length // 2, length - 1})


def checkpoint(spec: Spec, model: torch.nn.Module, generator: torch.Generator) -> dict:
    """The tensors as they go to the file: names and extras as the spec wants them."""
    tensors = {
        name: value.detach().to(spec.element_type).contiguous()
        for name, value in model.state_dict().items()}
    # Gemma's class has no prefix, though the classes with a head have one.
    prefix = (model.base_model_prefix or "model") + "."
    if spec.prefixed and not spec.labels:
        tensors = {prefix + name: value for name, value in tensors.items()}
    if spec.published is not None:
        tensors = spec.published(tensors)
    if spec.legacy_names:
        renames = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
        for old, new in renames.items():
            tensors = {name.replace(old, new): value for name, value in tensors.items()}
    if spec.position_ids:
        name = (prefix if spec.prefixed else "") + "embeddings.position_ids"
        tensors[name] = torch.arange(model.config.max_position_embeddings).unsqueeze(0)
    for name, shape in spec.extra_tensors.items():
        tensors[name] = torch.randn(shape, generator=generator) * 0.1
    return tensors


def save_checkpoint(folder: pathlib.Path, tensors: dict, shards: int) -> None:
    metadata = {"format": "pt"}
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata)
        return
    names = sorted(tensors)
    weight_map = {}
    for shard in range(shards):
        # Neighbours land in different files, so that no layer is whole in any of them.
        mine = names[shard::shards]
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        save_file({name: tensors[name] for name in mine}, folder / file, metadata)
        weight_map |= {name: file for name in mine}
    total = sum(value.numel() * value.element_size() for value in tensors.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))}
    write_json(folder / "model.safetensors.index.json", index)


def write_json(path: pathlib.Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def saved_config(spec: Spec, model) -> dict:
    """The config as transformers saves it, less what only says who wrote it."""
    config = json.loads(model.config.to_json_string())
    config["architectures"] = [type(model).__name__]
    for key in ("transformers_version", "_attn_implementation", "attn_implementation", "dtype"):
        config.pop(key, None)
    for key in spec.config_removed:
        config.pop(key, None)
    return config | spec.config_overridden


@torch.no_grad()
def run(model, ids: list[int], types: list[int] | None) -> dict[str, torch.Tensor]:
    """What the model makes of one message: hidden states, and pooler or logits if it has them."""
    inputs = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids)).long()}
    if types is not None:
        inputs["token_type_ids"] = torch.tensor([types])
    output = model(**inputs)
    result = {}
    if "logits" in output:
        result["logits"] = output.logits[0]
        # Behind the last norm, which output.hidden_states may lack.
        base = model.base_model(**inputs)
        result["hidden"] = base.last_hidden_state[0]
    else:
        result["hidden"] = output.last_hidden_state[0]
        if output.get("pooler_output") is not None:
            result["pooled"] = output.pooler_output[0]
    return result


def make(spec: Spec, root: pathlib.Path) -> tuple[int, float]:
    folder = root / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(seed(spec.name))

    model_class = getattr(transformers, spec.model)
    config = model_class.config_class(**spec.config, attn_implementation="eager")
    keywords = {} if spec.pooler is None else {"add_pooling_layer": spec.pooler}
    model = model_class(config, **keywords).eval()
    randomize(model, generator, spec.spread)
    # Rounded as the file stores them, the reference sees exactly what it holds. Buffers such as the
    # frequencies of rotary positions are not in the file, and stay float32.
    for parameter in model.parameters():
        parameter.data.copy_(parameter.data.to(spec.element_type))
    save_checkpoint(folder, checkpoint(spec, model, generator), spec.shards)
    write_json(folder / "config.json", saved_config(spec, model))

    numbers = numpy.random.default_rng(seed(spec.name))
    inputs = messages(spec, model.config, numbers)
    types = None
    if spec.token_types:
        types = [[int(i >= (len(ids) + 1) // 2) for i in range(len(ids))] for ids in inputs]
    results = [run(model, ids, types and types[i]) for i, ids in enumerate(inputs)]
    wide = model.double()
    doubles = [run(wide, ids, types and types[i]) for i, ids in enumerate(inputs)]
    error = max(
        (result[name].double() - double[name]).abs().max().item()
        for result, double in zip(results, doubles)
        for name in result)
    if error > TOLERANCE / 4:
        raise SystemExit(f"{spec.name}: float32 itself is {error:.1e} off; give it less spread")

    rows = [rows_kept(len(ids)) for ids in inputs]
    arrays = {
        f"hidden.{i}": result["hidden"][kept].numpy()
        for i, (result, kept) in enumerate(zip(results, rows))}
    for name in ("pooled", "logits"):
        if name in results[0]:
            arrays[name] = torch.stack([result[name] for result in results]).numpy()
    golden = {"inputs": inputs, "rows": rows}
    if types is not None:
        golden["type_ids"] = types
    save_golden(folder, golden, arrays)
    return size(folder), error


def save_golden(folder: pathlib.Path, golden: dict, arrays: dict[str, numpy.ndarray]) -> None:
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False) + "\n")
    arrays = {name: numpy.ascontiguousarray(a, numpy.float32) for name, a in arrays.items()}
    save_arrays(arrays, folder / "golden.safetensors")


def size(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=here / "models")
    parser.add_argument("--only", nargs="*", help="make only the models whose names start so")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()

    from pooling import POOLINGS, make_pooling

    def wanted(name: str) -> bool:
        return not options.only or any(name.startswith(start) for start in options.only)

    total = 0
    for spec in filter(lambda spec: wanted(spec.name), MODELS):
        if not hasattr(transformers, spec.model):
            print(f"{spec.name:44} left: transformers {transformers.__version__} has no {spec.model}")
            continue
        bytes_written, error = make(spec, options.output)
        total += bytes_written
        print(f"{spec.name:44} {bytes_written:7,} bytes   float32 off by {error:.1e}")
    for pooling in filter(lambda pooling: wanted(pooling.name), POOLINGS):
        bytes_written = make_pooling(pooling, options.output)
        total += bytes_written
        print(f"{pooling.name:44} {bytes_written:7,} bytes")
    print(f"{total:,} bytes")


if __name__ == "__main__":
    main()
