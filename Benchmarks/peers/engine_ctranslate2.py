"""CTranslate2, for the families its converter knows: BERT and the RoBERTas."""

import pathlib

import ctranslate2
import numpy

import cache as caches
from folder import pooling
from protocol import Engine


class CTranslate2(Engine):
    name = f"CTranslate2 {ctranslate2.__version__}"
    precisions = ("float32", "int8")

    def load(self, model, precision, threads, cache):
        converted = caches.entry(cache, model, f"ctranslate2-{ctranslate2.__version__}")
        if not (converted / "model.bin").exists():
            convert(model, converted)
        self.modes, self.normalizes = pooling(pathlib.Path(model))
        self.encoder = ctranslate2.Encoder(
            str(converted), device="cpu", compute_type=precision, inter_threads=1,
            intra_threads=threads)

    def prepare(self, ids):
        return ids

    def compute(self, prepared):
        # Lengths are known from the lists: it pads and masks by itself.
        output = self.encoder.forward_batch(prepared)
        hidden = numpy.array(output.last_hidden_state)
        if self.modes == ["cls"]:
            vectors = hidden[:, 0]
        else:
            vectors = numpy.stack([
                rows[:len(message)].mean(0) for rows, message in zip(hidden, prepared)])
        if self.normalizes:
            vectors = vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def convert(model: str, target: pathlib.Path) -> None:
    import torch
    import transformers
    from ctranslate2.converters import transformers as converters

    config = transformers.AutoConfig.from_pretrained(model)
    loaders = converters._MODEL_LOADERS
    kind = type(config).__name__
    if kind not in loaders:
        raise ValueError(f"CTranslate2 converts no {kind}")
    loader = loaders[kind]
    # The loaders read the keys of the class they name; the base alone is all that is wanted.
    network = getattr(transformers, loader.architecture_name).from_pretrained(
        model, dtype=torch.float32)
    spec = loader.get_model_spec(network)
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    tokens = loader.get_vocabulary(network, tokenizer)
    tokens = tokens[:config.vocab_size]
    tokens += [f"<extra_id_{i}>" for i in range(config.vocab_size - len(tokens))]
    loader.set_config(spec.config, network, tokenizer)
    loader.set_vocabulary(spec, tokens)
    spec.validate()
    spec.optimize(quantization=None)
    target.mkdir(parents=True, exist_ok=True)
    spec.save(str(target))


ENGINE = CTranslate2
