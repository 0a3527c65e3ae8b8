"""Writes what single layers of transformers make of a message: the goldens of the layer tests.

    python make_layers.py [--output layers]

One file for each layer: its weights by transformers' names, `input` and `output`, one row for each
token. Weights and inputs come from a generator seeded by the layer's name.
"""

import argparse
import pathlib
import zlib

import torch
from safetensors.torch import save_file
from torch import nn
from transformers.models.bert import modeling_bert
from transformers.models.deberta_v2 import modeling_deberta_v2
from transformers.models.gemma3 import modeling_gemma3
from transformers.models.modernbert import modeling_modernbert
from transformers.models.mpnet import modeling_mpnet
from transformers.models.qwen3 import modeling_qwen3

HIDDEN, HEADS, INNER = 16, 4, 22
#: Longer than the 64 queries that our attention takes together.
TOKENS = 83


def config(kind: type, **values):
    """A small configuration; `values` are what the layer shows."""
    sizes = {
        "hidden_size": HIDDEN, "num_attention_heads": HEADS, "intermediate_size": INNER,
        "num_hidden_layers": 2, "vocab_size": 32, "attn_implementation": "eager",
    }
    return kind(**(sizes | values))


def causal(window: int | None = None) -> torch.Tensor:
    """Added to the scores: a token sees itself and those before it, `window` in all if there is one."""
    distance = torch.arange(TOKENS)[:, None] - torch.arange(TOKENS)[None, :]
    seen = distance >= 0 if window is None else (distance >= 0) & (distance < window)
    return mask(seen)


def band(width: int) -> torch.Tensor:
    """A token sees those at most `width` away."""
    distance = torch.arange(TOKENS)[:, None] - torch.arange(TOKENS)[None, :]
    return mask(distance.abs() <= width)


def mask(seen: torch.Tensor) -> torch.Tensor:
    return torch.where(seen, 0.0, torch.finfo(torch.float32).min)[None, None]


class Attention(nn.Module):
    """Attention and the dense layer behind it, which BERT and DeBERTa have in another module."""

    def __init__(self, attention: nn.Module, *arguments):
        super().__init__()
        self.attention = attention
        self.dense = nn.Linear(HIDDEN, HIDDEN)
        self.arguments = arguments

    def forward(self, x):
        return self.dense(self.attention(x, *self.arguments)[0])


class MPNetAttention(nn.Module):
    def __init__(self):
        super().__init__()
        small = config(modeling_mpnet.MPNetConfig)
        self.attn = modeling_mpnet.MPNetSelfAttention(small)
        self.encoder = modeling_mpnet.MPNetEncoder(small)
        del self.encoder.layer

    def forward(self, x):
        return self.attn(x, position_bias=self.encoder.compute_position_bias(x))[0]


class DeBERTaAttention(nn.Module):
    def __init__(self, **values):
        super().__init__()
        small = config(
            modeling_deberta_v2.DebertaV2Config, relative_attention=True,
            pos_att_type=["c2p", "p2c"], position_buckets=8, max_position_embeddings=96, **values)
        self.attention = modeling_deberta_v2.DisentangledSelfAttention(small)
        self.dense = nn.Linear(HIDDEN, HIDDEN)
        self.rel_embeddings = nn.Embedding(16, HIDDEN)

    def forward(self, x):
        seen = torch.ones(1, 1, TOKENS, TOKENS)
        context = self.attention(x, seen, rel_embeddings=self.rel_embeddings.weight)[0]
        return self.dense(context)


class DecoderAttention(nn.Module):
    """Attention of Qwen3 or Gemma3 with its rotary positions."""

    def __init__(self, attention: nn.Module, rotary: nn.Module, scores: torch.Tensor):
        super().__init__()
        self.attention, self.rotary, self.scores = attention, rotary, scores

    def forward(self, x):
        places = torch.arange(TOKENS)[None]
        return self.attention(x, self.rotary(x, places), self.scores)[0]


def qwen3_attention() -> nn.Module:
    small = config(
        modeling_qwen3.Qwen3Config, num_key_value_heads=2, head_dim=6, rope_theta=1000.0)
    return DecoderAttention(
        modeling_qwen3.Qwen3Attention(small, 0), modeling_qwen3.Qwen3RotaryEmbedding(small),
        causal())


