"""Layers that few nets have: what torch's print, compute and differentiate, from their first weights on."""
import os

os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}  # what every processor has

import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)


def record(kind, arguments, options, x, **more):
    torch.manual_seed(3)
    layer = getattr(nn, kind)(*arguments, **options)
    weights = {name: p.detach().clone() for name, p in layer.named_parameters()}
    x = x.clone().requires_grad_()
    torch.manual_seed(5)
    y = layer(x, *more.values())
    results = {}
    if kind == "AdaptiveLogSoftmaxWithLoss":
        results = {"loss": y.loss, "log_prob": layer.log_prob(x) if x.dim() > 1 else None, "predicted": layer.predict(x) if x.dim() > 1 else None}
        y = y.output
    y.backward(ramp(y))
    grads = {"d" + name: p.grad for name, p in layer.named_parameters() if p.grad is not None}
    recording.case(kind, arguments=repr(arguments), options=repr(options), repr=repr(layer), x=x, y=y, dx=x.grad, **more)
    recording.case("more", **results, **weights)
    recording.case("more", **grads)


torch.manual_seed(7)
image, volume, rows = (rounded(torch.randn(size) * 2) for size in ((2, 3, 7, 8), (2, 2, 5, 6, 7), (6, 16)))
for arguments, options in [((2, 3), {}), (((3, 2), (2, 5)), {}), ((2,), {"output_ratio": 0.6}), ((2,), {"output_ratio": (0.5, 0.7)})]:
    record("FractionalMaxPool2d", arguments, options, image)
    record("FractionalMaxPool2d", arguments, options, image[0])
for arguments, options in [((2, 3), {}), (((1, 2, 3), (3, 4, 2)), {}), ((2,), {"output_ratio": (0.5, 0.6, 0.3)})]:
    record("FractionalMaxPool3d", arguments, options, volume)
target = torch.tensor([0, 9, 4, 3, 19, 5])
for arguments, options in [((16, 20, [4, 10]), {}), ((16, 20, [1]), {"div_value": 2.0, "head_bias": True}), ((16, 20, [2, 5, 19]), {"div_value": 1.5})]:
    record("AdaptiveLogSoftmaxWithLoss", arguments, options, rows, target=target)
    record("AdaptiveLogSoftmaxWithLoss", arguments, options, rows[2], target=target[2])
for options in [{}, {"bias": True, "reduction": "sum"}, {"weight": torch.arange(1, 21) / 7, "ignore_index": 4, "label_smoothing": 0.2}, {"reduction": "none"}]:
    record("LinearCrossEntropyLoss", (16, 20), options, rows, target=target)
record("LinearCrossEntropyLoss", (16, 20), {"out_features": (2, 3)}, rows, target=torch.arange(36).reshape(6, 2, 3) * 7 % 20)
recording.write()
