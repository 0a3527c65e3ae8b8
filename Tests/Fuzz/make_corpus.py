"""Writes the small files that the fuzzer starts from: a tokenizer for each kind of model, and pickles.

    python make_corpus.py            # needs tokenizers and sentencepiece
    python make_corpus.py pickles    # these alone; needs nothing

The pickles are those of the fixtures that PyTorch wrote, and of the two newer protocols.
"""

import io
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "Corpus"
(HERE / "pickle").mkdir(parents=True, exist_ok=True)
for path in sorted((HERE.parents[1] / "Fixtures/pytorch").rglob("*.bin")):
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            (HERE / "pickle" / f"{path.parent.name}-{path.stem}.pkl").write_bytes(archive.read(name))
if sys.argv[1:] == ["pickles"]:
    sys.exit()

import sentencepiece
from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
)

(HERE / "tokenizer").mkdir(parents=True, exist_ok=True)
(HERE / "sentencepiece").mkdir(parents=True, exist_ok=True)
(HERE / "vocabulary").mkdir(parents=True, exist_ok=True)

words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "t", "##he", "##s", "é", "中", "!", "a"]
wordpiece = Tokenizer(
    models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]",
                     max_input_chars_per_word=100))
wordpiece.normalizer = normalizers.BertNormalizer()
wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
wordpiece.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
    special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
wordpiece.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
wordpiece.add_tokens([AddedToken("<mention>", lstrip=True, rstrip=True, single_word=True)])
wordpiece.enable_truncation(16)
wordpiece.enable_padding(length=16)

unigram = Tokenizer(
    models.Unigram([("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0),
                    ("▁the", -3.5), ("t", -4.0), ("h", -4.25), ("e", -4.5), ("é", -6.0),
                    ("<0xC3>", -9.0), ("<0xA9>", -9.0)], unk_id=3, byte_fallback=True))
unigram.normalizer = normalizers.Sequence([
    normalizers.NFKC(), normalizers.Strip(left=False), normalizers.Lowercase(),
    normalizers.Replace(Regex(" {2,}"), "▁"), normalizers.Prepend("▁"), normalizers.StripAccents()])
unigram.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated"),
    pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Metaspace()])
unigram.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
unigram.decoder = decoders.Metaspace()

merges = [("t", "h"), ("th", "e"), ("Ġ", "the")]
pieces = ["<s>", "</s>", "<unk>", "t", "h", "e", "Ġ", "th", "the", "Ġthe", "Ã", "©"]
bpe = Tokenizer(models.BPE({p: i for i, p in enumerate(pieces)}, merges, unk_token="<unk>"))
bpe.normalizer = normalizers.NFC()
bpe.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}{1,3}|\s+"), "isolated"),
    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
bpe.post_processor = processors.ByteLevel(trim_offsets=True)

for name, tokenizer in [("wordpiece", wordpiece), ("unigram", unigram), ("bpe", bpe)]:
    tokenizer.save(str(HERE / "tokenizer" / f"{name}.json"))

text = "the cat sat on the mat. THE end! éclair naïve ﬁne ½ cup\n" * 4
# A normalisation of a few rules: the usual ones are 240 kB
rules = Path(tempfile.mkdtemp()) / "rules.tsv"
rules.write_text("FB01\t66 69\nBD\t31 2044 32\nA0\t20\n")
for name, fallback in [("rules", False), ("bytes", True)]:
    rule = {"normalization_rule_name": "identity"} if fallback else {
        "normalization_rule_tsv": str(rules)}
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text.split("\n")), model_writer=model, model_type="unigram",
        vocab_size=300 if fallback else 40, byte_fallback=fallback, hard_vocab_limit=False,
        minloglevel=2, **rule)
    (HERE / "sentencepiece" / f"{name}.model").write_bytes(model.getvalue())
(HERE / "vocabulary" / "vocab.txt").write_text("\n".join(words) + "\n")
