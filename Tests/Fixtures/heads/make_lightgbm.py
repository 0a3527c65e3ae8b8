"""Writes the goldens of LightGBM's text models: every objective under every mode of missing values,
and the special kinds of trees.

    python make_lightgbm.py    # needs Weights/requirements.txt

lightgbm/NAME.txt are the models, without their list of parameters, which no prediction depends on.
lightgbm/golden.safetensors holds `rows`, the same for all, and for each model what
`Booster.predict` gives: [rows] or [rows, outputs].
"""

import shutil
from pathlib import Path

import lightgbm
import numpy as np
from safetensors.numpy import save_file

FOLDER = Path(__file__).resolve().parent / "lightgbm"
if FOLDER.exists():
    shutil.rmtree(FOLDER)
FOLDER.mkdir()
random = np.random.default_rng(7)
COUNT = 400

# Columns 0 to 3 are numbers, with zeros and missing values; 4 and 5 are categories.
X = np.concatenate(
    [random.normal(size=(COUNT, 4)), random.integers(0, 40, (COUNT, 2)).astype(float)], axis=1
)
X[random.random((COUNT, 6)) < 0.15] = np.nan
zeros = random.random((COUNT, 4)) < 0.15
X[:, :4][zeros] = 0
filled = np.nan_to_num(X)
score = (
    filled[:, 0] + np.isnan(X[:, 1]) - 2 * (X[:, 2] == 0) + filled[:, 3] * (filled[:, 4] % 3)
    + (filled[:, 5] % 7 == 2) + random.normal(size=COUNT) * 0.2
)

special = [
    np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, float(np.float32(1e-35)), 1.1e-35,
    -1.1e-35, 5e-324, 1e300, -1e300, -0.5, -1.0, 0.9, 39.0, 40.0, 4000.0, 2.0**31, -(2.0**31),
    2.0**31 - 1, 1e18, 31.0, 32.0,
]
rows = [X[i] for i in range(12)]
rows += [np.full(6, value) for value in special]
for _ in range(20):
    row = X[random.integers(COUNT)].copy()
    for column in random.choice(6, 3, replace=False):
        row[column] = random.choice(special)
    rows.append(row)
rows.append(X[:1, :].ravel() * 0)
ROWS = np.array(rows)

golden = {"rows": ROWS}


def write(name, booster, **options):
    text = booster.model_to_string(**options)
    text = text[: text.index("\nfeature_importances:")]
    keep(name, text)


def keep(name, text):
    (FOLDER / f"{name}.txt").write_text(text)
    prediction = lightgbm.Booster(model_str=text).predict(ROWS, num_threads=1)
    golden[name] = np.ascontiguousarray(prediction, dtype=np.float64)


BASE = dict(verbose=-1, num_leaves=4, min_data_in_leaf=5, learning_rate=0.3, seed=1, num_threads=1,
            min_data_per_group=5, cat_smooth=1, deterministic=True, force_row_wise=True)


def train(parameters, label, rounds=2, x=X, categories=(4, 5), group=None):
    data = lightgbm.Dataset(
        x, label, categorical_feature=list(categories), group=group, free_raw_data=False,
        params={**BASE, **parameters},
    )
    return lightgbm.train({**BASE, **parameters}, data, rounds)


