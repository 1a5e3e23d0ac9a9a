"""Fine-tunes the encoder."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from bot.reading.learned.pieces import PAD, Piece, pieces
from bot.reading.learned.targets import FIRST_RISK, RISKS, TARGETS
from training.encoder import Encoder, base_folder, pretrained
from training.examples import UNSURE, Row
from training.mixing import mixed

EPOCHS = 3
SEED = 20261120
THREADS = 1  # the weights depend on it: with more, sums are taken in another order; folds run side by side instead
_BATCH = 32
_BODY_RATE, _HEAD_RATE, _DECAY, _WARM = 8e-5, 1e-3, 0.01, 0.1
_RISK_WEIGHT, _NOTHING_WEIGHT = 0.5, 0.3  # the sorts of risk and of nothing matter less than the kinds


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of a message and the targets of its sentences."""

    piece: Piece
    targets: tuple[tuple[int, ...], ...]


def tokenizer() -> Tokenizer:
    """The base model's tokenizer, without padding or truncation."""
    found = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def examples(rows: Sequence[Row], words: Tokenizer) -> list[Example]:
    """The rows cut into pieces the encoder can take."""

    def ids(text: str) -> list[int]:
        return list(words.encode(text, add_special_tokens=False).ids)

    return [
        Example(piece, row.targets[piece.first : piece.first + len(piece.spans)])
        for row in rows
        for piece in pieces(row.passage, ids)
    ]


def fit(rows: Sequence[Row], epochs: int = EPOCHS, seed: int = SEED) -> Encoder:
    """An encoder taught on `rows`; the same rows, seed and thread count give the same weights on one machine."""
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    rng = random.Random(seed)
    rows = [row for row in rows if row.targets]
    words = tokenizer()
    model = pretrained(len(TARGETS))
    model.words.weight.requires_grad = False  # a few thousand sentences would only bend the words they happen to hold
    steps = epochs * (len(rows) // _BATCH + 1) * 11 // 10  # joined messages may make a few pieces more
    optimizer, schedule = _optimizer(model, steps)
    weights = torch.ones(len(TARGETS))
    weights[FIRST_RISK:] = _NOTHING_WEIGHT
    weights[FIRST_RISK : FIRST_RISK + len(RISKS)] = _RISK_WEIGHT
    for _ in range(epochs):
        model.train()
        for batch in _batches(examples(mixed(rows, rng), words), rng):
            loss = _loss(model, batch, weights)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return model.eval()


def _optimizer(model: Encoder, steps: int) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    body = [p for name, p in named if not name.startswith("head")]
    groups = [
        {"params": [p for p in body if p.dim() > 1], "lr": _BODY_RATE, "weight_decay": _DECAY},
        {"params": [p for p in body if p.dim() <= 1], "lr": _BODY_RATE, "weight_decay": 0.0},
        {"params": list(model.head.parameters()), "lr": _HEAD_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups)
    warm = max(1, int(_WARM * steps))

    def rate(step: int) -> float:
        return min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, rate)


def _batches(each: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Batches of pieces of like length, in random order."""
    order = list(range(len(each)))
    rng.shuffle(order)
    chunks = [order[i : i + _BATCH * 20] for i in range(0, len(order), _BATCH * 20)]
    batches = []
    for chunk in chunks:
        chunk.sort(key=lambda i: len(each[i].piece.ids))
        batches += [chunk[i : i + _BATCH] for i in range(0, len(chunk), _BATCH)]
    rng.shuffle(batches)
    for batch in batches:
        yield [each[i] for i in batch]


def _logits(model: Encoder, batch: Sequence[Example]) -> Tensor:
    """Sentences × targets: the mean of the logits of each sentence's tokens."""
    width = max(len(example.piece.ids) for example in batch)
    ids = torch.full((len(batch), width), PAD, dtype=torch.long)
    types = torch.zeros_like(ids)
    there = torch.zeros(ids.shape)
    pool = torch.zeros(sum(len(example.piece.spans) for example in batch), len(batch) * width)
    sentence = 0
    for row, example in enumerate(batch):
        length = len(example.piece.ids)
        ids[row, :length] = torch.tensor(example.piece.ids)
        types[row, :length] = torch.tensor(example.piece.types)
        there[row, :length] = 1.0
        for start, end in example.piece.spans:
            pool[sentence, row * width + start : row * width + end] = 1.0 / max(1, end - start)
            sentence += 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(ids, types, there)
    return pool @ logits.float().reshape(-1, logits.shape[-1])


def _loss(model: Encoder, batch: Sequence[Example], weights: Tensor) -> Tensor:
    wanted = torch.tensor([target for example in batch for target in example.targets], dtype=torch.float)
    known = (wanted != UNSURE).float()
    each = F.binary_cross_entropy_with_logits(_logits(model, batch), wanted.clamp(min=0), reduction="none")
    return (each * known * weights).sum() / len(wanted)
