"""Writes folders of random weights without holding them in memory."""

import hashlib
import json
import pathlib

import numpy

#: Numbers drawn at a time, so that the largest table needs no memory to speak of.
PIECE = 1 << 24


def write_json(path: pathlib.Path, value) -> None:
    if path.name == "config.json" and "model_type" in value:
        # Unversioned folders are taken for old ones, and warned of.
        value["transformers_version"] = "4.57.6"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


class Writer:
    """Lays tensors out in one safetensors file and fills them one after another."""

    def __init__(self, seed: int, is_brain: bool = False):
        """is_brain: bfloat16 instead of float32."""
        self.seed = seed
        self.is_brain = is_brain
        self.entries = []

    def add(self, name: str, shape: tuple[int, ...], mean: float, deviation: float) -> None:
        self.entries.append((name, shape, mean, deviation))

    def matrix(self, name: str, rows: int, columns: int, deviation: float) -> None:
        self.add(name, (rows, columns), 0, deviation)

    def dense(self, name: str, outputs: int, inputs: int, deviation: float = 0.04) -> None:
        self.matrix(f"{name}.weight", outputs, inputs, deviation)
        self.add(f"{name}.bias", (outputs,), 0, 0.05)

    def linear(self, name: str, outputs: int, inputs: int, deviation: float = 0.04) -> None:
        """Without a bias."""
        self.matrix(f"{name}.weight", outputs, inputs, deviation)

    def norm(self, name: str, width: int) -> None:
        self.add(f"{name}.weight", (width,), 0.9, 0.1)
        self.add(f"{name}.bias", (width,), 0, 0.05)

    def save(self, path: pathlib.Path) -> None:
        header, offset = {"__metadata__": {"format": "pt"}}, 0
        for name, shape, _, _ in self.entries:
            end = offset + (2 if self.is_brain else 4) * int(numpy.prod(shape))
            header[name] = {"dtype": "BF16" if self.is_brain else "F32", "shape": list(shape), "data_offsets": [offset, end]}
            offset = end
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-(len(text) + 8) % 64)
        with open(path, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for name, shape, mean, deviation in self.entries:
                # Each tensor has a stream of its own: adding one changes no other.
                digest = hashlib.sha256(f"{self.seed} {name}".encode()).digest()
                stream = numpy.random.Generator(numpy.random.SFC64(int.from_bytes(digest[:8])))
                # Rows differ in size as trained channels do.
                width = shape[-1] if len(shape) > 1 else 1
                rows = shape[0]
                per_piece = max(1, PIECE // width)
                for start in range(0, rows, per_piece):
                    count = min(per_piece, rows - start)
                    values = stream.standard_normal((count, width), dtype=numpy.float32)
                    if len(shape) > 1:
                        values *= stream.uniform(0.7, 1.3, (count, 1)).astype(numpy.float32)
                    values = (values * deviation + mean).astype("<f4")
                    # The upper half of a float32 is a bfloat16.
                    file.write((values.view("<u4") >> 16).astype("<u2").tobytes()
                               if self.is_brain else values.tobytes())


def sentence_transformers_files(folder: pathlib.Path, hidden: int, mode: str, length: int) -> None:
    kinds = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(kinds)])
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": hidden,
        "pooling_mode_cls_token": mode == "cls", "pooling_mode_mean_tokens": mode == "mean",
        "pooling_mode_lasttoken": mode == "lasttoken", "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    write_json(folder / "sentence_bert_config.json", {
        "max_seq_length": length, "do_lower_case": False})
