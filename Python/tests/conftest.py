import csv
import os
import pathlib

import pytest

CHECKOUT = pathlib.Path(__file__).parents[2]
DATA = pathlib.Path(os.environ.get("MODERATION_DATA", CHECKOUT.parent / "shared/data"))


@pytest.fixture(scope="session")
def tweets():
    """The first 10,000 tweets of Davidson et al. (2017), where the public data sets are."""
    path = DATA / "moderation/tdavidson/data/labeled_data.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there; MODERATION_DATA names the folder of the data sets")
    with open(path, newline="") as file:
        return [row["tweet"] for row in csv.DictReader(file)][:10_000]
