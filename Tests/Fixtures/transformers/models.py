"""The list of small models: what each is there to catch stands beside it."""

from decoders import DECODERS
from relatives import RELATIVES
from spec import BRAIN, FULL, HALF, SHORT, Spec, labels, shape


def bert(name: str, *, heads=3, hidden=12, layers=1, feed=18, config=None, **keywords) -> Spec:
    kind = "BertForSequenceClassification" if keywords.get("labels") else "BertModel"
    base = shape(hidden, heads, layers, feed, 32, 36) | (config or {})
    return Spec(f"bert-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


TWELVE = [f"label {i}" for i in range(12)]

BERT = [
    bert("head-5", layers=2, element_type=FULL, hidden=20, heads=4, feed=28, token_types=True),
    bert("head-12-one-layer-prefixed", hidden=24, heads=2, prefixed=True, pooler=False),
    bert("head-20-one-head", element_type=FULL, hidden=20, heads=1, feed=21),
    bert("head-1", hidden=6, heads=6, layers=3, feed=50),
    bert("no-layers", layers=0),
    bert("float16", element_type=HALF),
    bert("bfloat16-prefixed", layers=2, element_type=BRAIN, prefixed=True),
    bert("sharded", layers=2, element_type=FULL, shards=3),
    bert("sharded-bfloat16-prefixed", shards=2, element_type=BRAIN, prefixed=True, pooler=False),
    bert("one-token-type", config={"type_vocab_size": 1}),
    bert("three-token-types", config={"type_vocab_size": 3}, token_types=True),
    # A layer_norm_eps that shows, should anybody write 1e-12 into the code.
    bert("large-epsilon", config={"layer_norm_eps": 0.05}),
    # The names of the original checkpoints, a stored buffer and the pre-training heads.
    bert("legacy-names", legacy_names=True, prefixed=True, position_ids=True, extra_tensors={
        "cls.predictions.bias": [32], "cls.predictions.transform.dense.weight": [12, 12],
        "cls.seq_relationship.weight": [2, 12]}),
    bert("padding-inside", padding_inside=True),
    bert("relu", config={"hidden_act": "relu"}),
    bert("gelu-new", config={"hidden_act": "gelu_new"}),
    bert("gelu-tanh", config={"hidden_act": "gelu_pytorch_tanh"}),
    bert("silu", config={"hidden_act": "silu"}),
    # Two more names of the approximation, and one of the exact function.
    bert("gelu-fast", config={"hidden_act": "gelu_fast"}),
    bert("gelu-accurate", config={"hidden_act": "gelu_accurate"}),
    bert("gelu-python", config={"hidden_act": "gelu_python"}),
    # The padding id only says which row of the table was not trained.
    bert("padding-id-negative", config={"pad_token_id": -1}),
    bert("classifier-single", labels=True, token_types=True, config=labels(
        "ham", "spam", "unsure", problem="single_label_classification")),
    bert("classifier-multi", layers=2, element_type=FULL, labels=True, config=labels(
        "a", "b", "c", "d", problem="multi_label_classification")),
    bert("classifier-regression", labels=True, config=labels("score", problem="regression")),
    # Twelve labels: keys sorted as strings ("0", "1", "10", "11", "2" …) would mix them up.
    bert("classifier-twelve-labels", labels=True, config=labels(*TWELVE)),
    # Neither id2label nor problem_type in the file: two labels named LABEL_0 and LABEL_1.
    bert("classifier-unnamed-float16", labels=True, element_type=HALF,
         config_removed=["id2label", "label2id", "problem_type"]),
]


def mpnet(name: str, *, heads=3, hidden=12, layers=1, feed=18, positions=36, config=None,
          **keywords) -> Spec:
    kind = "MPNetForSequenceClassification" if keywords.get("labels") else "MPNetModel"
    base = shape(hidden, heads, layers, feed, 32, positions) | {"pad_token_id": 1} | (config or {})
    return Spec(f"mpnet-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


MPNET = [
    # 150 tokens: past the exact buckets (8), the logarithmic ones and the last (128).
    mpnet("head-5-long", layers=2, element_type=FULL, hidden=20, heads=4, feed=28, positions=156,
          lengths=[1, 2, 9, 17, 33, 100, 150]),
    mpnet("head-12-one-layer-prefixed", hidden=24, heads=2, prefixed=True, pooler=False),
    mpnet("head-20-one-head", element_type=FULL, hidden=20, heads=1),
    mpnet("float16", element_type=HALF),
    mpnet("bfloat16-sharded", layers=2, element_type=BRAIN, shards=3),
    mpnet("large-epsilon", config={"layer_norm_eps": 0.05}, pooler=False),
    mpnet("padding-inside", padding_inside=True),
    # The padding index is 1 in the reference's code; the configuration's has no effect.
    mpnet("padding-index-ignored", padding_inside=True, config={"pad_token_id": 0}),
    # Keys that BERT obeys and MPNet does not read.
    mpnet("keys-of-others", config_overridden={
        "is_decoder": True, "type_vocab_size": 2, "position_embedding_type": "relative_key"}),
    mpnet("position-ids-stored", position_ids=True, prefixed=True),
    # transformers counts 32 buckets whatever the table's height: the other rows are dead weight.
    mpnet("table-of-40-rows", config={"relative_attention_num_buckets": 40}),
    # The longest input: positions − padding index − 1 tokens.
    mpnet("longest", positions=24, lengths=[1, 21, 22]),
    mpnet("classifier-multi", layers=2, element_type=FULL, labels=True, config=labels(
        "a", "b", "c", problem="multi_label_classification")),
    mpnet("classifier-single-float16", labels=True, element_type=HALF, config=labels(
        "a", "b", problem="single_label_classification")),
    mpnet("classifier-regression", labels=True, config=labels("score", problem="regression")),
]


def roberta(name: str, *, family="XLMRoberta", heads=3, hidden=12, layers=1, feed=18, positions=36,
            config=None, **keywords) -> Spec:
    kind = family + ("ForSequenceClassification" if keywords.get("labels") else "Model")
    base = shape(hidden, heads, layers, feed, 32, positions)
    base |= {"type_vocab_size": 1, "pad_token_id": 1, "layer_norm_eps": 1e-5} | (config or {})
    start = {"XLMRoberta": "xlm-roberta", "Roberta": "roberta", "Camembert": "camembert"}[family]
    return Spec(f"{start}-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


ROBERTA = [
    roberta("head-5", layers=2, element_type=FULL, hidden=20, heads=4, feed=28),
    roberta("head-12-one-layer-prefixed", hidden=24, heads=2, prefixed=True, pooler=False),
    roberta("one-head-no-pooler", element_type=FULL, heads=1, pooler=False),
    roberta("two-token-types", config={"type_vocab_size": 2}, token_types=True),
    roberta("padding-inside", padding_inside=True),
    # Positions start at padding index + 1, wherever that is.
    roberta("padding-index-3", config={"pad_token_id": 3}, padding_inside=True),
    roberta("longest", positions=24, lengths=[1, 21, 22]),
    roberta("long", element_type=FULL, positions=204, lengths=[3, 64, 65, 200]),
    roberta("float16-sharded", layers=2, element_type=HALF, shards=2),
    roberta("bfloat16", element_type=BRAIN),
    roberta("classifier-multi", element_type=FULL, layers=2, labels=True, config=labels(
        "a", "b", "c", problem="multi_label_classification")),
    roberta("classifier-single-bfloat16", labels=True, element_type=BRAIN, config=labels(
        "a", "b", problem="single_label_classification")),
    roberta("classifier-regression", labels=True, config=labels("score", problem="regression")),
    roberta("position-ids-stored", family="Roberta", position_ids=True),
    roberta("masked-language-model", family="Roberta", prefixed=True, pooler=False, extra_tensors={
        "lm_head.bias": [32], "lm_head.dense.weight": [12, 12]}),
    roberta("classifier-single", family="Roberta", labels=True, config=labels(
        "a", "b", "c", problem="single_label_classification")),
    roberta("prefixed", family="Camembert", prefixed=True),
    roberta("classifier-multi", family="Camembert", labels=True, config=labels(
        "a", "b", "c", problem="multi_label_classification")),
]


def deberta(name: str, *, heads=3, hidden=12, layers=1, feed=18, config=None, **keywords):
    """The shape of DeBERTa-v3 in small, with buckets so few that short inputs reach the last."""
    kind = "DebertaV2ForSequenceClassification" if keywords.get("labels") else "DebertaV2Model"
    base = shape(hidden, heads, layers, feed, 32, 36) | {
        "relative_attention": True, "position_buckets": 8, "max_relative_positions": -1,
        "pos_att_type": ["p2c", "c2p"], "share_att_key": True, "norm_rel_ebd": "layer_norm",
        "position_biased_input": False, "type_vocab_size": 0, "layer_norm_eps": 1e-7,
        "pad_token_id": 0,
    } | (config or {})
    return Spec(f"deberta-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


def deberta_attention() -> list[Spec]:
    """Every pos_att_type, projections shared or own, keys layer-normed or not, both bucketings."""
    kinds = {"none": [], "c2p": ["c2p"], "p2c": ["p2c"], "both": ["p2c", "c2p"]}
    specs = []
    for kind, value in kinds.items():
        for shared in (True, False):
            for norm in ("layer_norm", "none"):
                for buckets in (8, -1):
                    if kind == "none" and (norm == "none" or buckets < 0):
                        continue
                    name = f"{kind}-{'shared' if shared else 'own'}"
                    name += "-normed" if norm == "layer_norm" else ""
                    name += f"-buckets-{buckets}" if buckets > 0 else "-linear"
                    config = {
                        "pos_att_type": value, "share_att_key": shared, "norm_rel_ebd": norm,
                        "position_buckets": buckets,
                        # Without buckets: a reach of 6, so that 13 tokens are clamped.
                        "max_relative_positions": 6 if buckets < 0 else -1,
                    }
                    specs.append(deberta(name, config=config))
    return specs


DEBERTA = deberta_attention() + [
    deberta("head-5", layers=2, element_type=FULL, hidden=20, heads=4),
    deberta("head-20-one-head", element_type=FULL, hidden=20, heads=1),
    deberta("text-pos-att-type", layers=2, config_overridden={"pos_att_type": "p2c|c2p"}),
    deberta("text-pos-att-type-c2p", config={"pos_att_type": ["c2p"]},
            config_overridden={"pos_att_type": "c2p"}),
    # The reference looks for two terms in the list and passes over others.
    deberta("terms-passed-over", config={"pos_att_type": ["p2p", "c2p", "C2P "]}),
    deberta("keys-of-others", config_overridden={
        "is_decoder": True, "position_embedding_type": "relative_key"}),
    # Four buckets: mid is 2, and nearly every distance is logarithmic.
    deberta("buckets-4", config={"position_buckets": 4}),
    deberta("buckets-6", config={"position_buckets": 6}),
    # More buckets than tokens: the identity.
    deberta("buckets-64", config={"position_buckets": 64, "max_position_embeddings": 80}),
    # 256 buckets as DeBERTa-v3 has them, reached by 300 tokens.
    deberta("buckets-256", lengths=[1, 127, 129, 150, 300], hidden=6, heads=2,
            config={"position_buckets": 256, "max_position_embeddings": 512}),
    deberta("buckets-8-reach-20", config={"max_relative_positions": 20}),
    # Longer than the reach: distances past max_relative_positions take the last bucket.
    deberta("buckets-8-reach-10", config={"max_relative_positions": 10}, lengths=[1, 2, 11, 36]),
    deberta("linear-default-reach", config={"position_buckets": -1}),
    deberta("no-relative-attention", config={
        "relative_attention": False, "position_biased_input": True, "norm_rel_ebd": "none"}),
    deberta("absolute-positions", config={"position_biased_input": True}),
    deberta("two-token-types", config={"type_vocab_size": 2}, token_types=True),
    deberta("positions-and-types", token_types=True,
            config={"position_biased_input": True, "type_vocab_size": 3}),
    deberta("convolution", element_type=FULL, layers=3, config={
        "conv_kernel_size": 3, "conv_act": "gelu"}),
    deberta("convolution-tanh", config={"conv_kernel_size": 3}),
    deberta("convolution-groups", layers=2, config={
        "conv_kernel_size": 3, "conv_act": "gelu", "conv_groups": 3}),
    deberta("convolution-5", config={"conv_kernel_size": 5, "conv_act": "relu", "conv_groups": 2}),
    deberta("narrow-embeddings", config={"embedding_size": 7}),
    deberta("narrow-embeddings-positions", token_types=True, config={
        "embedding_size": 8, "position_biased_input": True, "type_vocab_size": 2}),
    deberta("large-epsilon", config={"layer_norm_eps": 0.05}),
    deberta("padding-inside", padding_inside=True),
    deberta("prefixed", element_type=FULL, prefixed=True),
    deberta("float16", element_type=HALF),
    deberta("bfloat16-sharded-prefixed", layers=2, element_type=BRAIN, shards=2, prefixed=True),
    # What is left of the pre-training heads in the published v3 files.
    deberta("pre-training-heads", prefixed=True, extra_tensors={
        "lm_predictions.lm_head.bias": [32], "lm_predictions.lm_head.dense.weight": [12, 12],
        "mask_predictions.dense.weight": [12, 12]}),
    deberta("classifier-multi", layers=2, element_type=FULL, labels=True, config=labels(
        "a", "b", "c", "d", problem="multi_label_classification")),
    deberta("classifier-single", labels=True, config=labels(
        "a", "b", "c", problem="single_label_classification")),
    deberta("classifier-regression", labels=True, config=labels("score", problem="regression")),
    deberta("classifier-float16", labels=True, element_type=HALF, config=labels("a", "b")),
    deberta("classifier-tanh-pooler", labels=True, config=labels("a", "b") | {
        "pooler_hidden_act": "tanh"}),
    deberta("classifier-relu-pooler-convolution", labels=True, config=labels("a", "b") | {
        "pooler_hidden_act": "relu", "conv_kernel_size": 3, "conv_act": "gelu"}),
]


MODELS = BERT + MPNET + ROBERTA + DEBERTA + RELATIVES + DECODERS
