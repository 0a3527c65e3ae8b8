"""The full shapes of three encoders with a decoder's layers, in bfloat16 as they are published."""

import pathlib
import shutil

from writer import Writer, sentence_transformers_files, write_json


def layers(writer: Writer, config: dict, head_norms: bool, sandwich: bool) -> None:
    hidden, head = config["hidden_size"], config["head_dim"]
    width, keys = config["num_attention_heads"] * head, config["num_key_value_heads"] * head
    # Gemma's files have the weights of norms less one.
    mean = -0.1 if sandwich else 0.9
    writer.matrix("embed_tokens.weight", config["vocab_size"], hidden, 0.03 if sandwich else 0.5)
    for i in range(config["num_hidden_layers"]):
        layer = f"layers.{i}"
        norms = ["input_layernorm", "post_attention_layernorm"]
        if sandwich:
            norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"]
        for norm in norms:
            writer.add(f"{layer}.{norm}.weight", (hidden,), mean, 0.1)
        for norm in ("q_norm", "k_norm") if head_norms else ():
            writer.add(f"{layer}.self_attn.{norm}.weight", (head,), mean, 0.1)
        writer.linear(f"{layer}.self_attn.q_proj", width, hidden)
        writer.linear(f"{layer}.self_attn.k_proj", keys, hidden)
        writer.linear(f"{layer}.self_attn.v_proj", keys, hidden)
        writer.linear(f"{layer}.self_attn.o_proj", hidden, width, 0.02)
        writer.linear(f"{layer}.mlp.gate_proj", config["intermediate_size"], hidden)
        writer.linear(f"{layer}.mlp.up_proj", config["intermediate_size"], hidden)
        writer.linear(f"{layer}.mlp.down_proj", hidden, config["intermediate_size"], 0.02)
    writer.add("norm.weight", (hidden,), mean, 0.1)


def make(folder: pathlib.Path, data: pathlib.Path, seed: int, config: dict, **kinds) -> None:
    write_json(folder / "config.json", config | {"dtype": "bfloat16"})
    writer = Writer(seed, is_brain=True)
    layers(writer, config, **kinds)
    writer.save(folder / "model.safetensors")
    sentence_transformers_files(folder, config["hidden_size"], "lasttoken", 512)
    for file in ("tokenizer.json", "vocab.txt"):
        shutil.copyfile(data / "tokenizers/bert-base-uncased" / file, folder / file)
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512})


def make_harrier(folder: pathlib.Path, data: pathlib.Path) -> None:
    """microsoft/harrier-oss-v1-270m: 268,098,176 parameters."""
    make(folder, data, 5, {
        "architectures": ["Gemma3TextModel"], "model_type": "gemma3_text", "vocab_size": 262144,
        "hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 18,
        "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256,
        "hidden_activation": "gelu_pytorch_tanh", "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6, "query_pre_attn_scalar": 256, "rope_theta": 1000000.0,
        "rope_local_base_freq": 10000.0, "sliding_window": 512,
        "layer_types": ["full_attention"] * 18, "pad_token_id": 0, "bos_token_id": 2,
        "eos_token_id": 1}, head_norms=True, sandwich=True)


def make_eurobert(folder: pathlib.Path, data: pathlib.Path) -> None:
    """One merged task of jinaai/jina-embeddings-v5-text-nano: 211,766,016 parameters."""
    make(folder, data, 6, {
        "architectures": ["EuroBertModel"], "model_type": "eurobert", "vocab_size": 128256,
        "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
        "num_attention_heads": 12, "num_key_value_heads": 12, "head_dim": 64, "hidden_act": "silu",
        "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "rope_theta": 1000000.0,
        "pad_token_id": 128001, "bos_token_id": 128000, "eos_token_id": 128001,
        "mask_token_id": 128002}, head_norms=False, sandwich=False)


def make_qwen3(folder: pathlib.Path, data: pathlib.Path) -> None:
    """One merged task of jinaai/jina-embeddings-v5-text-small: 596,049,920 parameters."""
    make(folder, data, 7, {
        "architectures": ["Qwen3Model"], "model_type": "qwen3", "vocab_size": 151936,
        "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "hidden_act": "silu",
        "max_position_embeddings": 32768, "rms_norm_eps": 1e-6, "rope_theta": 3500000.0,
        "tie_word_embeddings": True}, head_norms=True, sandwich=False)
