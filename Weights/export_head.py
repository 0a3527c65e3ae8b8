"""Exports a fitted scikit-learn classifier for use by the Swift package.

    python export_head.py HEAD.joblib OUTDIR [--labels a,b,c]

writes OUTDIR/head.json, which says how the head is built and how it decides, and
OUTDIR/head.safetensors with its numbers in the types they were fitted in (LightGBM models as their
own text files beside them). `moderate score --head OUTDIR` then gives what `predict_proba` gives.

Known: LogisticRegression(CV), SGDClassifier, MLPClassifier, LGBMClassifier, OneVsRestClassifier,
MultiOutputClassifier, CalibratedClassifierCV (sigmoid, isotonic, temperature), soft
VotingClassifier, StackingClassifier, FixedThresholdClassifier, TunedThresholdClassifierCV, the
searches for hyperparameters, and Pipelines of StandardScaler, RobustScaler or MaxAbsScaler before
one of them. LinearSVC, RidgeClassifier(CV), Perceptron and PassiveAggressiveClassifier have margins
only: they are known where something turns their margins into probabilities. Anything else is
refused by its name: a head that scores almost like the original is worse than none.

A combination reads either the margins (`decision_function`) or the probabilities (`predict_proba`)
of its members. Which of the two depends on the member's class and on the versions of scikit-learn
and LightGBM, so the script asks the estimator and records the answer as "response". Run it with the
versions that the head was fitted with.

joblib files are pickles: load only those whose origin you trust.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

FORMAT = "moderation-head"
# Version 2 records the "response" of every combination. Version 1 did not.
VERSION = 2

# Estimators that have margins and no probabilities.
MARGINS_ONLY = {
    "LinearSVC",
    "PassiveAggressiveClassifier",
    "Perceptron",
    "RidgeClassifier",
    "RidgeClassifierCV",
}
# Estimators that only hand on what another one says, and where they keep it.
WRAPPERS = {
    "FrozenEstimator": "estimator",
    "GridSearchCV": "best_estimator_",
    "HalvingGridSearchCV": "best_estimator_",
    "HalvingRandomSearchCV": "best_estimator_",
    "RandomizedSearchCV": "best_estimator_",
}


class Refused(Exception):
    """The estimator cannot be exported; the message names what it is about."""


def name_of(estimator) -> str:
    return type(estimator).__name__


class Exporter:
    def __init__(self, folder: Path):
        self.folder = folder
        self.tensors: dict[str, np.ndarray] = {}
        self.files: dict[str, str] = {}

    def put(self, name: str, array, shape: tuple[int, ...]) -> None:
        array = np.ascontiguousarray(array)
        if array.dtype not in (np.float32, np.float64):
            array = array.astype(np.float64)
        if array.shape != shape:
            raise Refused(f"{name} has the shape {array.shape}, not {shape}")
        if not np.isfinite(array).all():
            raise Refused(f"{name} holds NaN or infinity")
        self.tensors[name] = array

    def model(self, estimator, prefix: str) -> dict:
        estimator = unwrapped(estimator)
        kind = name_of(estimator)
        export = {
            "Pipeline": self.pipeline,
            "LogisticRegression": self.linear,
            "LogisticRegressionCV": self.linear,
            "SGDClassifier": self.linear,
            "MLPClassifier": self.perceptron,
            "LGBMClassifier": self.lightgbm,
            "OneVsRestClassifier": self.one_vs_rest,
            "MultiOutputClassifier": self.multi_output,
            "CalibratedClassifierCV": self.calibrated,
            "VotingClassifier": self.voting,
            "StackingClassifier": self.stacking,
            "FixedThresholdClassifier": self.fixed_threshold,
            "TunedThresholdClassifierCV": self.tuned_threshold,
            **dict.fromkeys(MARGINS_ONLY, self.linear),
        }.get(kind)
        if export is None:
            raise Refused(f"{kind} is not supported")
        require_own_module(estimator)
        return export(estimator, prefix)

    # Pipelines

    def pipeline(self, pipeline, prefix: str) -> dict:
        steps = [
            step for _, step in pipeline.steps if step is not None and step != "passthrough"
        ]
        if not steps:
            raise Refused("a Pipeline without steps")
        scalers = [self.scaler(s, f"{prefix}scalers.{i}") for i, s in enumerate(steps[:-1])]
        return {
            "kind": "pipeline",
            "scalers": scalers,
            "model": self.model(steps[-1], f"{prefix}model."),
        }

    def scaler(self, scaler, prefix: str) -> dict:
        kind = name_of(scaler)
        if kind == "StandardScaler":
            center = scaler.mean_ if scaler.with_mean else None
            scale = scaler.scale_ if scaler.with_std else None
        elif kind == "RobustScaler":
            center = scaler.center_ if scaler.with_centering else None
            scale = scaler.scale_ if scaler.with_scaling else None
        elif kind == "MaxAbsScaler":
            if getattr(scaler, "clip", False):
                raise Refused("MaxAbsScaler with clip=True is not supported")
            center, scale = None, scaler.scale_
        else:
            raise Refused(f"{kind} in a Pipeline is not supported")
        size = int(scaler.n_features_in_)
        if center is not None:
            self.put(f"{prefix}.center", center, (size,))
        if scale is not None:
            self.put(f"{prefix}.scale", scale, (size,))
        return {
            "prefix": prefix,
            "size": size,
            "center": center is not None,
            "scale": scale is not None,
        }

    # Estimators

    def linear(self, estimator, prefix: str) -> dict:
        kind = name_of(estimator)
        if getattr(estimator, "_label_binarizer", None) is not None:
            if estimator._label_binarizer.y_type_.startswith("multilabel"):
                raise Refused(f"{kind} with several labels is not supported")
        classes = len(estimator.classes_)
        outputs = 1 if classes == 2 else classes
        weights = np.atleast_2d(estimator.coef_)
        if weights.shape[0] != outputs:
            raise Refused(f"{kind} has {weights.shape[0]} rows of coefficients, not {outputs}")
        size = weights.shape[1]
        self.put(f"{prefix}weight", weights.T, (size, outputs))
        bias = np.broadcast_to(np.asarray(estimator.intercept_, weights.dtype), (outputs,))
        self.put(f"{prefix}bias", bias, (outputs,))
        return {
            "kind": "linear",
            "prefix": prefix,
            "sizes": [size, outputs],
            "output": self.linear_output(estimator, outputs),
            "decision": {"rule": "above", "value": 0} if outputs == 1 else {"rule": "highest"},
        }

    def linear_output(self, estimator, outputs: int) -> str:
        """How `predict_proba` makes probabilities of the margins."""
        kind = name_of(estimator)
        if not hasattr(estimator, "predict_proba"):
            return "none"
        if kind == "SGDClassifier" and estimator.loss == "modified_huber":
            return "modified_huber"
        if outputs == 1:
            # Before scikit-learn 1.5, multi_class="multinomial" made softmax of two margins, too.
            if getattr(estimator, "multi_class", "deprecated") == "multinomial":
                raise Refused(f'{kind} with two classes and multi_class="multinomial"')
            return "logistic"
        return "normalized_logistic" if self.is_one_vs_rest(estimator) else "softmax"

    @staticmethod
    def is_one_vs_rest(estimator) -> bool:
        """As `predict_proba` of the versions that had `multi_class` decided."""
        if name_of(estimator) == "SGDClassifier":
            return True
        multi_class = getattr(estimator, "multi_class", "multinomial")
        if multi_class in ("auto", "deprecated"):
            return estimator.solver == "liblinear"
        return multi_class == "ovr"

    def perceptron(self, estimator, prefix: str) -> dict:
        sizes = [int(estimator.coefs_[0].shape[0])] + [int(c.shape[1]) for c in estimator.coefs_]
        for i, (weights, bias) in enumerate(zip(estimator.coefs_, estimator.intercepts_)):
            self.put(f"{prefix}layers.{i}.weight", weights, (sizes[i], sizes[i + 1]))
            self.put(f"{prefix}layers.{i}.bias", bias, (sizes[i + 1],))
        multilabel = estimator._label_binarizer.y_type_.startswith("multilabel")
        output = estimator.out_activation_
        if output not in ("logistic", "softmax"):
            raise Refused(f"MLPClassifier with the output activation {output} is not supported")
        if estimator.activation not in ("identity", "logistic", "tanh", "relu"):
            raise Refused(f"MLPClassifier with the activation {estimator.activation}")
        highest = output == "softmax"
        return {
            "kind": "mlp",
            "prefix": prefix,
            "sizes": sizes,
            "hidden": estimator.activation,
            "output": output,
            "multilabel": multilabel,
            "decision": {"rule": "highest"} if highest else {"rule": "above", "value": 0.5},
        }

    def lightgbm(self, estimator, prefix: str) -> dict:
        if callable(estimator.objective_):
            raise Refused("LGBMClassifier with an objective of its own is not supported")
        if getattr(estimator.booster_, "pandas_categorical", None):
            raise Refused("LGBMClassifier of a pandas table with categories is not supported")
        name = (prefix.replace(".", "_") + "model.txt").lstrip("_")
        best = getattr(estimator, "best_iteration_", None) or 0
        text = estimator.booster_.model_to_string(num_iteration=best if best > 0 else None)
        objective = lightgbm_objective(text)
        if objective not in ("binary", "cross_entropy", "multiclass", "multiclassova"):
            raise Refused(f"LGBMClassifier with the objective {objective} has no probabilities")
        self.files[name] = text
        return {"kind": "lightgbm", "file": name}

    # Combinations

    def members(self, estimators, prefix: str) -> list[dict]:
        return [self.model(e, f"{prefix}{i}.") for i, e in enumerate(estimators)]

    def one_vs_rest(self, estimator, prefix: str) -> dict:
        multilabel = bool(estimator.multilabel_)
        members = estimator.estimators_
        for member in members:
            if name_of(member) == "_ConstantPredictor":
                raise Refused("OneVsRestClassifier with a label that training never varied")
            if name_of(last_step(member)) == "OneVsRestClassifier":
                raise Refused("OneVsRestClassifier of OneVsRestClassifier is not supported")
            require_probabilities(member, "OneVsRestClassifier")
        used = response(members[0], "decision_function", "predict_proba")
        if multilabel or len(members) == 1:
            value = 0 if used == "decision_function" else 0.5
            decision = {"rule": "above", "value": value}
        else:
            decision = {"rule": "highest"}
        return {
            "kind": "one_vs_rest",
            "multilabel": multilabel,
            "members": self.members(members, f"{prefix}members."),
            "response": used,
            "decision": decision,
        }

    def multi_output(self, estimator, prefix: str) -> dict:
        for i, member in enumerate(estimator.estimators_):
            if list(member.classes_) != [0, 1]:
                raise Refused(
                    f"MultiOutputClassifier: output {i} has the classes {list(member.classes_)}, "
                    "not 0 and 1"
                )
            require_probabilities(member, "MultiOutputClassifier")
        members = self.members(estimator.estimators_, f"{prefix}members.")
        return {"kind": "multi_output", "members": members}

    def calibrated(self, estimator, prefix: str) -> dict:
        members = []
        for i, fold in enumerate(estimator.calibrated_classifiers_):
            here = f"{prefix}folds.{i}."
            if fold.method not in ("sigmoid", "isotonic", "temperature"):
                raise Refused(f'CalibratedClassifierCV with method="{fold.method}"')
            if list(fold.estimator.classes_) != list(estimator.classes_):
                raise Refused("CalibratedClassifierCV with a fold that did not see every class")
            used = response(fold.estimator, "decision_function", "predict_proba")
            member = {"model": self.model(fold.estimator, f"{here}model."), "response": used}
            if fold.method == "temperature":
                beta = float(fold.calibrators[0].beta_)
                members.append({"kind": "temperature", **member, "beta": beta})
            else:
                calibrators = [
                    self.calibrator(c, f"{here}calibrators.{j}.")
                    for j, c in enumerate(fold.calibrators)
                ]
                members.append({"kind": "calibrated", **member, "calibrators": calibrators})
        return {"kind": "mean", "members": members, "weights": [1.0] * len(members)}

    def calibrator(self, calibrator, prefix: str) -> dict:
        kind = name_of(calibrator)
        if kind == "_SigmoidCalibration":
            return {
                "kind": "sigmoid",
                "slope": float(calibrator.a_),
                "intercept": float(calibrator.b_),
            }
        if kind == "IsotonicRegression":
            if calibrator.out_of_bounds != "clip":
                raise Refused(f'isotonic calibration with "{calibrator.out_of_bounds}" bounds')
            points = len(calibrator.X_thresholds_)
            self.put(f"{prefix}x", calibrator.X_thresholds_, (points,))
            self.put(f"{prefix}y", calibrator.y_thresholds_, (points,))
            return {"kind": "isotonic", "prefix": prefix, "points": points}
        raise Refused(f"{kind} as a calibrator is not supported")

    def voting(self, estimator, prefix: str) -> dict:
        if estimator.voting != "soft":
            raise Refused(f'VotingClassifier with voting="{estimator.voting}" has no scores')
        for member in estimator.estimators_:
            require_probabilities(member, "VotingClassifier")
        members = self.members(estimator.estimators_, f"{prefix}members.")
        weights = estimator._weights_not_none
        weights = [1.0] * len(members) if weights is None else [float(w) for w in weights]
        return {"kind": "mean", "members": members, "weights": weights}

    def stacking(self, estimator, prefix: str) -> dict:
        if isinstance(estimator._label_encoder, list):
            raise Refused("StackingClassifier with several labels is not supported")
        members = []
        for i, member in enumerate(estimator.estimators_):
            if list(member.classes_) != list(range(len(estimator.classes_))) and list(
                member.classes_
            ) != list(estimator.classes_):
                raise Refused("StackingClassifier with a member of other classes")
            method = estimator.stack_method_[i]
            if method not in ("decision_function", "predict_proba"):
                raise Refused(f"StackingClassifier with {method} of {name_of(member)}")
            model = self.model(member, f"{prefix}members.{i}.")
            members.append({"model": model, "response": response(member, method)})
        return {
            "kind": "stacking",
            "members": members,
            "passthrough": bool(estimator.passthrough),
            "model": self.model(estimator.final_estimator_, f"{prefix}model."),
        }

    def fixed_threshold(self, estimator, prefix: str) -> dict:
        member = getattr(estimator, "estimator_", estimator.estimator)
        used = threshold_response(estimator, member)
        value = estimator.threshold
        if value == "auto":
            value = 0.5 if used == "predict_proba" else 0.0
        return self.threshold(estimator, member, prefix, used, value, estimator.pos_label)

    def tuned_threshold(self, estimator, prefix: str) -> dict:
        member = estimator.estimator_
        label = estimator._curve_scorer._get_pos_label()
        used = threshold_response(estimator, member)
        return self.threshold(estimator, member, prefix, used, estimator.best_threshold_, label)

    def threshold(self, estimator, member, prefix: str, used: str, value, label) -> dict:
        return {
            "kind": "threshold",
            "model": self.model(member, f"{prefix}model."),
            "response": used,
            "class": 1 if label is None else list(estimator.classes_).index(label),
            "value": float(value),
        }


def unwrapped(estimator):
    """The estimator below wrappers that only hand on what it says."""
    while (attribute := WRAPPERS.get(name_of(estimator))) is not None:
        require_own_module(estimator)
        if not hasattr(estimator, attribute):
            raise Refused(f"{name_of(estimator)} without {attribute}: it was fitted without refit")
        estimator = getattr(estimator, attribute)
    return estimator


def require_own_module(estimator) -> None:
    module = type(estimator).__module__.split(".")[0]
    if module not in ("sklearn", "lightgbm"):
        raise Refused(
            f"{name_of(estimator)} of the module {module} is not the one this script knows"
        )


def require_probabilities(estimator, owner: str) -> None:
    if not hasattr(estimator, "predict_proba"):
        raise Refused(f"{owner} of {name_of(last_step(estimator))}, without probabilities")


def response(estimator, *methods: str) -> str:
    """The first of the methods that the estimator has, which is the one that scikit-learn calls."""
    last = last_step(estimator)
    for method in methods:
        if not hasattr(estimator, method):
            continue
        if method == "decision_function" and name_of(last) == "LGBMClassifier":
            objective = lightgbm_objective(last.booster_.model_to_string(num_iteration=1))
            if len(last.classes_) == 2 and objective.startswith("multiclass"):
                raise Refused(f"LGBMClassifier with two classes and the objective {objective}")
        return method
    raise Refused(f"{name_of(last)} has neither of {', '.join(methods)}")


def threshold_response(estimator, member) -> str:
    if estimator.response_method == "auto":
        return response(member, "predict_proba", "decision_function")
    return response(member, estimator.response_method)


def lightgbm_objective(text: str) -> str:
    """The objective in a model file; "custom" where the file has none."""
    for line in text.splitlines():
        if line.startswith("objective="):
            return line.removeprefix("objective=").split(" ")[0]
        if line.startswith("Tree="):
            break
    return "custom"


def last_step(estimator):
    """The estimator that decides, below pipelines and wrappers."""
    estimator = unwrapped(estimator)
    return last_step(estimator.steps[-1][1]) if name_of(estimator) == "Pipeline" else estimator


def input_size(estimator) -> int:
    estimator = unwrapped(estimator)
    if name_of(estimator) == "Pipeline":
        steps = [s for _, s in estimator.steps if s is not None and s != "passthrough"]
        return input_size(steps[0])
    if hasattr(estimator, "n_features_in_"):
        return int(estimator.n_features_in_)
    if hasattr(estimator, "estimators_"):
        return input_size(estimator.estimators_[0])
    return input_size(getattr(estimator, "estimator_", estimator.estimator))


def is_multilabel(estimator) -> bool:
    last = last_step(estimator)
    if name_of(last) == "MultiOutputClassifier":
        return True
    if name_of(last) == "OneVsRestClassifier":
        return bool(last.multilabel_)
    if name_of(last) == "MLPClassifier":
        return last._label_binarizer.y_type_.startswith("multilabel")
    return False


def class_label(value):
    """A class as JSON, of the same type."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)) and np.isfinite(value):
        return float(value)
    if isinstance(value, str):
        return str(value)
    raise Refused(f"a class of the type {type(value).__name__}: {value!r}")


