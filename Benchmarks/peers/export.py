"""Exports a model to ONNX once, fuses it for ONNX Runtime, and keeps both in the cache."""

import contextlib
import fcntl
import importlib.metadata
import pathlib
import warnings

import cache as caches
from folder import settings

RUNTIME = importlib.metadata.version("onnxruntime")
TORCH = importlib.metadata.version("torch").split("+")[0]


@contextlib.contextmanager
def alone(folder: pathlib.Path):
    """Two engines may want the same export at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def exported(root: str, model: str) -> pathlib.Path:
    """The plain ONNX graph, weights in a file of their own beside it."""
    folder = caches.entry(root, model, f"onnx-torch-{TORCH}")
    path = folder / "model.onnx"
    with alone(folder):
        if path.exists():
            return path
        import torch
        from reference import Network

        straighten()
        network = Network(model, attention="eager").eval()
        ids = torch.randint(5, 1000, (2, 19))
        partial = folder / "partial.onnx"
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, (ids, torch.ones_like(ids)), str(partial),
                input_names=["input_ids", "attention_mask"], output_names=["output"],
                **exporter(network.config.model_type))
        merge(partial, path)
    return path


def exporter(family: str) -> dict:
    """The keywords of one of PyTorch's two exporters."""
    if family in ("eurobert", "gemma3_text", "qwen3"):
        # The older one cannot follow how these make their masks.
        import torch

        axes = {0: torch.export.Dim("messages", min=1, max=64),
                1: torch.export.Dim("tokens", min=2, max=512)}
        return {"dynamo": True, "opset_version": 18,
                "dynamic_shapes": {"input_ids": axes, "attention_mask": axes}}
    # The older one's graphs are those that ONNX Runtime's fusions recognise.
    axes = {0: "messages", 1: "tokens"}
    return {"dynamo": False, "opset_version": 17, "do_constant_folding": True, "dynamic_axes": {
        "input_ids": axes, "attention_mask": axes, "output": {0: "messages"}}}


def straighten() -> None:
    """Takes the scripted branch out of DeBERTa: queries and keys are always equally many here.

    Left in, it becomes an `If` in every layer, which no engine optimises across.
    """
    from transformers.models.deberta_v2 import modeling_deberta_v2 as modeling

    modeling.build_rpos = lambda queries, keys, relative, buckets, reach: relative


def merge(partial: pathlib.Path, path: pathlib.Path) -> None:
    """Gathers whatever weight files the exporter scattered into `model.onnx.data`."""
    import onnx

    before = set(partial.parent.iterdir())
    model = onnx.load(str(partial))
    onnx.save_model(
        model, str(path), save_as_external_data=True, all_tensors_to_one_file=True,
        location=path.name + ".data", size_threshold=1024)
    kept = {path, path.with_name(path.name + ".data"), partial.parent / "lock"}
    for file in before - kept:
        file.unlink()


def fused(root: str, model: str) -> pathlib.Path:
    """The graph after ONNX Runtime's transformer fusions: attention, skip layer norm, GELU …"""
    plain = exported(root, model)
    folder = caches.entry(root, model, f"onnxruntime-{RUNTIME}-fused")
    path = folder / "model.onnx"
    with alone(folder):
        if path.exists():
            return path
        from onnxruntime.transformers import optimizer

        config = settings(model)
        optimized = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=config["num_attention_heads"],
            hidden_size=config["hidden_size"], opt_level=0)
        print(optimized.get_fused_operator_statistics())
        optimized.save_model_to_file(str(path), use_external_data_format=True)
    return path


def quantized(root: str, model: str, reduced: bool = False) -> pathlib.Path:
    """Dynamic int8: weights per channel, activations by the tensor as it runs.

    `reduced` keeps weights to 7 bits, ONNX Runtime's advice for CPUs whose int8 products saturate
    (AVX2 and AVX-512 without VNNI).
    """
    source = fused(root, model)
    kind = "int7" if reduced else "int8"
    folder = caches.entry(root, model, f"onnxruntime-{RUNTIME}-{kind}")
    path = folder / "model.onnx"
    with alone(folder):
        if path.exists():
            return path
        from onnx import TensorProto
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(
            str(source), str(path), per_channel=True, reduce_range=reduced,
            weight_type=QuantType.QInt8, use_external_data_format=True,
            # Shapes are not inferred through the fused operators: say the type instead.
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT})
    return path
