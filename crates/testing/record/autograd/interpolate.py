"""What torch's interpolation computes and differentiates, in every mode and on each of its ways."""
from itertools import product

import torch
from torch.nn import functional as F

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)

MODES = {1: ("nearest", "nearest-exact", "linear", "area"),
         2: ("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
         3: ("nearest", "nearest-exact", "trilinear", "area")}


def record(x, **options):
    x = x.clone().requires_grad_()
    y = F.interpolate(x, **options)
    y.backward(ramp(y))
    recording.case(options["mode"], config=str(options), x=x, y=y, dx=x.grad)


def both(x, **options):
    """With the corners aligned and without, where the mode knows that."""
    record(x, **options)
    if options["mode"].startswith("nearest") or options["mode"] == "area":
        return
    record(x, align_corners=True, **options)
    if options["mode"] in ("bilinear", "bicubic"):
        for align_corners in (False, True):
            record(x, align_corners=align_corners, antialias=True, **options)


def image(*size, dtype=torch.float32):
    torch.manual_seed(7)
    return rounded(torch.randn(size, dtype=dtype) * 3)


# Smaller and larger, by size and by factor; 9 and 13 channels leave some over in vectors of 8 and 4.
small = {1: [((1, 2, 7), (13,)), ((2, 1, 9), (4,)), ((1, 1, 2), (41,))],
         2: [((1, 9, 5, 4), (3, 7)), ((2, 1, 4, 5), (9, 2)), ((1, 2, 6, 1), (1, 6))],
         3: [((1, 2, 3, 4, 2), (5, 2, 3))]}
for axes, sizes in small.items():
    for dtype in (torch.float32, torch.float64):
        for (shape, size), mode in product(sizes, MODES[axes]):
            both(image(*shape, dtype=dtype), size=size, mode=mode)
        for factor, mode in product((2.0, 2.01, 1.1, 0.6), MODES[axes]):
            shape = sizes[0][0]
            both(image(*shape, dtype=dtype), scale_factor=factor, mode=mode)
            if mode != "area":
                record(image(*shape, dtype=dtype), scale_factor=factor, recompute_scale_factor=True, mode=mode)
# The sizes from which on torch goes another way.
for mode in MODES[2]:
    both(image(1, 1, 5, 6), scale_factor=(0.41, 21.5), mode=mode)
    both(image(1, 2, 20, 3), scale_factor=(6.45, 0.7), mode=mode)
    both(image(1, 3, 9, 4), size=(127, 2), mode=mode)
    both(image(1, 5, 1, 1), size=(1, 128), mode=mode)
    both(image(1, 1, 140, 3), size=(21, 2), mode=mode)
both(image(1, 1, 3, 2, 30), size=(2, 2, 126), mode="trilinear")
recording.write()
