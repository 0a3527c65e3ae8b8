"""Moderates a CSV file of comments and writes those that are flagged, with the labels that fired.

    python comments.py comments.csv > flagged.csv
"""

import csv
import sys

from swift_moderation import Moderator


def main() -> None:
    with open(sys.argv[1], newline="") as file, Moderator() as moderator:
        rows = list(csv.DictReader(file))
        output = csv.writer(sys.stdout)
        output.writerow(["text", "labels"])
        for row, verdict in zip(rows, moderator.moderate_each(row["text"] for row in rows)):
            if verdict.get("flagged"):
                labels = verdict["labels"]
                output.writerow(
                    [row["text"], " ".join(name for name in labels if labels[name]["flagged"])])


if __name__ == "__main__":
    main()
