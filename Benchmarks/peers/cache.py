"""Where exports live: a folder per model, named by what the model's files are."""

import hashlib
import os
import pathlib


def default() -> pathlib.Path:
    """`--cache` of the commands, when not given; `MODERATION_PEERS` moves it."""
    chosen = os.environ.get("MODERATION_PEERS")
    return pathlib.Path(chosen or pathlib.Path.home() / ".cache/swift-moderation/peers")


def entry(root: str | pathlib.Path, model: str, kind: str) -> pathlib.Path:
    """`ROOT/NAME-DIGEST/KIND`; the digest is of the config and the weights' size and date."""
    folder = pathlib.Path(model).resolve()
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        status = path.stat()
        digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return pathlib.Path(root).expanduser() / f"{folder.name}-{digest.hexdigest()[:12]}" / kind
