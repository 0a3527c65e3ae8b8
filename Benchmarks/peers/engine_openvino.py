"""OpenVINO's CPU plugin, latency hint; int8 of weights and activations by NNCF."""

import importlib.metadata

import numpy
import openvino

import cache as caches
import export
import texts
from folder import padding_id
from protocol import Engine, padded

VERSION = importlib.metadata.version("openvino")
#: Messages NNCF sees to choose its ranges; of a large model fewer, each costs it seconds.
CALIBRATION, CALIBRATION_LARGE = 300, 40
LARGE = 300_000_000


class OpenVINO(Engine):
    name = f"OpenVINO {VERSION}"
    precisions = ("float32", "bfloat16", "int8")

    def load(self, model, precision, threads, cache):
        core = openvino.Core()
        if precision == "bfloat16":
            if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
                raise ValueError("this CPU has no bfloat16 arithmetic")
        path = converted(cache, model)
        if precision == "int8":
            path = quantized(cache, model, path)
        network = core.read_model(str(path))
        # int8 leaves the layers between in bfloat16 where the CPU has it: the plugin's choice.
        hints = {} if precision == "int8" else {
            "INFERENCE_PRECISION_HINT": {"float32": "f32", "bfloat16": "bf16"}[precision]}
        self.compiled = core.compile_model(network, "CPU", {
            "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1} | hints)
        self.request = self.compiled.create_infer_request()
        self.padding = padding_id(model)

    def prepare(self, ids):
        tokens, mask = padded(ids, self.padding)
        return {"input_ids": tokens, "attention_mask": mask}

    def compute(self, prepared):
        return numpy.array(self.request.infer(prepared)[0])


def converted(root: str, model: str):
    folder = caches.entry(root, model, f"openvino-{VERSION}")
    path = folder / "model.xml"
    with export.alone(folder):
        if not path.exists():
            network = openvino.convert_model(str(export.exported(root, model)))
            openvino.save_model(network, str(path), compress_to_fp16=False)
    return path


def quantized(root: str, model: str, source):
    import nncf

    folder = caches.entry(root, model, f"openvino-{VERSION}-nncf-{nncf.__version__}")
    path = folder / "model.xml"
    with export.alone(folder):
        if not path.exists():
            padding = padding_id(model)
            large = source.with_suffix(".bin").stat().st_size > LARGE
            messages = texts.calibration(model, CALIBRATION_LARGE if large else CALIBRATION)
            inputs = [dict(zip(("input_ids", "attention_mask"), padded([ids], padding)))
                      for ids in messages]
            network = nncf.quantize(
                openvino.Core().read_model(str(source)), nncf.Dataset(inputs),
                model_type=nncf.ModelType.TRANSFORMER, subset_size=len(inputs))
            openvino.save_model(network, str(path), compress_to_fp16=False)
    return path


ENGINE = OpenVINO
