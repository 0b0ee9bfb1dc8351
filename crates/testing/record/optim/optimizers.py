"""What every optimizer of trajectories.py prints, and the keys of its group, before it has stepped."""
import torch

from recording import Recording
from trajectories import CASES, start

recording = Recording(__file__)
for name, kwargs in CASES:
    fresh = getattr(torch.optim, name)(start(torch.float32, name), **kwargs)
    recording.case(name, **kwargs, group_keys=list(fresh.state_dict()["param_groups"][0]), repr=repr(fresh))
recording.write()
