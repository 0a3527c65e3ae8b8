"""What people corrected, as rows to train on: `MODERATION_REPORTS` names the files, with colons between.

A line is what `moderate review` and the server's feedback write: {"text", "labels": {name: 0|1}}. A label
that is not named is unknown. Of several lines about a text the last one counts.
"""

import json
import os
import pathlib

from weights.rows import LABELS, NO, UNKNOWN, YES, Row, clean, key


def rows():
    found = {}
    for name in filter(None, os.environ.get("MODERATION_REPORTS", "").split(":")):
        for line in pathlib.Path(name).read_text(encoding="utf-8").splitlines():
            report = json.loads(line) if line.strip() else {"labels": {}}
            labels = [{1: YES, 0: NO}.get(report["labels"].get(label), UNKNOWN) for label in LABELS]
            if any(label != UNKNOWN for label in labels):
                text = clean(report["text"])
                found[key(text)] = Row("reports", key(text), text, labels, split="train")
    return list(found.values())