def gemma3_attention() -> nn.Module:
    small = config(
        modeling_gemma3.Gemma3TextConfig, num_key_value_heads=1, head_dim=8, rope_theta=1000.0,
        query_pre_attn_scalar=5, sliding_window=20, layer_types=["sliding_attention"] * 2)
    return DecoderAttention(
        modeling_gemma3.Gemma3Attention(small, 0), modeling_gemma3.Gemma3RotaryEmbedding(small),
        causal(window=20))


class ModernBERTAttention(nn.Module):
    def __init__(self):
        super().__init__()
        small = config(
            modeling_modernbert.ModernBertConfig, global_attn_every_n_layers=3,
            local_attention=18, local_rope_theta=1000.0)
        self.attn = modeling_modernbert.ModernBertAttention(small, layer_id=1)

    def forward(self, x):
        return self.attn(
            x, attention_mask=torch.zeros(1, 1, TOKENS, TOKENS), sliding_window_mask=band(9),
            position_ids=torch.arange(TOKENS)[None])[0]


class Rotary(nn.Module):
    """Rotated queries, two heads of eight elements."""

    def __init__(self):
        super().__init__()
        small = config(modeling_qwen3.Qwen3Config, head_dim=8, rope_theta=10000.0)
        self.rotary = modeling_qwen3.Qwen3RotaryEmbedding(small)

    def forward(self, x):
        places = torch.arange(TOKENS)[None]
        heads = x.view(1, TOKENS, 2, 8).transpose(1, 2)
        rotated, _ = modeling_qwen3.apply_rotary_pos_emb(heads, heads, *self.rotary(x, places))
        return rotated.transpose(1, 2).reshape(1, TOKENS, HIDDEN)


class BERTFeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        small = config(modeling_bert.BertConfig)
        self.intermediate = modeling_bert.BertIntermediate(small)
        self.output = nn.Linear(INNER, HIDDEN)

    def forward(self, x):
        return self.output(self.intermediate(x))


LAYERS = {
    "layer-norm": lambda: nn.LayerNorm(HIDDEN, eps=1e-5),
    "rms-norm-qwen3": lambda: modeling_qwen3.Qwen3RMSNorm(HIDDEN, eps=1e-5),
    "rms-norm-gemma3": lambda: modeling_gemma3.Gemma3RMSNorm(HIDDEN, eps=1e-6),
    "rotary": Rotary,
    "attention-bert": lambda: Attention(
        modeling_bert.BertSelfAttention(config(modeling_bert.BertConfig))),
    "attention-mpnet": MPNetAttention,
    "attention-deberta": DeBERTaAttention,
    "attention-deberta-shared": lambda: DeBERTaAttention(share_att_key=True),
    "attention-qwen3": qwen3_attention,
    "attention-gemma3": gemma3_attention,
    "attention-modernbert": ModernBERTAttention,
    "feed-forward-bert": BERTFeedForward,
    "feed-forward-qwen3": lambda: modeling_qwen3.Qwen3MLP(config(modeling_qwen3.Qwen3Config)),
    "feed-forward-gemma3": lambda: modeling_gemma3.Gemma3MLP(
        config(modeling_gemma3.Gemma3TextConfig)),
}


@torch.no_grad()
def make(name: str, folder: pathlib.Path) -> None:
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    layer = LAYERS[name]().eval()
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.4)
    x = torch.randn(1, TOKENS, HIDDEN, generator=generator) * 1.5 + 0.3
    output = layer(x)
    error = (layer.double()(x.double()) - output).abs().max() if not name.endswith(
        ("modernbert", "qwen3", "gemma3")) else 0
    assert error < 1e-5, (name, error)
    layer.float()
    tensors = {name: value.contiguous() for name, value in layer.state_dict().items()}
    save_file(
        tensors | {"input": x[0].contiguous(), "output": output[0].contiguous()},
        folder / f"{name}.safetensors")


def main() -> None:
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=pathlib.Path, default=here / "layers")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name in LAYERS:
        make(name, options.output)


if __name__ == "__main__":
    main()
