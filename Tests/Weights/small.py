"""A small random encoder and rows for the tests of the scripts in Weights/."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
MODERATE = os.environ.get("MODERATE", str(ROOT / ".build/release/moderate"))
SERVER = os.environ.get("MODERATE_SERVER", str(ROOT / "Server/.build/debug/moderate-server"))
WORDS = "the a cat dog fox quick brown lazy mat sat ran jumps over running".split()
CATEGORIES = [
    *["threats", "hate_speech", "csam", "self_harm", "sexual", "sexual_solicitation", "violence"],
    *["harassment", "profanity", "spam", "scam", "fraud", "drugs", "weapons", "trafficking"],
    *["doxxing", "impersonation", "contact_details"],
]


def encoder(folder: pathlib.Path) -> pathlib.Path:
    shutil.copytree(ROOT / "Tests/Fixtures/transformers/models/pooling-prompts", folder)
    return folder


def sentence(generator: random.Random) -> str:
    return " ".join(generator.choices(WORDS, k=generator.randint(4, 12)))


def write(path: pathlib.Path, rows: list[dict]) -> pathlib.Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def script(name: str, *arguments, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, ROOT / "Weights" / name, *map(str, arguments)],
        env=os.environ | {"MODERATE": MODERATE, "MODERATE_SERVER": SERVER},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )
