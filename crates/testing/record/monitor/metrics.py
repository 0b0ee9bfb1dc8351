"""scikit-learn's measures of drawn labels and scores, its edge cases and its refusals."""
import numpy as np
import torch
from sklearn import __version__ as version
from sklearn import metrics

from recording import Recording

recording = Recording(__file__)
recording.lines.append(f"# scikit-learn {version}")
draw = np.random.default_rng(0)
AVERAGES = ["micro", "macro", "weighted"]


def tensor(x):
    return torch.from_numpy(np.array(x))


def case(name, y_true, y, *, into=np.float64, **settings):
    """What the function of this name says, or the words with which it refuses."""
    # NaN and infinity are no JSON.
    shown = {key: str(x) if isinstance(x, float) and not np.isfinite(x) else x for key, x in settings.items()}
    given = {"true": tensor(y_true), "y": tensor(y), **shown}
    try:
        result = getattr(metrics, name)(np.array(y_true), np.array(y), **settings)
    except ValueError as refusal:
        recording.case(name, **given, refusal=str(refusal))
        return
    except ZeroDivisionError:
        return  # it has no words of its own for pairs of one class
    if isinstance(result, str):
        recording.case(name, **given, text=result)
    elif isinstance(result, tuple):
        parts = {f"is{i}": tensor(np.asarray(part, dtype=into)) for i, part in enumerate(result) if part is not None}
        recording.case(name, **given, **parts)
    else:
        recording.case(name, **given, is0=tensor(np.asarray(result, dtype=into)))


def prf(y_true, y, **settings):
    case("precision_recall_fscore_support", y_true, y, **settings)


def one(y_true, y):
    """Both sides as they are, in everything that takes labels."""
    case("accuracy_score", y_true, y)
    case("confusion_matrix", y_true, y, into=np.int64)
    case("classification_report", y_true, y)
    for average in [None, "binary", *AVERAGES]:
        prf(y_true, y, average=average)
        prf(y_true, y, average=average, zero_division=float("nan"))
    prf(y_true, y, average="macro", beta=0.5, zero_division=1.0)


def drawn_labels(n, k, first, right, dtype=np.int64):
    y_true = draw.integers(k, size=n) + first
    y_pred = np.where(draw.random(n) < right, y_true, draw.integers(k, size=n) + first)
    return y_true.astype(dtype), y_pred.astype(dtype)


for dtype in [np.int64, np.int32, np.int16, np.int8, np.uint8, np.float32, np.float64]:
    one(*drawn_labels(20, 3, 0, 0.6, dtype))
one(*(y == 1 for y in drawn_labels(30, 2, 0, 0.7)))
for n in [1, 2, 3, 9, 40, 300]:
    for k, first in [(1, 0), (1, 1), (2, 0), (2, -1), (3, 0), (9, -3), (40, 5), (300, 0)]:
        if k <= n:
            one(*drawn_labels(n, k, first, draw.random()))
one([0, 0, 1, 1], [2, 2, 3, 3])
one([-1, 1, 1, -1, -1], [1, 1, -1, -1, -1])
one(np.array([[0], [1], [1]]), [0, 1, 0])
for n, k in [(12, 3), (60, 7), (9, 2)]:
    y_true, y_pred = drawn_labels(n, k, 0, 0.6)
    for labels in [[1], [1, 0], [0, 1, 2], list(range(k))[::-1], [1, 99], list(range(k + 2)), [98, 99]]:
        for normalize in ["true", "pred", "all"]:
            case("confusion_matrix", y_true, y_pred, labels=labels, normalize=normalize)
        case("confusion_matrix", y_true, y_pred, labels=labels, into=np.int64)
        for zero in [0.0, 1.0, float("nan")]:
            case("classification_report", y_true, y_pred, labels=labels, zero_division=zero)
            for average in [None, *AVERAGES]:
                prf(y_true, y_pred, labels=labels, average=average, zero_division=zero)
                prf(y_true, y_pred, labels=labels, average=average, zero_division=zero, beta=2.0)
    for normalize in ["true", "pred", "all"]:
        case("confusion_matrix", y_true, y_pred, normalize=normalize)
for pos_label in [0, 1, 2]:
    prf(*drawn_labels(12, 2, 0, 0.6), average="binary", pos_label=pos_label)
    prf([1, 1, 1], [1, 1, 1], average="binary", pos_label=pos_label)
for beta in [0.0, 0.1, float("inf")]:
    y_true, y_pred = drawn_labels(50, 4, 0, 0.6)
    case("precision_recall_fscore_support", y_true, y_pred, average="weighted", beta=beta)
