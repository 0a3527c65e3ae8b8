"""Small models with rotary positions: ModernBERT, NomicBERT, EuroBERT, Qwen3 and Gemma 3."""

import torch

from spec import BRAIN, FULL, HALF, Spec, labels

MULTI = labels("a", "b", "c", problem="multi_label_classification")
SINGLE = labels("a", "b", problem="single_label_classification")
#: Past a block of queries, and past every window below.
LENGTHS = [1, 2, 5, 13, 70]


def base(hidden: int, heads: int, layers: int, feed: int, config: dict | None) -> dict:
    return {
        "hidden_size": hidden, "num_attention_heads": heads, "num_hidden_layers": layers,
        "intermediate_size": feed, "vocab_size": 32, "max_position_embeddings": 96,
    } | (config or {})


def spec(name: str, kind: str, config: dict, **keywords) -> Spec:
    # Without norms behind the sums, hidden states grow from layer to layer, and so does rounding.
    return Spec(name, kind, config, keywords.pop("lengths", LENGTHS), spread=0.15, **keywords)


def modernbert(name: str, *, heads=3, hidden=24, layers=4, feed=18, config=None, **keywords):
    kind = "ModernBertForSequenceClassification" if keywords.get("labels") else "ModernBertModel"
    # 5 of either side: distance 5 is seen and 6 is not.
    own = base(hidden, heads, layers, feed, {
        "local_attention": 10, "global_attn_every_n_layers": 3, "pad_token_id": 0,
        "bos_token_id": 1, "eos_token_id": 2, "cls_token_id": 1, "sep_token_id": 2,
        "global_rope_theta": 160.0, "local_rope_theta": 10.0, "reference_compile": False} | (config or {}))
    return spec(f"modernbert-{name}", kind, own, **keywords)


MODERNBERT = [
    modernbert("head-8", element_type=FULL),
    modernbert("head-6-prefixed", hidden=12, heads=2, prefixed=True),
    modernbert("one-layer", layers=1, hidden=20, heads=1),
    modernbert("biases", element_type=FULL, config={
        "norm_bias": True, "attention_bias": True, "mlp_bias": True}),
    # An odd window is halved downwards.
    modernbert("window-7-every-second", config={
        "local_attention": 7, "global_attn_every_n_layers": 2}),
    modernbert("every-layer-global", config={"global_attn_every_n_layers": 1}),
    modernbert("local-base-null", config={"local_rope_theta": None}),
    modernbert("large-epsilon-silu", config={"norm_eps": 0.05, "hidden_activation": "silu"}),
    modernbert("bfloat16-sharded-prefixed", element_type=BRAIN, shards=3, prefixed=True),
    modernbert("padding-inside", padding_inside=True),
    # As transformers 5 writes the same bases and types.
    modernbert("current-keys", config_removed=["global_rope_theta", "local_rope_theta"],
               config_overridden={
                   "layer_types": ["full_attention", "sliding_attention", "sliding_attention",
                                   "full_attention"],
                   "rope_parameters": {
                       "full_attention": {"rope_type": "default", "rope_theta": 160.0},
                       "sliding_attention": {"rope_type": "default", "rope_theta": 10.0}}}),
    modernbert("masked-language-model", prefixed=True, extra_tensors={
        "head.dense.weight": [24, 24], "head.norm.weight": [24], "decoder.bias": [32]}),
    modernbert("classifier-cls", element_type=FULL, labels=True, config=MULTI),
    modernbert("classifier-mean-biased-relu", labels=True, config=SINGLE | {
        "classifier_pooling": "mean", "classifier_bias": True, "norm_bias": True,
        "classifier_activation": "relu"}),
]


def nomic(name: str, *, heads=3, hidden=24, layers=2, feed=18, config=None, **keywords):
    kind = "NomicBertForSequenceClassification" if keywords.get("labels") else "NomicBertModel"
    own = base(hidden, heads, layers, feed, config)
    return spec(f"nomic-{name}", kind, own, **keywords)


