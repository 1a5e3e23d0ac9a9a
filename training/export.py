"""Writes what was trained as the bot loads it: quantised weights, tokenizer, linear model, scales, manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.reading.learned.weights import ENCODER, LINEAR, MANIFEST, SCALES, TOKENIZER
from training.encoder import Encoder, base_folder
from training.fit_linear import LinearWeights

_OPSET = 17


def write_models(folder: Path, model: Encoder, linear: LinearWeights) -> None:
    """The models' files."""
    folder.mkdir(parents=True, exist_ok=True)
    write_encoder(model, folder / ENCODER)
    shutil.copyfile(base_folder() / "tokenizer.json", folder / TOKENIZER)
    linear.save(folder / LINEAR)


def seal(folder: Path, scales: Mapping[str, object], notes: Mapping[str, object]) -> dict[str, str]:
    """Add scales and manifest to the models' files: then the bot can load the folder. `notes` stand in the manifest
    beside the SHA-256 of every file, which are returned."""
    (folder / SCALES).write_text(json.dumps(scales, indent=1) + "\n", encoding="utf-8")
    hashes = {name: sha256(folder / name) for name in (ENCODER, TOKENIZER, LINEAR, SCALES)}
    manifest = {"sha256": hashes, **notes}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return hashes


def write_encoder(model: Encoder, path: Path) -> None:
    """The encoder as an ONNX file with 8-bit weights."""
    model.eval()
    ids = torch.ones((2, 8), dtype=torch.long)
    names = ("ids", "types", "there", "logits")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exact = Path(folder) / "exact.onnx"
        torch.onnx.export(
            model,
            (ids, ids, torch.ones(2, 8)),
            str(exact),
            input_names=["ids", "types", "there"],
            output_names=["logits"],
            dynamic_axes={name: {0: "messages", 1: "tokens"} for name in names},
            opset_version=_OPSET,
            dynamo=False,
        )
        quantize_dynamic(exact, path, weight_type=QuantType.QInt8, per_channel=True)


def sha256(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
