"""sentence-transformers from text to embedding: what most users run."""

import sentence_transformers
import torch

from protocol import Engine


class SentenceTransformers(Engine):
    name = f"sentence-transformers {sentence_transformers.__version__}"
    precisions = ("float32", "bfloat16")
    takes_texts = True

    def load(self, model, precision, threads, cache):
        torch.set_num_threads(threads)
        self.model = sentence_transformers.SentenceTransformer(
            model, device="cpu", local_files_only=True,
            model_kwargs={"dtype": getattr(torch, precision)})

    def prepare(self, ids):
        if isinstance(ids[0], str):
            return ids
        raise ValueError(f"{self.name} takes texts")

    def compute(self, prepared):
        vectors = self.model.encode(
            prepared, batch_size=len(prepared), convert_to_tensor=True, show_progress_bar=False)
        return vectors.float().numpy()


ENGINE = SentenceTransformers
