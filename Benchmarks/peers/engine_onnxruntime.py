"""ONNX Runtime: all graph optimisations, after the transformer fusions; dynamic int8."""

import onnxruntime

import export
from folder import padding_id
from protocol import Engine, padded


class ONNXRuntime(Engine):
    name = f"ONNX Runtime {onnxruntime.__version__}"
    # int7: int8 with reduced weights, which does not saturate on CPUs without VNNI.
    precisions = ("float32", "float32-plain", "int8", "int7")

    def load(self, model, precision, threads, cache):
        if precision == "float32-plain":
            path = export.exported(cache, model)
        elif precision == "float32":
            path = export.fused(cache, model)
        else:
            path = export.quantized(cache, model, reduced=precision == "int7")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"])
        self.names = [value.name for value in self.session.get_inputs()]
        self.padding = padding_id(model)

    def prepare(self, ids):
        tokens, mask = padded(ids, self.padding)
        inputs = {"input_ids": tokens, "attention_mask": mask}
        return {name: inputs[name] for name in self.names}

    def compute(self, prepared):
        return self.session.run(None, prepared)[0]


ENGINE = ONNXRuntime
