"""What the functions of torch.nn.functional give with their defaults and without, for the expressions that stand in
the rows of `crates/nn/tests/functional.rs`.
"""
import os
import re
import warnings

os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}  # what every processor has

import torch
import torch.nn.functional as F
from torch import nn

from recording import ROOT, Recording, ramp, rounded

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
torch.manual_seed(11)


def draw(*shape):
    return rounded(torch.randn(*shape))


INPUTS = {
    "x": draw(2, 4, 6) * 2, "z": draw(2, 4, 6), "image": draw(2, 4, 6, 6), "volume": draw(1, 2, 4, 4, 4),
    "w1": draw(4, 4, 3), "w2": draw(4, 4, 3, 3), "w3": draw(2, 2, 3, 3, 3), "b2": draw(2), "b4": draw(4),
    "rows": draw(5, 4), "others": draw(5, 4), "thirds": draw(5, 4), "scores": draw(5, 4), "labels": torch.tensor([0, 3, 1, 1, 2]),
    "several": torch.tensor([[3, 0, -1, 1], [1, -1, 2, 2], [0, 1, 2, 3], [2, -1, 0, 0], [-1, 1, 1, 1]]),
    "chances": (torch.arange(20) * 7 % 19 / 20 + 0.03).reshape(5, 4), "bits": (torch.arange(20) % 3 % 2).float().reshape(5, 4),
    "signs": torch.tensor([1.0, -1.0, -1.0, 1.0, 1.0]), "words": torch.tensor([[1, 0, 6], [2, 2, 5]]), "table": draw(7, 4),
    "theta": draw(2, 2, 3), "grid": draw(2, 3, 5, 2) / 2, "mean": draw(4), "var": draw(4).abs() + 0.5, "wl": draw(3, 4), "bl": draw(3),
    "wb": draw(3, 4, 4), "slope": torch.tensor([0.2, 0.5, -0.1, 0.0]), "patches": draw(2, 16, 25), "tbc": draw(6, 2, 4), "wt": draw(3, 4, 5),
    "bt": draw(5), "where1": F.max_pool1d(draw(2, 4, 6), 2, return_indices=True)[1], "half1": draw(2, 4, 3),
    "where2": F.max_pool2d(draw(2, 4, 6, 6), 2, return_indices=True)[1], "half2": draw(2, 4, 3, 3),
    "logs": F.log_softmax(draw(6, 2, 4), 2), "targets": torch.tensor([[1, 2], [3, 3]]), "long": torch.tensor([6, 5]), "short": torch.tensor([2, 1]),
    "samples2": torch.tensor([[[0.1, 0.8], [0.3, 0.5], [0.9, 0.2], [0.6, 0.4]], [[0.7, 0.0], [0.25, 0.75], [0.5, 0.5], [0.99, 0.01]]]),
    "samples3": torch.tensor([[[0.1, 0.8, 0.3], [0.9, 0.2, 0.5]]]),
    "half3": draw(1, 2, 2, 2, 2), "where3": F.max_pool3d(draw(1, 2, 4, 4, 4), 2, return_indices=True)[1],
}

# What has no gradient, in torch or as a target.
FIXED = {name for name, t in INPUTS.items() if not t.is_floating_point()} | {"bits", "signs", "samples2", "samples3"}

recording = Recording(__file__)
for name, tensor in INPUTS.items():
    recording.case("input", name=name, input=tensor, learnt=name not in FIXED)
table = (ROOT / "crates/nn/tests/functional.rs").read_text()
for expression in re.findall(r'^ +"(.+)" => ', table, re.MULTILINE):
    values = {name: t.clone().requires_grad_(name not in FIXED) for name, t in INPUTS.items()}
    torch.manual_seed(5)
    y = eval(expression, {"F": F, "nn": nn, "torch": torch, **values})
    if y.requires_grad:
        y.backward(ramp(y))
    grads = {"d" + name: t.grad for name, t in values.items() if t.grad is not None}
    recording.case(expression, y=y, **grads)
recording.write()
