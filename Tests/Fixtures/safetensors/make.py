"""Writes types.safetensors: every element type that PyTorch can save, with the awkward values.

    python make.py    # needs torch and safetensors; see Weights/requirements.txt
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

inf = float("inf")
tensors = {
    "f16": torch.tensor([0, -0.0, 1, -1.5, 65504, 2.0**-24, inf, -inf], dtype=torch.float16),
    "f32": torch.tensor([0.1, -3.4e38, 1e-45], dtype=torch.float32),
    "f64": torch.tensor([0.1, -1e300, 5e-324], dtype=torch.float64),
    "bf16": torch.tensor([1, -2.5, 3.3895314e38, 0], dtype=torch.bfloat16),
    "i64": torch.tensor([-(2**63), -1, 2**63 - 1], dtype=torch.int64),
    "i32": torch.tensor([-(2**31), 7], dtype=torch.int32),
    "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
    "i8": torch.tensor([-128, 0, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "matrix": torch.arange(6, dtype=torch.float32).reshape(2, 3),
    "scalar": torch.tensor(2.5, dtype=torch.float64),
    "empty": torch.zeros(0, 4, dtype=torch.float32),
}
path = Path(__file__).with_name("types.safetensors")
save_file(tensors, path, metadata={"format": "pt", "note": 'é "quoted"'})
