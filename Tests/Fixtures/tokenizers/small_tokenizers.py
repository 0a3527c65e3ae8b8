"""Small tokenizers for fixtures, trained on sentences of this project."""

import contextlib
import io
import json
import pathlib
import tempfile

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from trained import KINDS

WEIGHTS = pathlib.Path(__file__).resolve().parents[3] / "Weights"


def own_texts():
    texts = (WEIGHTS / "messages.txt").read_text().splitlines()
    for language in ("en", "fr"):
        lines = (WEIGHTS / f"weights/plain_{language}.txt").read_text().splitlines()
        texts += [line for line in lines if line and not line.startswith("#")]
    return texts


SPECIAL = {
    "roberta": ["<s>", "<pad>", "</s>", "<unk>"], "deberta": ["[PAD]", "[CLS]", "[SEP]", "[UNK]"],
    "gpt2": [], "qwen": []}
LAST = {"roberta": ["<mask>"], "deberta": ["[MASK]"], "gpt2": ["<|endoftext|>"], "qwen": []}


def byte_level(kind, size=460):
    """vocab.json and merges.txt with the special tokens where the published models have them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(own_texts(), trainers.BpeTrainer(
        vocab_size=size, show_progress=False, special_tokens=SPECIAL[kind],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    vocab = model["vocab"]
    for token in LAST[kind]:
        vocab[token] = len(vocab)
    merges = "".join(f"{left} {right}\n" for left, right in model["merges"])
    return {
        "vocab.json": json.dumps(vocab, ensure_ascii=False),
        "merges.txt": "#version: 0.2\n" + merges}


def words(size=400):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(own_texts(), trainers.WordPieceTrainer(
        vocab_size=size, show_progress=False, special_tokens=special))
    # Sorted, since the trainer's order is another one in every run.
    rest = sorted(set(tokenizer.get_vocab()) - set(special))
    return {"vocab.txt": "".join(token + "\n" for token in special + rest)}


def pieces(size=300, **options):
    """A SentencePiece unigram model with a charsmap of a few rules: the usual one is 240 kB."""
    # The file repeats the path of the rules, which should be the same in every run.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        rules = pathlib.Path("rules.tsv")
        rules.write_text("FB01\t66 69\nBD\t31 2044 32\nA0\t20\n3000\t20\n2122\t54 4D\n")
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(own_texts()), model_writer=model, model_type="unigram",
            vocab_size=size, hard_vocab_limit=False, minloglevel=2,
            normalization_rule_tsv=str(rules), **options)
        return model.getvalue()


def kind(name, size=560):
    """The files of a kind of trained.py, with few words."""
    with tempfile.TemporaryDirectory() as folder:
        KINDS[name](own_texts(), size, folder)
        files = {path.name: path.read_text() for path in sorted(pathlib.Path(folder).iterdir())}
    if "tokenizer.json" in files:
        content = json.loads(files["tokenizer.json"])
        files["tokenizer.json"] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return files


# The pieces that the published models begin with.
ALBERT = dict(
    pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>", unk_piece="<unk>",
    control_symbols="[CLS],[SEP],[MASK]", user_defined_symbols="(,),-,.,–,£,€")
XLM_ROBERTA = dict(unk_id=0, bos_id=1, eos_id=2)
DEBERTA = dict(
    pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]",
    eos_piece="[SEP]", unk_piece="[UNK]")
