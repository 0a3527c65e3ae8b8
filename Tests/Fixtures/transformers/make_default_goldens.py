"""What PyTorch makes of the default moderator before its weights are int8: run it when they change.

    python make_default_goldens.py MODEL      # WORK/model, as weights.train leaves it

Writes default.json: sentences of Weights/default/suite.jsonl and disguised ones, with their token ids
and their logits in float32.
"""

import json
import pathlib
import random
import sys

import tokenizers
import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Weights"))
from weights import disguise, sources  # noqa: E402


def main():
    folder = pathlib.Path(sys.argv[1])
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    network = transformers.BertForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager").eval()
    texts = [text for text, *_ in sources.suite()][::7]
    rng, hide = random.Random(5), disguise.Disguiser(5)
    texts += [hide(rng.choice(texts)) for _ in range(40)]
    texts += ["", "ⓗⓔⓛⓛⓞ", "𝒽𝑒𝓁𝓁𝑜", "he\u200bllo", "ＨＥＬＬＯ", "сафе", "soooo goooood", "a\u0301 la carte"]
    cases = []
    with torch.inference_mode():
        for text in texts:
            ids = tokenizer.encode(text).ids
            logits = network(input_ids=torch.tensor([ids])).logits[0]
            cases.append({"text": text, "ids": ids, "logits": [round(float(x), 5) for x in logits]})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (pathlib.Path(__file__).resolve().parent / "default.json").write_text(f"[\n{lines}\n]\n")
    print(len(cases))


if __name__ == "__main__":
    main()