y_true, y_pred = drawn_labels(120, 4, 0, 0.8)
for digits in [0, 1, 3, 8, 15]:
    case("classification_report", y_true, y_pred, digits=digits)
case("classification_report", y_true, y_pred, target_names=["a", "Straße", "a name that is long", "日本"])
case("classification_report", y_true, y_pred, target_names=["a", "b"])
case("classification_report", y_true, y_pred, target_names=["a", "b"], labels=[0, 1, 2])
case("classification_report", y_true, y_pred, target_names=["a", "b", "c"], labels=[0, 1])

for y_true, y_pred in [
    ([], []), ([0, 1], [0]), ([0.0, 1.0], [0.5, 0.25]), ([0, 1], [0.5, 0.25]), ([0, 1, 2], [0.5, 0.25, 0.125]),
    ([0.0, float("nan")], [0, 1]), ([0, 1], [0.0, float("inf")]), ([0, 1], [float("nan"), 1.0]),
]:
    case("accuracy_score", y_true, y_pred)
    prf(y_true, y_pred, average="macro")
case("confusion_matrix", [0, 1], [0, 1], labels=[], into=np.int64)


def scores(n, k, kind):
    if kind == "ties":
        x = draw.integers(1, 5, size=(n, k)).astype(float)
    else:
        x = draw.gamma(0.7, size=(n, k))
    return x / x.sum(axis=1, keepdims=True)


def curves(y_true, y):
    for drop in [True, False]:
        case("roc_curve", y_true, y, drop_intermediate=drop)
        case("precision_recall_curve", y_true, y, drop_intermediate=drop)
    case("roc_auc_score", y_true, y)
    case("average_precision_score", y_true, y)
    case("log_loss", y_true, y)
    case("brier_score_loss", y_true, y)
    case("top_k_accuracy_score", y_true, y, k=1)


for n in [1, 2, 3, 5, 10, 30, 150, 300]:
    for rounded in [None, 3, 1, 0]:
        y_true = draw.integers(2, size=n)
        y = np.clip(0.5 + 0.3 * draw.normal(size=n) + 0.2 * (y_true - 0.5), 0, 1)
        curves(y_true, y if rounded is None else y.round(rounded))
curves([1, 1, 1], [0.5, 0.2, 0.9])
curves([0, 0, 0], [0.5, 0.2, 0.9])
curves([-1, 1, -1, 1], [0.1, 0.4, 0.35, 0.8])
curves([0, 2, 0, 2], [0.1, 0.4, 0.35, 0.8])
curves([0, 1, 0, 1], [[0.1], [0.4], [0.35], [0.8]])
curves([0, 1, 0, 1], [-0.0, 0.0, 0.0, -0.0])
curves([0, 1], [0.0, 1.0])
curves([1, 0], [0.0, 1.0])
curves(np.array([False, True, True]), [0.3, 0.2, 0.7])
for name in ["roc_auc_score", "log_loss", "top_k_accuracy_score"]:
    case(name, [], [], **({"k": 1} if name.startswith("top") else {}))
for y_true, y in [
    ([0, 1], [0.5]), ([0, 1], [0.5, float("nan")]), ([0, 1], [0.5, float("inf")]), ([0, 1, 2], [0.1, 0.2, 0.3]),
    ([0.0, 0.5], [0.1, 0.2]), ([0, 1], [[0.1, 0.9], [0.2, 0.8]]), ([0, 1], [0.5, 1.5]), ([0, 1], [-0.5, 0.5]),
    ([0.0, float("nan")], [0.1, 0.2]),
]:
    curves(y_true, y)
for pos_label in [0, 1, 2, 7]:
    for y_true in [[0, 2, 2, 0, 2], [0, 1, 2, 1, 0], [0, 1, 1, 0, 1]]:
        y = draw.random(5)
        case("roc_curve", y_true, y, pos_label=pos_label)
        case("precision_recall_curve", y_true, y, pos_label=pos_label)
        case("average_precision_score", y_true, y, pos_label=pos_label)
        case("brier_score_loss", y_true, y, pos_label=pos_label)
for n in [4, 30, 200]:
    y_true = np.arange(n) % 2
    y = draw.random(n).round(2)
    for max_fpr in [0.01, 0.2, 0.5, 0.999, 1.0, 0.0, 1.5]:
        case("roc_auc_score", y_true, y, max_fpr=max_fpr)


def several(y_true, y, **settings):
    for multi_class in ["raise", "ovr", "ovo"]:
        for average in AVERAGES:
            case("roc_auc_score", y_true, y, multi_class=multi_class, average=average, **settings)
    if not settings:
        for average in AVERAGES:
            case("average_precision_score", y_true, y, average=average)
    for k in [1, 2, 3, 100]:
        case("top_k_accuracy_score", y_true, y, k=k, **settings)
    case("log_loss", y_true, y, **settings)
    case("brier_score_loss", y_true, y, **settings)


