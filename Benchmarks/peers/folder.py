"""What a Hugging Face folder says of itself, read without PyTorch, whose import takes seconds."""

import json
import pathlib


def pooling(folder: pathlib.Path) -> tuple[list[str], bool]:
    """The pooling modes of a sentence-transformers folder, and whether it normalises."""
    if not (folder / "modules.json").exists():
        return ["mean"], False
    modules = json.loads((folder / "modules.json").read_text())
    normalizes = any(module["type"].endswith("Normalize") for module in modules)
    for module in modules:
        if module["type"].endswith("Pooling"):
            config = json.loads((folder / module["path"] / "config.json").read_text())
            mode = config.get("pooling_mode") or [
                key.removeprefix("pooling_mode_").split("_")[0] for key, on in config.items()
                if key.startswith("pooling_mode_") and on is True]
            modes = [mode] if isinstance(mode, str) else list(mode)
            if modes not in (["cls"], ["mean"], ["lasttoken"]):
                raise ValueError(f"{folder}: the peers know no pooling {modes}")
            return modes, normalizes
    return ["mean"], normalizes


def padding_id(folder: pathlib.Path) -> int:
    return settings(folder).get("pad_token_id") or 0


def settings(folder: str | pathlib.Path) -> dict:
    return json.loads((pathlib.Path(folder) / "config.json").read_text())
