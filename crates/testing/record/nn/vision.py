"""What torch's layers that move or resample pixels print, compute and differentiate."""
import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)


def record(layer, names, x):
    """A case, unless torch refuses these sizes."""
    x = x.clone().requires_grad_()
    try:
        y = layer(x)
    except (RuntimeError, NotImplementedError, ValueError):
        return
    y.backward(ramp(y))
    config = str({name: getattr(layer, name) for name in names.split()})
    recording.case(type(layer).__name__, config=config, repr=repr(layer), x=x, y=y, dx=x.grad)


def images(*sizes):
    torch.manual_seed(7)
    return [rounded(torch.randn(size, dtype=dtype) * 3) for size in sizes for dtype in (torch.float32, torch.float64)]


patches = "kernel_size dilation padding stride"
for kernel, dilation, padding, stride in (
    (2, 1, 0, 1), (3, 1, 1, 2), ((2, 3), (2, 1), (0, 2), (3, 1)), ((1, 3), 2, 2, (2, 3)), (5, 1, 2, 5), ((3, 2), 3, 4, 2),
):
    for x in images((1, 2, 7, 9), (3, 5, 6)):
        unfold = nn.Unfold(kernel, dilation, padding, stride)
        record(unfold, patches, x)
        columns = unfold(x)
        values = rounded(torch.linspace(-3, 3, columns.numel(), dtype=x.dtype)).reshape(columns.shape)
        record(nn.Fold(tuple(x.shape[-2:]), kernel, dilation, padding, stride), f"output_size {patches}", values)
for x in images((1, 12, 2, 3), (2, 1, 9, 4, 6), (8, 4, 2)):
    for factor in (1, 2, 3):
        record(nn.PixelShuffle(factor), "upscale_factor", x)
        record(nn.PixelUnshuffle(factor), "downscale_factor", x)
        record(nn.ChannelShuffle(factor), "groups", x)
by = "size scale_factor"
every = f"{by} mode align_corners recompute_scale_factor"
for size, factor in ((3, None), ((7, 4), None), (None, 2), (None, (1.5, 0.7))):
    for x in images((1, 2, 5, 4)):
        for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area"):
            for align in (None, True):
                for again in (None, True):
                    record(nn.Upsample(size, factor, mode, align, again), every, x)
        record(nn.UpsamplingNearest2d(size, factor), by, x)
        record(nn.UpsamplingBilinear2d(size, factor), by, x)
recording.write()