def nomic_as_published(tensors: dict) -> dict:
    """The names of nomic-ai/nomic-embed-text-v1.5: one matrix for queries, keys and values."""
    renames = {
        "embeddings.LayerNorm": "emb_ln", "self_attn.o_proj": "attn.out_proj",
        "mlp.up_proj": "mlp.fc11", "mlp.gate_proj": "mlp.fc12", "mlp.down_proj": "mlp.fc2",
        "post_attention_layernorm": "norm1", "post_mlp_layernorm": "norm2", "layers.": "encoder.layers.",
    }
    result = {}
    for name, value in tensors.items():
        for new, old in renames.items():
            name = name.replace(new, old)
        result[name] = value
    for name in [name for name in result if name.endswith("self_attn.q_proj.weight")]:
        parts = [result.pop(name.replace("q_proj", f"{part}_proj")) for part in "qkv"]
        result[name.replace("self_attn.q_proj", "attn.Wqkv")] = torch.cat(parts)
    return result


PUBLISHED_NOMIC = {
    "n_embd": 24, "n_head": 3, "n_layer": 2, "n_inner": 18, "n_positions": 96,
    "activation_function": "swiglu", "layer_norm_epsilon": 1e-12, "rotary_emb_base": 1000,
    "rotary_emb_fraction": 1.0, "rotary_emb_interleaved": False, "rotary_emb_scale_base": None,
    "rotary_scaling_factor": None, "qkv_proj_bias": False, "mlp_fc1_bias": False,
    "mlp_fc2_bias": False, "prenorm": False, "causal": False, "parallel_block": False,
    "use_rms_norm": False,
}
CURRENT_NAMES = [
    "hidden_size", "num_attention_heads", "num_hidden_layers", "intermediate_size", "hidden_act",
    "max_position_embeddings", "layer_norm_eps", "rope_parameters", "head_dim"]

NOMIC = [
    nomic("head-8", element_type=FULL, token_types=True),
    nomic("head-6-prefixed-float16", hidden=12, heads=2, prefixed=True),
    nomic("large-epsilon-one-type", config={
        "layer_norm_eps": 0.05, "type_vocab_size": 1,
        "rope_parameters": {"rope_type": "default", "rope_theta": 50.0}}),
    nomic("as-published", published=nomic_as_published, config_removed=CURRENT_NAMES,
          config_overridden=PUBLISHED_NOMIC),
    nomic("as-published-bfloat16-prefixed", published=nomic_as_published, prefixed=True,
          element_type=BRAIN, config_removed=CURRENT_NAMES, config_overridden=PUBLISHED_NOMIC),
    nomic("classifier-multi", element_type=FULL, labels=True, config=MULTI),
]


def eurobert(name: str, *, heads=4, key_heads=None, hidden=24, layers=2, feed=18, config=None,
             **keywords):
    kind = "EuroBertForSequenceClassification" if keywords.get("labels") else "EuroBertModel"
    own = base(hidden, heads, layers, feed, {
        "num_key_value_heads": key_heads or heads, "pad_token_id": 0, "bos_token_id": 1,
        "eos_token_id": 2, "mask_token_id": 3,
        "rope_parameters": {"rope_type": "default", "rope_theta": 250.0}} | (config or {}))
    return spec(f"eurobert-{name}", kind, own, **keywords)


EUROBERT = [
    eurobert("head-6", element_type=FULL),
    eurobert("grouped-heads-prefixed", key_heads=2, prefixed=True),
    eurobert("own-head-size-biases", key_heads=1, element_type=FULL, config={
        "head_dim": 10, "attention_bias": True, "mlp_bias": True}),
    eurobert("bfloat16-sharded", element_type=BRAIN, shards=3),
    # The spelling of its first code, and the default of ε away from its value.
    eurobert("older-keys", config={"rms_norm_eps": 0.05}, config_removed=["rope_parameters"],
             config_overridden={"rope_theta": 250.0}),
    eurobert("linear-positions", config={
        "rope_parameters": {"rope_type": "linear", "rope_theta": 250.0, "factor": 2.0}}),
    eurobert("classifier-late", element_type=FULL, labels=True, config=MULTI),
    eurobert("classifier-mean", labels=True, config=SINGLE | {"classifier_pooling": "mean"}),
    eurobert("classifier-bos-older-key", labels=True, element_type=HALF,
             config=SINGLE | {"classifier_pooling": "bos"}, config_removed=["classifier_pooling"],
             config_overridden={"clf_pooling": "bos"}),
]


def qwen3(name: str, *, heads=4, key_heads=2, head=8, hidden=24, layers=2, feed=18, config=None,
          **keywords):
    kind = "Qwen3ForSequenceClassification" if keywords.get("labels") else "Qwen3Model"
    own = base(hidden, heads, layers, feed, {
        "num_key_value_heads": key_heads, "head_dim": head, "rope_theta": 350.0}
        | (config or {}))
    return spec(f"qwen3-{name}", kind, own, **keywords)