def export(estimator, folder: Path, labels: list[str] | None = None) -> None:
    """Writes the head; nothing is written if it is refused."""
    exporter = Exporter(folder)
    model = exporter.model(estimator, "")
    multilabel = is_multilabel(estimator)
    if multilabel:
        last = last_step(estimator)
        count = (
            len(last.estimators_) if hasattr(last, "estimators_") else int(last.n_outputs_)
        )
        classes = labels if labels is not None else list(range(count))
        if len(classes) != count:
            raise Refused(f"{len(classes)} labels were named but the head has {count}")
    else:
        if labels is not None:
            raise Refused("--labels names the labels of a multilabel head; this head has classes")
        classes = list(estimator.classes_)
        if len(classes) < 2:
            raise Refused("a classifier that saw only one class")
    names = [str(c) for c in classes]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise Refused(f'two classes have the same name, "{repeated[0]}"')
    if not hasattr(estimator, "predict_proba"):
        raise Refused(f"{name_of(last_step(estimator))} has margins but no probabilities")
    task = "multilabel" if multilabel else "binary" if len(classes) == 2 else "multiclass"
    description = {
        "format": FORMAT,
        "version": VERSION,
        "task": task,
        "classes": [class_label(c) for c in classes],
        "input_size": input_size(estimator),
        "model": model,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in exporter.files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    save_file(exporter.tensors, folder / "head.safetensors")
    text = json.dumps(description, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "head.json").write_text(text + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("head", type=Path, help="the fitted estimator, saved by joblib")
    parser.add_argument("outdir", type=Path, help="the folder to write")
    parser.add_argument("--labels", help="names for the labels of a multilabel head, a,b,c")
    arguments = parser.parse_args()
    import joblib

    try:
        estimator = joblib.load(arguments.head)
    except Exception as error:  # whatever unpickling raises
        print(f"{arguments.head}: cannot be loaded: {error!r}", file=sys.stderr)
        return 1
    try:
        labels = arguments.labels.split(",") if arguments.labels else None
        export(estimator, arguments.outdir, labels)
    except Refused as refusal:
        print(f"{arguments.head}: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
