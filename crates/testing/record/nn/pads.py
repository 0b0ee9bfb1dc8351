"""What torch's padding layers print, compute and differentiate."""
import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)

for axes in (1, 2, 3):
    torch.manual_seed(7)
    sizes = {1: [(1, 2, 11), (2, 10)], 2: [(1, 2, 7, 9), (2, 6, 5)], 3: [(1, 2, 4, 5, 7), (1, 5, 3, 4)]}[axes]
    images = [rounded(torch.randn(size, dtype=dtype) * 3) for size in sizes for dtype in (torch.float32, torch.float64)]
    for kind in ("CircularPad", "ConstantPad", "ReflectionPad", "ReplicationPad", "ZeroPad"):
        for padding in (1, 0, (2, 1, 1, 2, 2, 0)[: 2 * axes], (-1, 2, 2, -1, 0, 1)[: 2 * axes], (3, 3, 2, 2, 3, 3)[: 2 * axes]):
            for x in images:
                values = [0, 2.5] if kind == "ConstantPad" else [None]
                for value in values:
                    layer = getattr(nn, f"{kind}{axes}d")(padding, *([] if value is None else [value]))
                    x = x.detach().clone().requires_grad_()
                    try:
                        y = layer(x)
                    except RuntimeError:
                        continue
                    y.backward(ramp(y))
                    config = {"padding": layer.padding} | ({} if value is None else {"value": value})
                    name = type(layer).__name__
                    recording.case(name, config=str(config), repr=repr(layer), x=x, y=y, dx=x.grad)
recording.write()
