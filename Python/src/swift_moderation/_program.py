"""Where the program is."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys


def program() -> str:
    """`MODERATE` of the environment, else the program in this package, else the one on the path."""
    own = pathlib.Path(__file__).parent / "bin" / "moderate"
    found = os.environ.get("MODERATE") or (str(own) if own.exists() else shutil.which("moderate"))
    if not found:
        raise FileNotFoundError(
            "no program \"moderate\": this installation has none, and none is on the path")
    return found


def main() -> None:
    os.execv(program(), ["moderate", *sys.argv[1:]])
