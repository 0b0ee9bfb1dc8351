"""torch.nn.utils.clip_grad_norm_ and clip_grad_value_ on the gradients below."""
import torch

from recording import Recording

GRADS = [[0.5, -1.25, 3.0], [-0.75, 0.0, 2.5, -4.0]]


recording = Recording(__file__)


def record(name, clip, dtype, **options):
    params = [torch.nn.Parameter(torch.zeros(len(g), dtype=dtype)) for g in GRADS]
    for p, g in zip(params, GRADS):
        p.grad = torch.tensor(g, dtype=dtype)
    recording.case(name, **options, norm=clip(params), grads=torch.cat([p.grad for p in params]))


for dtype in (torch.float32, torch.float64):
    for order in (2.0, 1.0, 3.5, 0.5, 0.0, "inf", "-inf"):
        for limit in (1.0, 2.7, 100.0):
            clip = lambda ps: torch.nn.utils.clip_grad_norm_(ps, limit, float(order))
            record("norm", clip, dtype, order=order, limit=limit)
    record("value", lambda ps: torch.nn.utils.clip_grad_value_(ps, 1.5), dtype, limit=1.5)
recording.write()
