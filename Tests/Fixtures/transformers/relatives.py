"""Small models of BERT's relatives: DistilBERT, ELECTRA, ALBERT and DeBERTa's first version."""

from spec import BRAIN, FULL, HALF, SHORT, Spec, labels, shape

MULTI = labels("a", "b", "c", problem="multi_label_classification")
SINGLE = labels("a", "b", problem="single_label_classification")


def distilbert(name: str, *, heads=3, hidden=12, layers=1, feed=18, config=None, **keywords):
    kind = "DistilBertForSequenceClassification" if keywords.get("labels") else "DistilBertModel"
    base = {
        "dim": hidden, "n_heads": heads, "n_layers": layers, "hidden_dim": feed, "vocab_size": 32,
        "max_position_embeddings": 36,
    } | (config or {})
    return Spec(f"distilbert-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


DISTILBERT = [
    distilbert("head-5", layers=2, element_type=FULL, hidden=20, heads=4, feed=28),
    distilbert("head-12-prefixed", hidden=24, heads=2, prefixed=True),
    distilbert("bfloat16-sharded", layers=2, element_type=BRAIN, shards=3, prefixed=True),
    distilbert("relu-padding-inside", config={"activation": "relu"}, padding_inside=True),
    # BERT's names of three keys, as the reference's attribute map has them.
    distilbert("names-of-bert", hidden=12, config_removed=["dim", "n_heads", "n_layers"],
               config_overridden={"hidden_size": 12, "num_attention_heads": 3,
                                  "num_hidden_layers": 1}),
    # Keys that BERT obeys. The reference has ε and the activation of the head in its code.
    distilbert("keys-of-others", config_overridden={
        "layer_norm_eps": 0.05, "hidden_act": "relu", "intermediate_size": 7,
        "type_vocab_size": 2, "sinusoidal_pos_embds": True}),
    distilbert("pre-training-head", prefixed=True, extra_tensors={
        "vocab_transform.weight": [12, 12], "vocab_layer_norm.weight": [12],
        "vocab_projector.weight": [32, 12], "vocab_projector.bias": [32]}),
    distilbert("classifier-multi", layers=2, element_type=FULL, labels=True, config=MULTI),
    distilbert("classifier-single-float16", labels=True, element_type=HALF, config=SINGLE),
]


def electra(name: str, *, heads=3, hidden=12, layers=1, feed=18, config=None, **keywords):
    kind = "ElectraForSequenceClassification" if keywords.get("labels") else "ElectraModel"
    base = shape(hidden, heads, layers, feed, 32, 36) | {"embedding_size": 7} | (config or {})
    return Spec(f"electra-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


ELECTRA = [
    electra("head-5", layers=2, element_type=FULL, hidden=20, heads=4, token_types=True),
    electra("same-size-prefixed", hidden=24, heads=2, prefixed=True,
            config={"embedding_size": 24}),
    electra("bfloat16-sharded", layers=2, element_type=BRAIN, shards=2),
    electra("large-epsilon-relu", config={"layer_norm_eps": 0.05, "hidden_act": "relu"}),
    electra("padding-inside", padding_inside=True),
    electra("classifier-multi", layers=2, element_type=FULL, labels=True, config=MULTI),
    electra("classifier-single-float16", labels=True, element_type=HALF, config=SINGLE),
]


def albert(name: str, *, heads=3, hidden=12, layers=3, feed=18, config=None, **keywords):
    kind = "AlbertForSequenceClassification" if keywords.get("labels") else "AlbertModel"
    base = shape(hidden, heads, layers, feed, 32, 36) | {"embedding_size": 7} | (config or {})
    return Spec(f"albert-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


ALBERT = [
    albert("head-5", element_type=FULL, hidden=20, heads=4, token_types=True),
    # Five layers in two groups: three and two.
    albert("two-groups-prefixed", layers=5, prefixed=True, config={"num_hidden_groups": 2}),
    albert("one-layer-no-pooler", layers=1, hidden=24, heads=2, pooler=False),
    albert("bfloat16-sharded", layers=2, element_type=BRAIN, shards=2),
    albert("large-epsilon-relu", config={"layer_norm_eps": 0.05, "hidden_act": "relu"}),
    albert("padding-inside", padding_inside=True),
    albert("classifier-multi", element_type=FULL, labels=True, config=MULTI),
    albert("classifier-single-float16", labels=True, element_type=HALF, config=SINGLE),
]


def deberta_v1(name: str, *, heads=3, hidden=12, layers=1, feed=18, config=None, **keywords):
    """The shape of microsoft/deberta-base in small."""
    kind = "DebertaForSequenceClassification" if keywords.get("labels") else "DebertaModel"
    base = shape(hidden, heads, layers, feed, 32, 36) | {
        "relative_attention": True, "max_relative_positions": -1, "pos_att_type": ["c2p", "p2c"],
        "position_biased_input": False, "type_vocab_size": 0,
    } | (config or {})
    return Spec(f"deberta1-{name}", kind, base, keywords.pop("lengths", SHORT), **keywords)


DEBERTA_V1 = [
    deberta_v1("head-5", layers=2, element_type=FULL, hidden=20, heads=4, feed=28),
    deberta_v1("head-20-one-head", element_type=FULL, hidden=20, heads=1),
    deberta_v1("head-12-prefixed", hidden=24, heads=2, prefixed=True),
    deberta_v1("c2p", config={"pos_att_type": ["c2p"]}),
    deberta_v1("p2c", config={"pos_att_type": ["p2c"]}),
    # Terms that the reference does not know enter into the scale all the same.
    deberta_v1("unknown-term", config={"pos_att_type": ["c2p", "p2p"]}),
    deberta_v1("text-pos-att-type", config_overridden={"pos_att_type": "c2p|p2c"}),
    # Longer than the reach: distances past it take the last row.
    deberta_v1("reach-10", layers=2, lengths=[1, 2, 9, 10, 11, 36],
               config={"max_relative_positions": 10}),
    deberta_v1("long", hidden=6, heads=2, lengths=[1, 64, 65, 130],
               config={"max_position_embeddings": 160}),
    deberta_v1("no-relative-attention", config={
        "relative_attention": False, "position_biased_input": True}),
    deberta_v1("positions-and-types", token_types=True, config={
        "position_biased_input": True, "type_vocab_size": 2}),
    deberta_v1("large-epsilon-relu", config={"layer_norm_eps": 0.05, "hidden_act": "relu"}),
    deberta_v1("bfloat16-sharded-prefixed", layers=2, element_type=BRAIN, shards=3, prefixed=True),
    deberta_v1("padding-inside", padding_inside=True),
    deberta_v1("classifier-multi", layers=2, element_type=FULL, labels=True, config=MULTI),
    deberta_v1("classifier-tanh-pooler-float16", labels=True, element_type=HALF,
               config=SINGLE | {"pooler_hidden_act": "tanh"}),
]

RELATIVES = DISTILBERT + ELECTRA + ALBERT + DEBERTA_V1
