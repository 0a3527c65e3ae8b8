"""weights/reports.py: corrections become rows of the default moderator's training."""

import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import small

sys.path.insert(0, str(small.ROOT / "Weights"))
from weights import reports  # noqa: E402
from weights.rows import NO, UNKNOWN, YES  # noqa: E402


class Reports(unittest.TestCase):
    def test_the_last_word_on_a_text_counts_and_unknown_labels_stay_unknown(self):
        with tempfile.TemporaryDirectory() as folder:
            path = small.write(
                pathlib.Path(folder) / "corrections.jsonl",
                [
                    {"text": "The cat!", "labels": {"insult": 1}, "metadata": {"review": "corrected"}},
                    {"text": "the cat", "labels": {"insult": 0, "hate": 1}},
                    {"text": "skipped", "labels": {}},
                    {"text": "whole", "labels": {"flagged": 1}},
                ],
            )
            with mock.patch.dict(os.environ, {"MODERATION_REPORTS": str(path)}):
                (row,) = reports.rows()
        self.assertEqual((row.text, row.split), ("the cat", "train"))
        self.assertEqual(row.labels, [UNKNOWN, UNKNOWN, UNKNOWN, NO, YES])

    def test_without_reports_there_are_none(self):
        with mock.patch.dict(os.environ, {}, clear=True):
            self.assertEqual(reports.rows(), [])


if __name__ == "__main__":
    unittest.main()
