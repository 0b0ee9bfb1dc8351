"""Lazy layers: what torch prints before and after the first input, the parameters that it draws, and the output."""
import torch
from torch import nn

from recording import Recording, rounded

torch.set_num_threads(1)

# settings, the first input's shape
TRACKING = {"affine": True, "track_running_stats": True}  # the defaults of the lazy layers alone
LAYERS = [
    ("LazyLinear", {"out_features": 10}, (2, 4)), ("LazyLinear", {"out_features": 3, "bias": False}, (5, 2, 3)),
    ("LazyLinear", {"out_features": 3}, (7,)),
    ("LazyConv1d", {"out_channels": 4, "kernel_size": 3}, (2, 2, 6)), ("LazyConv1d", {"out_channels": 4, "kernel_size": 3}, (2, 6)),
    ("LazyConv2d", {"out_channels": 4, "kernel_size": (2, 3), "stride": 2, "padding": 1, "groups": 2, "bias": False}, (2, 6, 5, 4)),
    ("LazyConv2d", {"out_channels": 3, "kernel_size": 3, "padding": "same", "padding_mode": "circular"}, (2, 6, 5, 4)),
    ("LazyConv3d", {"out_channels": 2, "kernel_size": 2}, (1, 3, 2, 3, 4)),
    ("LazyConvTranspose1d", {"out_channels": 4, "kernel_size": 3}, (2, 2, 6)),
    ("LazyConvTranspose2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "groups": 2}, (2, 6, 3, 2)),
    ("LazyConvTranspose3d", {"out_channels": 2, "kernel_size": 2, "bias": False}, (3, 2, 2, 2)),
    ("LazyBatchNorm1d", {}, (4, 3)), ("LazyBatchNorm1d", {"affine": False}, (4, 3, 2)),
    ("LazyBatchNorm2d", {"eps": 0.001, "momentum": None, "bias": False}, (2, 3, 2, 2)),
    ("LazyBatchNorm3d", {"track_running_stats": False}, (2, 3, 2, 1, 2)),
    ("LazyInstanceNorm1d", TRACKING, (2, 3, 4)), ("LazyInstanceNorm2d", TRACKING | {"affine": False}, (2, 3, 2, 2)),
    ("LazyInstanceNorm3d", TRACKING | {"momentum": 0.5}, (2, 3, 2, 1, 2)),
]

recording = Recording(__file__)
for kind, settings, shape in LAYERS:
    torch.manual_seed(2)
    layer = getattr(nn, kind)(**settings)
    x = rounded(torch.randn(shape))
    lazy = repr(layer)
    y = layer(x)
    after = torch.rand(1)  # the place in the stream
    recording.case(kind, settings=repr(settings), text=f"{lazy}\n{layer}", x=x, y=y, after=after, **layer.state_dict())
recording.write()
