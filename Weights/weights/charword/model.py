"""The character-and-word classifier in PyTorch."""

import torch
from torch import nn

CONFIGURATION = {
    "characters": {"size": 32, "widths": [2, 3, 4, 5], "filters": 64},
    "words": {"size": 64, "units": 64, "attention": 64, "base": 128},
    "subwords": {"minimum": 3, "maximum": 5, "buckets": 16384},
    "dense": 96,
}


class CharacterWordModel(nn.Module):
    """Two readings of a text, joined.

    characters [b, c] -> embedding -> convolutions of several widths -> ReLU -> maximum over text
    words      [b, w] -> embedding -> bidirectional LSTM -> additive attention over the words
    joined -> dense, ReLU -> one logit per label

    A known word's vector is a projection of a frozen sentence-encoder vector of that word plus a
    learnt difference plus the mean of its subwords' vectors; an unknown one has no frozen vector.
    """

    def __init__(self, base, characters, labels, configuration=None):
        super().__init__()
        configuration = configuration or CONFIGURATION
        c, w = configuration["characters"], configuration["words"]
        buckets = configuration["subwords"]["buckets"]
        self.register_buffer("base", base)  # [words, base], rows 0 and 1 are zero
        self.characters = nn.Embedding(characters, c["size"], padding_idx=0)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(c["size"], c["filters"], width, padding="same") for width in c["widths"]
        )
        self.project = nn.Linear(base.shape[1], w["size"], bias=False)
        self.words = nn.Embedding(base.shape[0], w["size"], padding_idx=0)
        self.subwords = nn.EmbeddingBag(buckets, w["size"], mode="mean")
        self.lstm = nn.LSTM(w["size"], w["units"], batch_first=True, bidirectional=True)
        self.attention = nn.Linear(2 * w["units"], w["attention"])
        self.attend = nn.Linear(w["attention"], 1, bias=False)
        joined = len(c["widths"]) * c["filters"] + 2 * w["units"]
        self.dense = nn.Linear(joined, configuration["dense"])
        self.output = nn.Linear(configuration["dense"], labels)
        self.dropout = nn.Dropout(0.4)
        self.word_dropout = nn.Dropout1d(0.1)
        nn.init.normal_(self.characters.weight, std=0.3)
        nn.init.zeros_(self.words.weight)
        nn.init.normal_(self.subwords.weight, std=0.05)
        with torch.no_grad():
            self.characters.weight[0] = 0
            self.lstm.bias_ih_l0[w["units"] : 2 * w["units"]] = 1
            self.lstm.bias_ih_l0_reverse[w["units"] : 2 * w["units"]] = 1

    def word_vectors(self, words, grams, offsets):
        """[n] ids with their subwords as an EmbeddingBag wants them -> [n, size]."""
        known = self.project(self.base[words]) + self.words(words)
        return known + self.subwords(grams, offsets)

    def forward(self, characters, words, lengths, grams, offsets):
        """characters [b, c] padded with 0; words [sum of lengths], a batch's words end to end."""
        spelt = self.characters(characters).transpose(1, 2)
        hidden = (characters == 0)[:, None, :] * -1e9  # out of the maximum's reach
        pooled = [
            torch.relu((conv(spelt) + hidden).amax(dim=2)) for conv in self.convolutions
        ]

        vectors = self.word_vectors(words, grams, offsets)
        longest = max(int(lengths.max()), 1)
        place = torch.arange(longest)[None, :] < lengths[:, None]
        padded = vectors.new_zeros(len(lengths), longest, vectors.shape[1])
        padded[place] = vectors
        padded = self.word_dropout(padded.flatten(0, 1)[:, None, :]).view_as(padded) if (
            self.training) else padded
        packed = nn.utils.rnn.pack_padded_sequence(
            padded, lengths.clamp(min=1), batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=longest)
        scores = self.attend(torch.tanh(self.attention(states)))[:, :, 0]
        scores = scores.masked_fill(~place, -1e30)
        weights = torch.softmax(scores, dim=1) * place  # a text without words attends to nothing
        context = (weights[:, :, None] * states).sum(dim=1)

        joined = self.dropout(torch.cat([*pooled, context], dim=1))
        return self.output(self.dropout(torch.relu(self.dense(joined))))
