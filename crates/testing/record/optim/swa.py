"""torch.optim.swa_utils: averages of a net's parameters over five updates, and batch norms' statistics of the mean.

The numbers of the net are those of trajectories.py, other ones before each update.
"""
import torch
from torch import nn
from torch.optim.swa_utils import *

from recording import Recording
from trajectories import fill

torch.set_num_threads(1)
FNS = {
    "default": {},
    "swa": dict(avg_fn=get_swa_avg_fn()),
    "swa_multi": dict(multi_avg_fn=get_swa_multi_avg_fn()),
    "ema": dict(avg_fn=get_ema_avg_fn(0.9)),
    "ema_multi": dict(multi_avg_fn=get_ema_multi_avg_fn(0.3)),
}


def net(dtype):
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)).to(dtype)


def set_numbers(model, step):
    for k, t in enumerate([*model.parameters(), *model.buffers()]):
        t.data = fill(t.shape, step, 100 * k, t.dtype) if t.is_floating_point() else torch.tensor(7 * step + 1)


def flat(model, dtype):
    return torch.cat([t.detach().flatten().to(dtype) for t in [*model.parameters(), *model.buffers()]])


recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    for name, fns in FNS.items():
        for use_buffers in (False, True):
            if use_buffers and name == "swa_multi":
                continue  # torch cannot divide the count of batches
            model = net(dtype)
            averaged = AveragedModel(model, **fns, use_buffers=use_buffers)
            at = []
            for step in range(5):
                set_numbers(model, step)
                averaged.update_parameters(model)
                at.append(flat(averaged.module, dtype))
            keys = list(averaged.state_dict())
            recording.case("AveragedModel", fn=name, use_buffers=use_buffers, at=torch.stack(at), keys=keys,
                           repr=repr(averaged), n=int(averaged.n_averaged))
    model = net(dtype)
    set_numbers(model, 9)
    model.eval()
    batches = [fill((n, 3), n, 0, dtype) for n in (8, 5, 11)]
    update_bn(batches, model)
    assert not model.training and model[1].momentum == 0.1
    recording.case("update_bn", at=flat(model, dtype))
recording.write()
