"""Writes small models with LoRA adapters, each with what PEFT makes of them.

    pip install transformers==5.24.0 peft==0.21.2
    python make_adapters.py [--output adapters]

One folder for each: a Hugging Face model, `adapters/NAME/` as PEFT saves it, and the goldens of
README.md, whose `adapter` names the adapter. The reference keeps adapters unmerged.
"""

import argparse
import json
import pathlib
import shutil

import numpy
import peft
import torch
import transformers

from make_models import checkpoint, messages, randomize, rows_kept, save_checkpoint, save_golden
from make_models import saved_config, seed, write_json
from spec import BRAIN, FULL, Spec, labels
from decoders import eurobert, modernbert, qwen3
from models import bert

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
COMPOSITE = {"model_type": "jina_embeddings_v5", "architectures": ["JinaEmbeddingsV5Model"]}


def spec_of(spec: Spec, name: str, **changes) -> Spec:
    for key, value in changes.items():
        setattr(spec, key, value)
    spec.name = name
    return spec


#: The model, the adapters' configurations by name, the adapter of the goldens.
FOLDERS = [
    # The two sizes of jina-embeddings-v5 share a model_type.
    (spec_of(eurobert("", element_type=BRAIN), "jina-eurobert",
             config_overridden=COMPOSITE | {"is_decoder": False}),
     {"classification": dict(r=4, lora_alpha=4, target_modules=TARGETS),
      "retrieval": dict(r=4, lora_alpha=4, target_modules=TARGETS)}, "classification"),
    (spec_of(qwen3("", element_type=BRAIN), "jina-qwen3", config_overridden=COMPOSITE),
     {"classification": dict(r=4, lora_alpha=8, target_modules=TARGETS)}, "classification"),
    # A rank that scales by its root, and layers that are not all adapted.
    (spec_of(bert("", layers=2), "bert-rank-stabilised"),
     {"own": dict(r=3, lora_alpha=5, use_rslora=True, target_modules=["query", "value"])}, "own"),
    # Queries, keys and values in one matrix.
    (spec_of(modernbert("", element_type=FULL), "modernbert-fused"),
     {"own": dict(r=2, lora_alpha=3, target_modules=["Wqkv", "Wi", "Wo"])}, "own"),
    # A classifier's head that the adapter's folder has, over the weights of an encoder.
    (spec_of(bert("", labels=True, config=labels("a", "b", "c")), "bert-classifier"),
     {"own": dict(r=3, lora_alpha=3, task_type="SEQ_CLS", target_modules=["query", "dense"],
                  modules_to_save=["classifier"])}, "own"),
]


@torch.no_grad()
def make(spec: Spec, adapters: dict, chosen: str, root: pathlib.Path) -> None:
    folder = root / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(seed(spec.name))
    model_class = getattr(transformers, spec.model)
    config = model_class.config_class(**spec.config, attn_implementation="eager")
    model = model_class(config).eval()
    randomize(model, generator, spec.spread)
    for parameter in model.parameters():
        parameter.data.copy_(parameter.data.to(spec.element_type))
    tensors = checkpoint(spec, model, generator)
    save_checkpoint(folder, {n: t for n, t in tensors.items() if "classifier" not in n}, 1)
    write_json(folder / "config.json", saved_config(spec, model))

    numbers = numpy.random.default_rng(seed(spec.name))
    inputs = messages(spec, model.config, numbers)
    for name, settings in adapters.items():
        adapted = peft.get_peft_model(model, peft.LoraConfig(**settings)).eval()
        for path, parameter in sorted(adapted.named_parameters()):
            if "lora_" in path or "modules_to_save" in path:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
        place = folder / "adapters" / name
        adapted.save_pretrained(place)
        (place / "README.md").unlink(missing_ok=True)
        if name == chosen:
            results = [adapted(
                input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)).long())
                for ids in inputs]
        model = adapted.unload()
    rows = [rows_kept(len(ids)) for ids in inputs]
    if spec.labels:
        arrays = {"logits": torch.cat([result.logits for result in results]).numpy()}
    else:
        arrays = {
            f"hidden.{i}": result.last_hidden_state[0][kept].numpy()
            for i, (result, kept) in enumerate(zip(results, rows))}
    save_golden(folder, {"inputs": inputs, "rows": rows, "adapter": chosen}, arrays)
    print(spec.name, json.dumps([round(float(a.std()), 3) for a in arrays.values()]))


def main() -> None:
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=here / "adapters")
    options = parser.parse_args()
    torch.set_num_threads(1)
    for spec, adapters, chosen in FOLDERS:
        make(spec, adapters, chosen, options.output)


if __name__ == "__main__":
    main()
