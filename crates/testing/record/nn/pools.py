"""What torch's pooling layers print, compute and differentiate, with their options in combination."""
from itertools import product

import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)


def record(layer, x):
    """A case, unless torch refuses these sizes."""
    names = [name for name in layer.__constants__ if name != "return_indices"]
    x = x.clone().requires_grad_()
    try:
        y = layer(x)
    except RuntimeError:
        return
    y.backward(ramp(y))
    config = str({name: getattr(layer, name) for name in names})
    recording.case(type(layer).__name__, config=config, repr=repr(layer), x=x, y=y, dx=x.grad)


def images(axes, dtype=torch.float32):
    """A batch of one, and an image without a batch, of odd sizes."""
    sizes = {1: [(1, 2, 11), (2, 10)], 2: [(1, 2, 7, 9), (2, 6, 5)], 3: [(1, 2, 4, 5, 7), (1, 5, 3, 4)]}[axes]
    torch.manual_seed(7)
    return [rounded(torch.randn(size, dtype=dtype) * 3) for size in sizes]


for axes in (1, 2, 3):
    max_pool, avg_pool, adaptive_max, adaptive_avg = (
        getattr(nn, f"{name}{axes}d") for name in ("MaxPool", "AvgPool", "AdaptiveMaxPool", "AdaptiveAvgPool")
    )
    uneven = (1, 3, 2)[3 - axes:]
    for x in images(axes):
        for kernel, stride, padding, ceil_mode in product((3, uneven), (None, 2), (0, 1), (False, True)):
            for dilation in (1, 2):
                record(max_pool(kernel, stride, padding, dilation, ceil_mode=ceil_mode), x)
            for include in (False, True):
                record(avg_pool(kernel, stride, padding, ceil_mode, include), x)
        for size in (1, 2, 3, uneven):
            record(adaptive_max(size), x)
            record(adaptive_avg(size), x)
    for x in images(axes, torch.float64):
        record(max_pool(3, 2, 1), x)
        record(avg_pool(3, 2, 1), x)
        record(adaptive_max(3), x)
        record(adaptive_avg(1), x)
        record(adaptive_avg(3), x)
for x in images(2):
    record(nn.AvgPool2d(2, divisor_override=3), x)
    record(nn.AdaptiveAvgPool2d((None, 3)), x)
    record(nn.AdaptiveMaxPool2d((2, None)), x)
recording.write()