above = (score > 0).astype(float)
unit = 1 / (1 + np.exp(-score))
positive = np.exp(score / 2)
three = np.digitize(score, [-1, 1]).astype(float)
relevance = np.clip(np.digitize(score, [-1, 0, 1]), 0, 3).astype(float)
groups = [20] * (COUNT // 20)

OBJECTIVES = {
    "binary": (dict(objective="binary"), above),
    "binary-sigmoid": (dict(objective="binary", sigmoid=0.7), above),
    "multiclass": (dict(objective="multiclass", num_class=3), three),
    "multiclassova": (dict(objective="multiclassova", num_class=3, sigmoid=1.3), three),
    "cross_entropy": (dict(objective="cross_entropy"), unit),
    "cross_entropy_lambda": (dict(objective="cross_entropy_lambda"), unit),
    "regression": (dict(objective="regression"), score),
    "regression-sqrt": (dict(objective="regression", reg_sqrt=True), score),
    "regression_l1": (dict(objective="regression_l1"), score),
    "huber": (dict(objective="huber"), score),
    "fair": (dict(objective="fair"), score),
    "quantile": (dict(objective="quantile", alpha=0.3), score),
    "mape": (dict(objective="mape"), score + 10),
    "poisson": (dict(objective="poisson"), positive),
    "gamma": (dict(objective="gamma"), positive),
    "tweedie": (dict(objective="tweedie"), positive),
    "lambdarank": (dict(objective="lambdarank"), relevance),
    "rank_xendcg": (dict(objective="rank_xendcg"), relevance),
}
MISSING = {
    "nan": dict(),
    "zero": dict(zero_as_missing=True),
    "none": dict(use_missing=False),
}
for name, (parameters, label) in OBJECTIVES.items():
    for mode, missing in MISSING.items():
        group = groups if name in ("lambdarank", "rank_xendcg") else None
        rounds = 1 if name.startswith("multiclass") else 2
        write(f"{name}-{mode}", train({**parameters, **missing}, label, rounds, group=group))


def custom(scores, data):
    return scores - data.get_label(), np.ones_like(scores)


write("custom", train(dict(objective=custom), score))

# The mean of the trees
forest = dict(boosting="rf", bagging_freq=1, bagging_fraction=0.6, num_leaves=5)
write("forest-binary", train({**forest, "objective": "binary"}, above, 3))
write("forest-multiclass", train({**forest, "objective": "multiclass", "num_class": 3}, three, 2))
write("forest-regression", train({**forest, "objective": "regression"}, score, 3))
write("dart", train(dict(objective="binary", boosting="dart", drop_rate=0.5), above, 5))
# Linear trees
for mode in ("nan", "none"):  # LightGBM has no linear trees where zero is missing
    missing = MISSING[mode]
    linear = dict(objective="regression", linear_tree=True, linear_lambda=0.01, **missing)
    write(f"linear-{mode}", train(linear, score, 3, categories=(4,)))
write("linear-binary", train(dict(objective="binary", linear_tree=True), above, 3))
# Trees of one leaf: nothing to split
flat = dict(objective="binary", min_data_in_leaf=10_000)
write("one-leaf", train(flat, above, 1))
write("one-leaf-multiclass",
      train({**flat, "objective": "multiclass", "num_class": 3}, three, 1))
write("one-leaf-linear", train(dict(objective="regression", linear_tree=True,
                                    min_data_in_leaf=10_000), score, 1))
# A class that training never saw keeps trees of one leaf.
write("unseen-class", train(dict(objective="multiclass", num_class=4), three, 1))
# Large categories: bit sets of many words
large = X.copy()
large[:, 4] = filled[:, 4] * 100
write("categories-large", train(dict(objective="binary"), above, 2, x=large))
write("categories-only", train(dict(objective="binary", num_leaves=8),
                               (filled[:, 5] % 2), 3, x=X))
# Deep and wide
write("deep", train(dict(objective="binary", num_leaves=20, min_data_in_leaf=1), above, 1))
# The best iteration only
write("best-iteration", train(dict(objective="binary"), above, 6), num_iteration=2)
write("later-iterations", train(dict(objective="binary"), above, 6), num_iteration=2,
      start_iteration=3)
# Thresholds that print as infinities
text = train(dict(objective="binary"), above, 1).model_to_string()
text = text[: text.index("\nfeature_importances:")]
for word in ("inf", "-inf"):
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("threshold="))
    types = next(line for line in lines if line.startswith("decision_type="))
    plain = [int(t) & 1 == 0 for t in types.split("=")[1].split(" ")].index(True)
    values = lines[at].split("=")[1].split(" ")
    grown = len(word) - len(values[plain])
    values[plain] = word
    lines[at] = "threshold=" + " ".join(values)
    size = next(i for i, line in enumerate(lines) if line.startswith("tree_sizes="))
    lines[size] = f"tree_sizes={int(lines[size].split('=')[1]) + grown}"
    keep(f"threshold{'-' if word == 'inf' else ''}{word}", "\n".join(lines))

# Fields that LightGBM can do without, and names that its older versions wrote
def stored(name):
    return (FOLDER / f"{name}.txt").read_text()


def without(text, *keys):
    return "\n".join(l for l in text.split("\n") if l.split("=")[0] not in keys)


binary = stored("binary-nan")
keep("optional-version", without(binary, "version"))
keep("optional-outputs", without(stored("multiclass-nan"), "num_tree_per_iteration"))
keep("optional-tree-sizes", without(binary, "tree_sizes"))
keep("optional-monotone", binary.replace("tree_sizes=", "monotone_constraints=0 0 0 0 0 0\ntree_sizes="))
keep("optional-only-needed",
     without(binary, "tree_sizes", "split_gain", "leaf_weight", "leaf_count", "internal_value",
             "internal_weight", "internal_count", "is_linear", "shrinkage"))
keep("optional-decision-type", without(stored("regression-none"), "tree_sizes", "decision_type"))
head, _, rest = binary.partition("\n\nTree=0")
fields = head.split("\n")
keep("optional-order", "\n\n".join(fields[:1] + fields[:0:-1]) + "\n\nTree=0" + rest)
keep("optional-no-splits",
     without(stored("one-leaf"), "tree_sizes", "split_feature", "split_gain", "threshold",
             "decision_type", "left_child", "right_child"))
keep("old-version",
     without(binary, "tree_sizes").replace("version=v4", "version=v2").replace(
         "end of trees\n", "\nfeature importances:\nColumn_0=2\n"))
for name, old, new in [
    ("cross_entropy", "cross_entropy", "xentropy"),
    ("cross_entropy_lambda", "cross_entropy_lambda", "xentlambda"),
    ("regression", "regression", "l2"),
    ("regression_l1", "regression_l1", "mae"),
    ("mape", "mape", "mean_absolute_percentage_error"),
    ("rank_xendcg", "rank_xendcg", "xendcg"),
]:
    text = stored(f"{name}-nan")
    assert f"objective={old}\n" in text
    keep(f"old-{new}", text.replace(f"objective={old}\n", f"objective={new}\n"))
# log(1 + e^x) where e^x is infinite, and where 1 + e^x is 1
lines = without(stored("cross_entropy_lambda-nan"), "tree_sizes").split("\n")
at = next(i for i, line in enumerate(lines) if line.startswith("leaf_value="))
lines[at] = "leaf_value=800 700 -40 0.5"
keep("softplus-large", "\n".join(lines))

save_file(golden, FOLDER / "golden.safetensors")
print(len(golden) - 1, "models,", len(ROWS), "rows")