for n, k in [(5, 3), (12, 3), (40, 5), (150, 11)]:
    for kind in ["free", "ties"]:
        y_true = np.concatenate([np.arange(k), draw.integers(k, size=n)])[:n]
        several(y_true, scores(n, k, kind))
        several(y_true + 4, scores(n, k, kind))
        several(y_true, scores(n, k, kind), labels=list(range(k)))
        several(y_true % (k - 1), scores(n, k, kind), labels=list(range(k)))
        several(y_true, scores(n, k, kind)[:, : k - 1])
y = scores(6, 3, "free")
several([0, 0, 0, 0, 0, 0], y, labels=[0, 1, 2])
several([0, 1, 0, 1, 0, 1], y, labels=[0, 1, 2])
several([0, 1, 2, 1, 0, 1], y, labels=[0, 2, 1])
several([0, 1, 2, 1, 0, 1], y, labels=[0, 1, 1])
several([0, 1, 2, 1, 0, 1], y, labels=[0, 1])
several([0, 1, 2, 1, 0, 1], y, labels=[0, 1, 3])
several([0, 1, 2, 1, 0, 1], y * 0.5)
several([0, 1, 2, 1, 0, 1], y[:5])
several([0, 1, 2, 1, 0, 1], y[:, 0])
for scale in [True, False]:
    case("brier_score_loss", [0, 1, 2, 1, 0, 1], y, scale_by_half=scale)
    case("brier_score_loss", [0, 1, 1, 1, 0, 1], y[:, 0], scale_by_half=scale)
case("log_loss", [0, 1, 1], np.array([0.0, 1.0, 0.5], dtype=np.float32))
case("log_loss", [1, 1, 1], [0.25, 0.5, 1.0], labels=[0, 1])
case("log_loss", [1, 1, 1], [0.25, 0.5, 1.0], labels=[1])
case("top_k_accuracy_score", [0, 1, 1, 0], [-0.5, 0.1, 3.0, 0.4], k=1)
case("top_k_accuracy_score", [0, 1, 1, 0], [-0.5, 0.1, 3.0, 0.4], k=2)


def auc(x, y):
    case("auc", x, y)


auc([0.0, 0.5, 1.0], [0.0, 0.8, 1.0])
auc([1.0, 0.5, 0.0], [0.0, 0.8, 1.0])
auc([1, 1, 1], [0, 2, 1])
auc([0.0], [1.0])
auc([0.0, 1.0], [1.0])
for n in [2, 9, 100, 500]:
    auc(np.sort(draw.random(n)), draw.random(n))

REGRESSION = ["r2_score", "mean_squared_error", "root_mean_squared_error", "mean_absolute_error",
              "mean_absolute_percentage_error"]


def regression(y_true, y):
    for name in REGRESSION:
        case(name, y_true, y)


for n in [1, 2, 3, 8, 100, 129, 500]:
    for shape in [(n,), (n, 1), (n, 3), (8, n)]:
        y_true = draw.normal(size=shape) * 10 + 3
        regression(y_true, y_true + draw.normal(size=shape))
regression([3, -1, 2, 7], [2, 0, 2, 8])
regression([0.0, 1.0, 2.0], [0.5, 1.0, 2.0])
regression([2.0, 2.0, 2.0], [2.0, 2.0, 2.0])
regression([2.0, 2.0, 2.0], [2.0, 2.0, 3.0])
regression([[1.0, 2.0], [1.0, 3.0]], [[1.0, 2.5], [1.0, 3.0]])
regression([[1.0], [2.0]], [1.5, 2.0])
for y_true, y in [
    ([], []), ([1.0, 2.0], [1.0]), ([1.0, float("nan")], [1.0, 2.0]), ([1.0, 2.0], [1.0, -float("inf")]),
    ([[1.0, 2.0]], [[1.0]]),
]:
    regression(y_true, y)

for shape in [(7,), (3, 5)]:
    logits, targets = torch.from_numpy(draw.normal(size=(*shape, 11)) * 5), torch.from_numpy(draw.integers(11, size=shape))
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, 11), targets.reshape(-1))
    recording.case("perplexity", true=targets, y=logits, is0=loss.exp())
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, 11), targets.reshape(-1), ignore_index=int(targets.flatten()[0]))
    recording.case("perplexity", true=targets, y=logits, ignore_index=int(targets.flatten()[0]), is0=loss.exp())
recording.write()