QWEN3 = [
    # 4 × 8 is not 24: heads of a size of their own.
    qwen3("grouped-heads", element_type=FULL),
    qwen3("one-layer-one-key-head-prefixed", layers=1, key_heads=1, prefixed=True),
    qwen3("head-10-no-groups", heads=2, key_heads=2, head=10),
    qwen3("biases-large-epsilon", element_type=FULL, config={
        "attention_bias": True, "rms_norm_eps": 0.05}),
    # The last two of three layers see 5 tokens, themselves counted.
    qwen3("window", layers=3, config={
        "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}),
    qwen3("linear-positions", config={"rope_scaling": {"type": "linear", "factor": 2.0}}),
    qwen3("current-keys", config_removed=["rope_theta", "rope_scaling"], config_overridden={
        "rope_parameters": {"rope_type": "default", "rope_theta": 350.0}}),
    qwen3("bfloat16-sharded", element_type=BRAIN, shards=3),
    # Of a causal language model: its output is the table of words, or another matrix.
    qwen3("language-model-untied", prefixed=True, extra_tensors={"lm_head.weight": [32, 24]}),
    qwen3("classifier-multi", element_type=FULL, labels=True, config=MULTI),
    # The rightmost token that is not padding is read, also where the text spells padding.
    qwen3("classifier-padding", labels=True, padding_inside=True, padding_last=True,
          config=SINGLE | {"pad_token_id": 3}),
]


def gemma3(name: str, *, heads=4, key_heads=1, head=8, hidden=20, layers=3, feed=18, config=None,
           **keywords):
    kind = "Gemma3TextForSequenceClassification" if keywords.get("labels") else "Gemma3TextModel"
    own = base(hidden, heads, layers, feed, {
        "num_key_value_heads": key_heads, "head_dim": head, "sliding_window": 5,
        "query_pre_attn_scalar": 11, "rope_theta": 1000.0, "rope_local_base_freq": 10.0}
        | (config or {}))
    return spec(f"gemma3-{name}", kind, own, **keywords)


MIXED = ["sliding_attention", "full_attention", "sliding_attention"]

GEMMA3 = [
    gemma3("mixed-layers", element_type=FULL, config={"layer_types": MIXED}),
    # As microsoft/harrier-oss-v1-270m: a window is left over, and no layer has it.
    gemma3("all-layers-full", config={"layer_types": ["full_attention"] * 3}),
    # Without layer_types, every sixth layer is full, or as the pattern says.
    gemma3("pattern-of-six", layers=7, config_removed=["layer_types"]),
    gemma3("pattern-of-two-prefixed", layers=4, prefixed=True,
           config={"sliding_window_pattern": 2}, config_removed=["layer_types"]),
    # 4 of either side, as EmbeddingGemma attends.
    gemma3("both-sides", element_type=FULL, config={
        "layer_types": MIXED, "use_bidirectional_attention": True, "sliding_window": 8},
        config_overridden={"sliding_window": 8}),
    gemma3("both-sides-odd-window", config={
        "layer_types": MIXED, "use_bidirectional_attention": True, "sliding_window": 7},
        config_overridden={"sliding_window": 7}),
    gemma3("biases-large-epsilon-gelu", config={
        "attention_bias": True, "rms_norm_eps": 0.05, "hidden_activation": "gelu"}),
    gemma3("current-keys", config={"layer_types": MIXED},
           config_removed=["rope_theta", "rope_local_base_freq", "rope_scaling"],
           config_overridden={"rope_parameters": {
               "full_attention": {"rope_type": "default", "rope_theta": 1000.0},
               "sliding_attention": {"rope_type": "default", "rope_theta": 10.0}}}),
    gemma3("linear-positions-of-full-layers", config={
        "layer_types": MIXED, "rope_scaling": {"rope_type": "linear", "factor": 4.0}}),
    gemma3("grouped-heads-bfloat16-sharded", heads=6, key_heads=3, element_type=BRAIN, shards=3,
           config={"layer_types": MIXED}),
    gemma3("classifier-multi", element_type=FULL, labels=True, config=MULTI),
    gemma3("classifier-padding", labels=True, padding_inside=True, padding_last=True,
           config=SINGLE),
]

DECODERS = MODERNBERT + NOMIC + EUROBERT + QWEN3 + GEMMA3
