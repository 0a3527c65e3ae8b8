"""A Hugging Face folder as one PyTorch module: token ids in, embedding or logits out.

Pooling, a Dense module and normalisation are part of the module, so that every engine is exported
and timed with the same work in it.
"""

import pathlib

import torch
import transformers

from folder import pooling


class Network(torch.nn.Module):
    """`(input_ids, attention_mask)` → `[messages, dimension]`."""

    def __init__(self, folder: pathlib.Path, attention: str = "sdpa"):
        super().__init__()
        folder = pathlib.Path(folder)
        self.config = transformers.AutoConfig.from_pretrained(folder)
        name = (self.config.architectures or [""])[0]
        self.is_classifier = name.endswith("ForSequenceClassification")
        # These two have no other attention than the eager one.
        if self.config.model_type in ("deberta-v2", "mpnet"):
            attention = "eager"
        keywords = {"attn_implementation": attention, "dtype": torch.float32}
        if self.is_classifier:
            kind = transformers.AutoModelForSequenceClassification
        else:
            kind = transformers.AutoModel
            # Families with a pooler that no embedding reads.
            if self.config.model_type in ("bert", "roberta", "xlm-roberta", "camembert", "mpnet"):
                keywords["add_pooling_layer"] = False
        self.model = kind.from_pretrained(folder, **keywords).eval()
        self.modes, self.normalizes = pooling(folder)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        output = self.model(input_ids=input_ids, attention_mask=attention_mask)
        if self.is_classifier:
            return output.logits
        hidden = output.last_hidden_state
        if self.modes == ["cls"]:
            vector = hidden[:, 0]
        elif self.modes == ["lasttoken"]:
            last = attention_mask.sum(1) - 1
            vector = hidden[torch.arange(hidden.shape[0]), last]
        else:
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            vector = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(vector, dim=-1) if self.normalizes else vector
