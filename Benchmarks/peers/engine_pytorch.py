"""PyTorch eager mode, as transformers runs it."""

import torch

from folder import padding_id
from protocol import Engine, padded
from reference import Network


class PyTorch(Engine):
    name = f"PyTorch {torch.__version__.split('+')[0]}"
    precisions = ("float32", "bfloat16")

    def load(self, model, precision, threads, cache):
        torch.set_num_threads(threads)
        self.padding = padding_id(model)
        self.network = Network(model).eval()
        if precision == "bfloat16":
            self.network = self.network.bfloat16()

    def prepare(self, ids):
        return [torch.from_numpy(part) for part in padded(ids, self.padding)]

    @torch.inference_mode()
    def compute(self, prepared):
        return self.network(*prepared).float().numpy()


ENGINE = PyTorch
