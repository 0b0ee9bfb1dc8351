"""What torch's grid_sample and affine_grid compute and differentiate."""
from itertools import product

import torch
from torch.nn import functional as F

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")
VIEWS = {"planes": lambda grid: grid.permute(0, 2, 3, 1), "columns": lambda grid: grid.transpose(1, 2)}


def numbers(*size, dtype=torch.float32, seed=7):
    torch.manual_seed(seed)
    return rounded(torch.randn(size, dtype=dtype) * 1.1)


def record(x, grid, gradients=True, view=None, **options):
    """`gradients` is whether torch has any: it reads outside of images of two axes where a coordinate is NaN."""
    x, grid = (t.clone().requires_grad_() for t in (x, grid))
    y = F.grid_sample(x, VIEWS[view](grid) if view else grid, **options)
    if gradients:
        y.backward(ramp(y))
    recording.case(options["mode"], config=str(options), view=view, x=x, grid=grid, y=y, dx=x.grad, dgrid=grid.grad)


SIZES = [((2, 3, 5, 4), (2, 7, 5, 2)), ((1, 2, 1, 3), (1, 3, 3, 2)),
         ((2, 2, 3, 4, 2), (2, 2, 3, 3, 3)), ((1, 2, 2, 1, 3), (1, 3, 1, 2, 3))]
# Coordinates far away, at borders and none at all.
FAR = [-1.0, 1.0, -0.0, 7.25, -1e5, 1e10, -3e9, 1e30, -1e30]
NONE = [float("nan"), float("inf"), -float("inf"), 0.3]
for dtype in (torch.float32, torch.float64):
    for mode, padding_mode, align_corners in product(MODES, PADDINGS, (False, True)):
        options = {"mode": mode, "padding_mode": padding_mode, "align_corners": align_corners}
        for image, grid in SIZES:
            record(numbers(*image, dtype=dtype), numbers(*grid, dtype=dtype, seed=3), **options)
        for image, sizes in (((1, 2, 4, 5), (1, 9, 9, 2)), ((1, 1, 3, 4, 2), (1, 9, 9, 1, 3))):
            axes = len(image) - 2
            for pool in (FAR, NONE):
                n = len(pool)
                pairs = torch.tensor(list(product(pool, repeat=2)), dtype=dtype)
                grid = torch.cat([pairs, torch.full((n * n, 1), 0.1, dtype=dtype)], 1)[:, :axes]
                gradients = pool is FAR or axes == 3 or mode != "bilinear" or padding_mode == "zeros"
                record(numbers(*image, dtype=dtype), grid.reshape(1, n, n, *sizes[3:-1], axes), gradients, **options)
    # Where torch takes rows of outputs instead of all at once, and where not.
    for mode in ("bilinear", "bicubic") if dtype == torch.float32 else ("bilinear",):
        options = {"mode": mode, "padding_mode": "border", "align_corners": False}
        record(numbers(1, 2, 3, 2, dtype=dtype), numbers(1, 2, 5, 9, dtype=dtype), view="planes", **options)
        record(numbers(1, 2, 3, 2, dtype=dtype), numbers(1, 9, 5, 2, dtype=dtype), view="columns", **options)
    for size, align_corners in product([(2, 1, 3, 4), (1, 2, 1, 5), (1, 1, 37, 29), (2, 1, 2, 3, 4), (1, 1, 7, 1, 11)],
                                       (False, True)):
        axes = len(size) - 2
        theta = numbers(size[0], axes, axes + 1, dtype=dtype).requires_grad_()
        y = F.affine_grid(theta, size, align_corners)
        y.backward(ramp(y))
        recording.case("affine_grid", size=list(size), align_corners=align_corners, theta=theta, y=y, dtheta=theta.grad)
recording.write()
