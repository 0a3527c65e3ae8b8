"""Compares token ids with the Hugging Face libraries over all shared moderation texts.

    python compare_ids.py [--moderate .build/release/moderate] [--only xlm-roberta …]

Every text of the shared data (nine languages) and the texts of nasty_texts.py go through
`moderate tokenize` and through the reference, for each of the real tokenizers: bert-base-uncased
(tokenizer.json and vocab.txt), all-mpnet-base-v2, XLM-R and DeBERTa-v3 (from the SentencePiece
file, and from the tokenizer.json that transformers saves of it); and for tokenizers of the kinds of
Qwen2, Llama 3, GPT-2, RoBERTa, ModernBERT and Gemma that are trained on these texts (trained.py).
Prints the counts; exits with 1 if any id differs. Ids are compared before truncation.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import transformers
from tokenizers import Tokenizer
from transformers import (
    AutoTokenizer, BertConfig, BertTokenizerFast, DebertaV2Config, DebertaV2TokenizerFast,
    MPNetConfig, RobertaConfig, XLMRobertaConfig, XLMRobertaTokenizerFast)

from nasty_texts import LONG, SHORT, clean
from shared_texts import DATA, ROOT, shared_texts
from trained import KINDS

# What transformers writes for "no limit", so that nothing is cut.
UNLIMITED = 1_000_000_000_000_000_019_884_624_838_656
CONFIGS = {
    "bert-base-uncased": BertConfig, "all-mpnet-base-v2": MPNetConfig,
    "xlm-roberta": XLMRobertaConfig, "deberta-v3": DebertaV2Config, "roberta": RobertaConfig}


def cases(scratch, texts, size, wanted):
    """(name, folder for `moderate`, reference tokenizer)"""

    def configure(path, name):
        # A model that takes any length, so that nothing is cut.
        config = CONFIGS[name](max_position_embeddings=1_000_000, vocab_size=300_000)
        config.save_pretrained(path)

    def folder(name, suffix, file):
        path = scratch / (name + suffix)
        path.mkdir()
        shutil.copy(DATA / "tokenizers" / file, path)
        (path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": UNLIMITED}))
        return path

    for name in ("bert-base-uncased", "all-mpnet-base-v2"):
        path = folder(name, "", f"{name}/tokenizer.json")
        configure(path, name)
        yield f"{name} tokenizer.json", path, Tokenizer.from_file(str(path / "tokenizer.json"))
    for name, kind, file, source in (
            ("bert-base-uncased", BertTokenizerFast, "bert-base-uncased/vocab.txt", "vocab.txt"),
            ("xlm-roberta", XLMRobertaTokenizerFast, "xlm-roberta/sentencepiece.bpe.model",
             "sentencepiece.bpe.model"),
            ("deberta-v3", DebertaV2TokenizerFast, "deberta-v3/spm.model", "spm.model")):
        bare = folder(name, "-bare", file)
        reference = kind.from_pretrained(bare)
        configure(bare, name)
        yield f"{name} {source}", bare, reference.backend_tokenizer
        saved = scratch / f"{name}-saved"
        reference.save_pretrained(saved)
        for path in saved.iterdir():
            if path.name not in ("tokenizer.json", "tokenizer_config.json"):
                path.unlink()
        configure(saved, name)
        yield (f"{name} tokenizer.json as saved", saved,
               Tokenizer.from_file(str(saved / "tokenizer.json")))
    # Every eighth text suffices for the words.
    for name, train in KINDS.items():
        if not wanted(f"trained {name}"):
            continue
        path = scratch / f"trained-{name}"
        path.mkdir()
        train(texts[::8], size, path)
        if name == "roberta":
            configure(path, name)
        reference = AutoTokenizer.from_pretrained(path)
        yield f"trained {name}", path, reference.backend_tokenizer


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moderate", default=str(ROOT / ".build/release/moderate"))
    parser.add_argument("--only", nargs="*", help="only tokenizers whose name has one of these")
    parser.add_argument("--size", type=int, default=32_000, help="tokens of the trained ones")
    options = parser.parse_args()

    def wanted(name):
        return not options.only or any(part in name for part in options.only)

    transformers.logging.set_verbosity_error()
    texts = list(dict.fromkeys(shared_texts()))
    texts += [text for text in SHORT + LONG if text.strip()]
    references = [clean(text) for text in texts]
    print(f"{len(texts)} texts")
    differing = 0
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        file = scratch / "texts.jsonl"
        # Escaped, so that lone surrogates arrive as they are sent.
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        for name, folder, reference in cases(scratch, references, options.size, wanted):
            if not wanted(name):
                continue
            reference.no_truncation()
            reference.no_padding()
            run = subprocess.run(
                [options.moderate, "tokenize", "--model", str(folder), "--input", str(file),
                 "--format", "json"], stdout=subprocess.PIPE, check=True)
            lines = run.stdout.splitlines()
            if len(lines) != len(texts):
                sys.exit(f"{name}: {len(lines)} lines for {len(texts)} texts")
            wrong = []
            tokens = 0
            for start in range(0, len(texts), 1000):
                encodings = reference.encode_batch(references[start:start + 1000])
                for index, encoding in enumerate(encodings, start):
                    tokens += len(encoding.ids)
                    if json.loads(lines[index])["ids"] != encoding.ids:
                        wrong.append(index)
            print(f"{name}: {len(texts)} texts, {tokens} ids, {len(wrong)} texts differ")
            for index in wrong[:5]:
                print(f"  text {index}: {texts[index][:60]!a}")
            differing += len(wrong)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
