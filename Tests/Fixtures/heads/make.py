"""Writes the goldens of the heads: small estimators, exported, with what scikit-learn and LightGBM
say of some rows.

    python make.py           # needs Weights/requirements.txt
    python make.py NAME …    # only these heads

Each folder is one head as `export_head.py` writes it, and `golden.safetensors`: `rows`, and
`probabilities` and `decisions` of the Python estimator, [rows, classes]; its metadata holds the
classes as text.
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
from lightgbm import LGBMClassifier, early_stopping
from safetensors.numpy import save_file
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "Weights"))
from export_head import Refused, export, is_multilabel  # noqa: E402

warnings.filterwarnings("ignore")
SIZE = 7
random = np.random.default_rng(20)
X = random.normal(size=(300, SIZE)) * np.array([1, 5, 0.1, 1, 1, 3, 1]) + np.arange(SIZE)
X[:, 4] = 2.0  # a column without variance: scale 1
signal = (X - X.mean(0)) @ random.normal(size=(SIZE, 4))
binary = (signal[:, 0] > 0).astype(int)
several = signal.argmax(1)
labels = (signal > 1).astype(int)
ROWS = np.concatenate(
    [
        X[:12] + random.normal(size=(12, SIZE)) * 0.3,
        random.normal(size=(3, SIZE)) * 1000,  # saturated
        np.zeros((1, SIZE)),
        X[:1] * 1e-8,
    ]
)


def decisions(estimator, rows, classes):
    predicted = estimator.predict(rows)
    if is_multilabel(estimator):
        return np.asarray(predicted).astype(bool)
    return np.array([[p == c for c in classes] for p in predicted])


def probabilities(estimator, rows):
    result = estimator.predict_proba(rows)
    if isinstance(result, list):  # MultiOutputClassifier
        result = np.stack([p[:, 1] for p in result], axis=1)
    return np.asarray(result, dtype=np.float64)


def is_wanted(name):
    return len(sys.argv) == 1 or name in sys.argv


def write(name, estimator, rows=ROWS, names=None):
    if not is_wanted(name):
        return
    folder = HERE / name
    if folder.exists():
        shutil.rmtree(folder)
    export(estimator, folder, names)
    multilabel = is_multilabel(estimator)
    scores = probabilities(estimator, rows)
    classes = names or (list(range(scores.shape[1])) if multilabel else list(estimator.classes_))
    flags = decisions(estimator, rows, classes)
    assert multilabel or (flags.sum(1) == 1).all()
    save_file(
        # safetensors writes the memory as it lies
        {
            "rows": np.ascontiguousarray(rows),
            "probabilities": np.ascontiguousarray(scores),
            "decisions": np.ascontiguousarray(flags),
        },
        folder / "golden.safetensors",
        metadata={"classes": json.dumps([str(c) for c in classes])},
    )


def mlp(y, x=X, activation="relu", sizes=(9, 5), **options):
    model = MLPClassifier(
        sizes, activation=activation, max_iter=40, random_state=3, learning_rate_init=0.01
    )
    return make_pipeline(StandardScaler(**options), model).fit(x, y)


# Perceptrons
for activation in ("identity", "logistic", "tanh", "relu"):
    write(f"mlp-{activation}-binary", mlp(binary, activation=activation))
    write(f"mlp-{activation}-multiclass", mlp(several, activation=activation))
write("mlp-multilabel", mlp(labels), names=["insult", "threat", "hate", "spam"])
write("mlp-multilabel-two", mlp(labels[:, :2]))
write("mlp-one-layer", mlp(several, sizes=(17,)))
write("mlp-text-classes", mlp(np.array(["spam", "ham", "égal", "zut"])[several]))
write("mlp-bool-classes", mlp(binary == 1))
write("mlp-integer-classes", mlp(np.array([40, -3, 7, 0])[several]))
write("mlp-number-classes", mlp(binary * 2.0))
single = X.astype(np.float32)
write("mlp-float32", mlp(several, single), ROWS.astype(np.float32))
write("mlp-float32-rows-float64", mlp(binary, single), ROWS)
write("mlp-float64-rows-float32", mlp(binary), ROWS.astype(np.float32))
bare = MLPClassifier((6,), max_iter=40, random_state=1).fit(X, binary)
write("mlp-bare", bare)
for array in bare.coefs_ + bare.intercepts_:
    array[:] = 0
write("mlp-exactly-half", bare)

# Scalers
write("scaler-no-mean", mlp(binary, with_mean=False))
write("scaler-no-std", mlp(binary, with_std=False))
write("scaler-neither", mlp(binary, with_mean=False, with_std=False))
logistic = LogisticRegression(max_iter=500)
for name, scaler in [("robust", RobustScaler()), ("maxabs", MaxAbsScaler())]:
    write(f"scaler-{name}", make_pipeline(scaler, logistic).fit(X, several))
both = make_pipeline(StandardScaler(), "passthrough", MaxAbsScaler(), LogisticRegression())
write("scaler-two", both.fit(X, binary))

# Logistic regression
write("logistic-binary", LogisticRegression(max_iter=500).fit(X, binary))
write("logistic-multinomial", LogisticRegression(max_iter=500).fit(X, several))
write("logistic-no-intercept", LogisticRegression(fit_intercept=False).fit(X, several))
write("logistic-liblinear", LogisticRegression(solver="liblinear").fit(X, binary == 1))
write("logistic-cv", LogisticRegressionCV(Cs=2, cv=2, max_iter=300).fit(X, several))
write(
    "logistic-float32",
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(single, several),
    ROWS.astype(np.float32),
)
write("sgd-binary", SGDClassifier(loss="log_loss", random_state=0).fit(X, binary))
write("sgd-multiclass", SGDClassifier(loss="log_loss", random_state=0).fit(X, several))
tie = LogisticRegression(fit_intercept=False).fit(X, binary)
tie.coef_[:] = 0
tie.coef_[0, 0] = 1e-20
write("logistic-tiny-margins", tie)  # probability 0.5 exactly, yet class 1

# Combinations
write("ovr-multiclass", OneVsRestClassifier(LogisticRegression()).fit(X, several))
write("ovr-binary", OneVsRestClassifier(LogisticRegression()).fit(X, binary))
write("ovr-multilabel", OneVsRestClassifier(LogisticRegression()).fit(X, labels))
write(
    "ovr-perceptron",
    OneVsRestClassifier(MLPClassifier((4,), max_iter=30, random_state=0)).fit(X, several),
)
write("ovr-one-label", OneVsRestClassifier(LogisticRegression()).fit(X, labels[:, :1]))
write(
    "multi-output",
    MultiOutputClassifier(make_pipeline(StandardScaler(), LogisticRegression())).fit(X, labels),
    names=["a", "b", "c", "d"],
)
for method in ("sigmoid", "isotonic"):
    for name, y in [("binary", binary), ("multiclass", several)]:
        write(
            f"calibrated-{method}-{name}",
            CalibratedClassifierCV(LogisticRegression(), method=method, cv=3).fit(X, y),
        )
fitted = FrozenEstimator(mlp(binary))
write("calibrated-prefit", CalibratedClassifierCV(fitted, method="sigmoid").fit(X, binary))
vote = VotingClassifier(
    [("a", LogisticRegression()), ("b", mlp(several))], voting="soft", weights=[1, 2.5]
)
write("voting", vote.fit(X, np.array(["n", "e", "s", "w"])[several]))

# LightGBM's scikit-learn wrapper
options = dict(n_estimators=3, num_leaves=4, verbose=-1, random_state=0, n_jobs=1)
awkward = ROWS.copy()
awkward[::3, 1] = np.nan
awkward[1, 2], awkward[2, 2] = np.inf, -np.inf
write("lgbm-binary", LGBMClassifier(**options).fit(X, binary), awkward)
write("lgbm-multiclass", LGBMClassifier(**options).fit(X, np.array(list("abcd"))[several]), awkward)
write("lgbm-ova", LGBMClassifier(objective="multiclassova", **options).fit(X, several), awkward)
noisy = np.where(random.random(300) < 0.2, 1 - binary, binary)
stopped = LGBMClassifier(**{**options, "n_estimators": 12, "learning_rate": 1.0})
stopped.fit(X[:200], noisy[:200], eval_set=[(X[200:], noisy[200:])],
            callbacks=[early_stopping(12, verbose=False)])
assert 0 < stopped.best_iteration_ < 12
write("lgbm-best-iteration", stopped, awkward)
missing = awkward.copy()
missing[np.isinf(missing)] = np.nan
write("lgbm-scaled", make_pipeline(StandardScaler(), LGBMClassifier(**options)).fit(X, binary),
      missing)
write("lgbm-multi-output",
      MultiOutputClassifier(LGBMClassifier(**{**options, "n_estimators": 3})).fit(X, labels[:, :2]),
      awkward)

# Combinations that read margins of one member and probabilities of another
def trees(**others):
    return LGBMClassifier(**{**options, **others})


scaled_trees = make_pipeline(StandardScaler(), trees())
forest = trees(boosting_type="rf", bagging_freq=1, bagging_fraction=0.6)
MARGINS = {
    "svc": LinearSVC(random_state=0),
    "ridge": RidgeClassifier(),
    "hinge": SGDClassifier(random_state=0),
    "perceptron": Perceptron(random_state=0),
}
for name, y in [("binary", binary), ("multiclass", several)]:
    for method in ("sigmoid", "isotonic"):
        write(f"calibrated-lgbm-{method}-{name}",
              CalibratedClassifierCV(trees(), method=method, cv=2).fit(X, y), missing)
    for kind, member in [("lgbm", trees()), ("logistic", logistic), ("mlp", mlp(y).steps[-1][1])]:
        write(f"temperature-{kind}-{name}",
              CalibratedClassifierCV(member, method="temperature", cv=2).fit(X, y))
    for kind, member in MARGINS.items():
        write(f"calibrated-{kind}-{name}",
              CalibratedClassifierCV(make_pipeline(StandardScaler(), member), cv=2).fit(X, y))
    write(f"sgd-modified-huber-{name}",
          SGDClassifier(loss="modified_huber", random_state=0).fit(X, y))
    write(f"ovr-lgbm-{name}", OneVsRestClassifier(trees()).fit(X, y), missing)
    write(f"voting-lgbm-{name}",
          VotingClassifier([("a", trees()), ("b", logistic)], voting="soft").fit(X, y))
    write(f"stacking-{name}",
          StackingClassifier([("a", logistic), ("b", trees()), ("c", mlp(y))], cv=2).fit(X, y))
    members = [("a", MARGINS["svc"]), ("b", trees())]
    write(f"stacking-margins-{name}",
          StackingClassifier(members, trees(), cv=2, stack_method="decision_function",
                             passthrough=True).fit(X, y))
write("calibrated-lgbm-pipeline", CalibratedClassifierCV(scaled_trees, cv=2).fit(X, binary))
write("calibrated-lgbm-forest", CalibratedClassifierCV(forest, cv=2).fit(X, binary))
write("calibrated-lgbm-one-model",
      CalibratedClassifierCV(trees(), cv=2, ensemble=False).fit(X, several))
write("calibrated-ovr", CalibratedClassifierCV(OneVsRestClassifier(logistic), cv=2).fit(X, several))
write("calibrated-ovr-mlp",
      CalibratedClassifierCV(OneVsRestClassifier(mlp(binary).steps[-1][1]), cv=2).fit(X, several))
write("ovr-lgbm-multilabel", OneVsRestClassifier(trees()).fit(X, labels), missing)
write("ovr-lgbm-one-label", OneVsRestClassifier(scaled_trees).fit(X, labels[:, :1]), missing)
write("ovr-calibrated",
      OneVsRestClassifier(CalibratedClassifierCV(trees(), cv=2)).fit(X, labels))
write("stacking-text",
      StackingClassifier([("a", logistic), ("b", "drop"), ("c", trees())], cv=2,
                         passthrough=True).fit(X, np.array(["spam", "ham"])[binary]))
write("threshold-auto", FixedThresholdClassifier(trees()).fit(X, binary))
write("threshold-probability", FixedThresholdClassifier(trees(), threshold=0.3).fit(X, binary))
write("threshold-margin",
      FixedThresholdClassifier(trees(), threshold=-0.4, response_method="decision_function").fit(
          X, binary))
write("threshold-first-class",
      FixedThresholdClassifier(logistic, threshold=1.5, pos_label="ham",
                               response_method="decision_function").fit(
          X, np.array(["ham", "spam"])[binary]))
exact = FixedThresholdClassifier(logistic, threshold=0.5).fit(X, binary)
exact.estimator_.coef_[:] = 0
exact.estimator_.intercept_[:] = 0
write("threshold-at-equality", exact)
write("threshold-tuned", TunedThresholdClassifierCV(logistic, cv=3, scoring="f1").fit(X, noisy))
write("multi-output-thresholds",
      MultiOutputClassifier(FixedThresholdClassifier(trees(), threshold=0.3)).fit(
          X, labels[:, :2]))
write("search", GridSearchCV(logistic, {"C": [0.1, 1]}, cv=2).fit(X, several))

# Before LightGBM 4.7 its classifier had no margins, so combinations were fitted on probabilities.
margins = LGBMClassifier.decision_function
del LGBMClassifier.decision_function
for method in ("sigmoid", "isotonic"):
    write(f"calibrated-lgbm-old-{method}",
          CalibratedClassifierCV(trees(), method=method, cv=2).fit(X, several), missing)
write("ovr-lgbm-old", OneVsRestClassifier(trees()).fit(X, labels), missing)
LGBMClassifier.decision_function = margins

# The first version of the format did not record which scores a combination reads.
def write_first_version(name, source):
    if not is_wanted(name):
        return
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / source, folder)
    description = json.loads((folder / "head.json").read_text())
    description["version"] = 1

    def strip(node):
        if isinstance(node, dict):
            node.pop("response", None)
            for value in node.values():
                strip(value)
        if isinstance(node, list):
            for value in node:
                strip(value)

    strip(description["model"])
    (folder / "head.json").write_text(json.dumps(description, indent=2) + "\n")


for source in ("calibrated-lgbm-sigmoid-binary", "calibrated-lgbm-isotonic-multiclass",
               "ovr-lgbm-multilabel", "ovr-perceptron", "calibrated-sigmoid-multiclass"):
    write_first_version(f"first-version-{source}", source)

# What is not known is refused by its name, and leaves nothing behind.
def refused(estimator, *words, names=None):
    folder = HERE / "refused"
    try:
        export(estimator, folder, names)
    except Refused as refusal:
        assert all(word in str(refusal) for word in words), refusal
    else:
        raise AssertionError(f"{words} was exported")
    assert not folder.exists()


constant = labels.copy()
constant[:, 1] = 1
refused(RandomForestClassifier(2).fit(X, binary), "RandomForestClassifier")
refused(make_pipeline(PCA(2), LogisticRegression()).fit(X, binary), "PCA", "Pipeline")
refused(LinearSVC().fit(X, binary), "LinearSVC")
refused(SGDClassifier().fit(X, binary), "SGDClassifier", "no probabilities")
refused(OneVsRestClassifier(LinearSVC()).fit(X, several), "LinearSVC")
refused(OneVsRestClassifier(LogisticRegression()).fit(X, constant), "never varied")
refused(MultiOutputClassifier(LogisticRegression()).fit(X, labels * 2), "MultiOutputClassifier")
refused(VotingClassifier([("a", LogisticRegression())]).fit(X, binary), "hard")
refused(VotingClassifier([("a", trees()), ("b", LinearSVC())], voting="soft").fit(X, binary),
        "VotingClassifier", "LinearSVC")
refused(MultiOutputClassifier(LinearSVC()).fit(X, labels), "MultiOutputClassifier", "LinearSVC")
refused(OneVsOneClassifier(LogisticRegression()).fit(X, several), "OneVsOneClassifier")
refused(ClassifierChain(LogisticRegression()).fit(X, labels), "ClassifierChain")
refused(StackingClassifier([("a", LinearSVC())], cv=2, stack_method="predict").fit(X, binary),
        "StackingClassifier", "predict")
refused(StackingClassifier([("a", trees())], LinearSVC(), cv=2).fit(X, binary), "probabilities")
refused(StackingClassifier([("a", RandomForestClassifier(2))], cv=2).fit(X, binary),
        "RandomForestClassifier")
refused(FixedThresholdClassifier(LinearSVC()).fit(X, binary), "no probabilities")
refused(RidgeClassifier().fit(X, binary), "RidgeClassifier", "no probabilities")
refused(GridSearchCV(logistic, {"C": [1]}, cv=2, refit=False).fit(X, binary), "GridSearchCV")
refused(trees(objective="regression").fit(X, binary), "regression")
two_outputs = trees(objective="multiclass", num_class=2)
refused(VotingClassifier([("a", FixedThresholdClassifier(
            two_outputs, response_method="decision_function", threshold=0)), ("b", logistic)],
                         voting="soft").fit(X, binary), "two classes", "multiclass")
refused(mlp(labels), "same name", "a", names=["a", "b", "a", "c"])
refused(CalibratedClassifierCV(RandomForestClassifier(2), cv=2).fit(X, binary),
        "RandomForestClassifier")
refused(LGBMClassifier(objective=lambda y, p: (p - y, np.ones_like(p)), **options).fit(X, binary),
        "objective of its own")
refused(mlp(labels), "2 labels", names=["a", "b"])
refused(mlp(binary), "--labels", names=["a", "b"])

# LightGBM's models carry a list of all parameters, which no prediction depends on.
for path in HERE.glob("*/*model.txt"):
    text = path.read_text()
    if "\nparameters:" in text:
        path.write_text(text[: text.index("\nparameters:")])
