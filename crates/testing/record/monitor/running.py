"""torchmetrics' measures, updated batch by batch. Needs `pip install torchmetrics`."""
import itertools

import torch
import torchmetrics

from recording import Recording

recording = Recording(__file__)
recording.lines.append(f"# torchmetrics {torchmetrics.__version__}")
torch.manual_seed(0)
COUNTED = ["Accuracy", "Precision", "Recall", "F1Score"]


def case(name, preds, target, batch, metric, **shown):
    """What the measure is after all batches, which have so many samples but the last."""
    for p, t in zip(preds.split(batch), target.split(batch)):
        metric.update(p, t)
    recording.case(name, preds=preds, target=target, batch=batch, **shown, measure=metric.compute())


def counted(preds, target, classes, batch, averages, **settings):
    for name, average in itertools.product(COUNTED, averages):
        if average == "binary":
            given = {"task": "binary", **{k: v for k, v in settings.items() if k != "top_k"}}
        else:
            given = {"task": "multiclass", "num_classes": classes, "average": average, **settings}
        metric = getattr(torchmetrics, name)(**given)
        case(name, preds, target, batch, metric, classes=classes, average=average, **settings)


ALL = ["micro", "macro", "weighted", "none"]
for n, k, batch in [(1, 2, 1), (7, 3, 3), (40, 5, 16), (100, 12, 32), (9, 30, 4)]:
    target = torch.randint(k, (n,))
    counted(torch.randint(k, (n,)), target, k, batch, ALL)
    counted(torch.where(torch.rand(n) < 0.6, target, torch.randint(k, (n,))), target, k, batch, ALL, ignore_index=1)
    counted(torch.randn(n, k), target, k, batch, ALL)
    counted(torch.randn(n, k).softmax(1), target, k, batch, ALL, ignore_index=0)
    if k > 2:
        counted(torch.randn(n, k), target, k, batch, ["micro"], top_k=2)
    counted(torch.randn(n, k, 4), torch.randint(k, (n, 4)), k, batch, ALL)
for n, batch in [(1, 1), (20, 8), (75, 25)]:
    target = torch.randint(2, (n,))
    counted(torch.randint(2, (n,)), target, 2, batch, ["binary"])
    counted(torch.rand(n), target, 2, batch, ["binary"])
    counted(torch.rand(n), target, 2, batch, ["binary"], threshold=0.3)
    counted(torch.randn(n) * 3, target, 2, batch, ["binary"])
    counted(torch.rand(n), torch.where(torch.rand(n) < 0.2, torch.tensor(-1), target), 2, batch, ["binary"], ignore_index=-1)

for n, k, batch in [(7, 3, 3), (100, 5, 32)]:
    for normalize in [None, "true", "pred", "all"]:
        metric = torchmetrics.ConfusionMatrix(task="multiclass", num_classes=k, normalize=normalize)
        case("ConfusionMatrix", torch.randint(k, (n,)), torch.randint(k, (n,)), batch, metric, classes=k, normalize=normalize)

for n, batch in [(2, 2), (10, 3), (300, 64)]:
    target = torch.randn(n, dtype=torch.float64) * 4 + 100
    preds = target + torch.randn(n, dtype=torch.float64)
    case("MeanSquaredError", preds, target, batch, torchmetrics.MeanSquaredError().set_dtype(torch.float64))
    case("MeanAbsoluteError", preds, target, batch, torchmetrics.MeanAbsoluteError().set_dtype(torch.float64))
    case("R2Score", preds, target, batch, torchmetrics.R2Score().set_dtype(torch.float64))
    preds, target = torch.stack([preds, preds * 2], 1), torch.stack([target, -target], 1)
    case("R2Score", preds, target, batch, torchmetrics.R2Score().set_dtype(torch.float64))
    # A mean with weights takes values for predictions and weights for what is true.
    case("MeanMetric", preds[:, 0], target[:, 0], batch, torchmetrics.MeanMetric().set_dtype(torch.float64))

for ignore in [None, -100, 3]:
    target = torch.randint(11, (6, 9))
    if ignore == -100:
        target[torch.rand(6, 9) < 0.3] = ignore
    metric = torchmetrics.text.Perplexity(ignore_index=ignore).set_dtype(torch.float64)
    case("Perplexity", torch.randn(6, 9, 11, dtype=torch.float64) * 3, target, 4, metric, ignore_index=ignore)
recording.write()
