"""All texts of the shared moderation data, in many languages; see compare_ids.py."""

import csv
import gzip
import io
import json
import os
import pathlib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("MODERATION_DATA", ROOT.parent / "shared/data"))

# Files with a header, and the columns that hold texts.
TABLES = [
    ("tdavidson/data/labeled_data.csv", ["tweet"]),
    ("edos/data/edos_labelled_aggregated.csv", ["text"]),
    ("hatecheck/test_suite_cases.csv", ["test_case"]), ("hatecheck/all_cases.csv", ["test_case"]),
    ("multilingual-hatecheck/french.csv", ["test_case"]),
    ("toxic_spans/comments.csv", ["comment_text"]),
    ("paradetox/paradetox.tsv", ["toxic", "neutral1", "neutral2", "neutral3"]),
    ("paradetox/paradetox_cannot_rewrite.tsv", ["INPUT:toxic_comment"]),
    ("hatemoji/build_train.csv", ["text"]), ("hatemoji/build_validation.csv", ["text"]),
    ("hatemoji/build_test.csv", ["text"]), ("hatemoji/check_test.csv", ["text"]),
    ("online_misogyny/final_labels.csv", ["body"]),
    ("vicomtech_stormfront/stormfront.tsv", ["text"]),
    ("toxifrench/agreement_checking.csv", ["content"]),
    ("toxifrench/subset_jigsaw.csv", ["content", "original_text"]),
    ("conversationai/toxicity_nonfuzzed_testset.csv", ["comment"]),
    ("conversationai/en_sentence_templates.csv", ["phrase"]),
    ("ailuminate/airr_official_1.0_demo_en_us_prompt_set_release.no_cse.csv", ["prompt_text"]),
    ("ailuminate/airr_official_1.0_demo_fr_fr_prompt_set_release.no_cse.csv", ["prompt_text"]),
    ("xstest/xstest_prompts.csv", ["prompt"]), ("told_br_pt/ToLD-BR.csv", ["text"]),
]
# Files with a text a line, which a tab ends.
LINES = ["germeval2018_de/*.t*", "goemotions/*.tsv", "toxigen_demos/*.txt", "ldnoobw/*",
         "ud_parisstories_fr/*.txt"]


def shared_texts():
    csv.field_size_limit(1 << 24)
    folder = DATA / "moderation"

    def rows(file, path):
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        if path.endswith(".tsv"):
            return csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        return csv.DictReader(text)

    for path, columns in TABLES:
        with open(folder / path, "rb") as file:
            for row in rows(file, path):
                yield from (row[column] for column in columns if row[column])
    with gzip.open(folder / "openai_moderation/data/samples-1680.jsonl.gz") as file:
        for line in file:
            yield json.loads(line)["prompt"]
    with zipfile.ZipFile(folder / "mlma/hate_speech_mlma.zip") as archive:
        for name in ("ar_dataset", "en_dataset_with_stop_words", "fr_dataset"):
            with archive.open(f"hate_speech_mlma/{name}.csv") as file:
                for row in rows(file, ".csv"):
                    yield row["tweet"]
    for pattern in LINES:
        for path in sorted(folder.glob(pattern)):
            if path.suffix == ".md" or path.name == "labels.txt" or "LICENSE" in path.name:
                continue
            for line in path.read_text(encoding="utf-8").splitlines():
                yield line.split("\t")[0]
