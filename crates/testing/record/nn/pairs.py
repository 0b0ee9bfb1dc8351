"""What torch's modules of two inputs print, compute and differentiate."""
import torch
from torch import nn

from recording import Recording, ramp, rounded

torch.set_num_threads(1)

# kind, options, shapes of the inputs
PAIRS = [
    ("CosineSimilarity", {}, (4, 3), (4, 3)), ("CosineSimilarity", {"dim": -1}, (2, 3, 37), (3, 37)),
    ("CosineSimilarity", {"dim": 0, "eps": 0.5}, (3, 4), (1, 4)), ("CosineSimilarity", {"dim": 2}, (2, 3, 2), (2, 1, 2)),
    ("PairwiseDistance", {}, (4, 3), (4, 3)), ("PairwiseDistance", {"p": 1.0, "keepdim": True}, (2, 3, 5), (3, 5)),
    ("PairwiseDistance", {"p": 3.0, "eps": 0.25}, (3, 4), (4,)), ("PairwiseDistance", {"p": float("inf")}, (37,), (37,)),
    ("Bilinear", {"in1_features": 2, "in2_features": 3, "out_features": 4}, (5, 2), (5, 3)),
    ("Bilinear", {"in1_features": 4, "in2_features": 1, "out_features": 2, "bias": False}, (2, 3, 4), (2, 3, 1)),
    ("Bilinear", {"in1_features": 3, "in2_features": 5, "out_features": 1}, (3,), (5,)),
    ("Bilinear", {"in1_features": 9, "in2_features": 17, "out_features": 5}, (7, 9), (7, 17)),
]


def differentiated(layer, inputs):
    x1, x2 = (x.detach().requires_grad_() for x in inputs)
    y = layer(x1, x2)
    y.backward(ramp(y))
    return {"y": y, "dx1": x1.grad, "dx2": x2.grad, **{"d" + name: p.grad for name, p in layer.named_parameters()}}


recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    for kind, options, *shapes in PAIRS:
        torch.manual_seed(3)
        layer = getattr(nn, kind)(**options).to(dtype)
        parameters = {name: p.detach().clone() for name, p in layer.named_parameters()}
        inputs = [rounded(torch.randn(shape, dtype=dtype)) for shape in shapes]
        settings = {"options": repr(options), "repr": repr(layer)}
        results = differentiated(layer, inputs)
        recording.case(kind, **settings, x1=inputs[0], x2=inputs[1], **parameters, **results)
recording.write()
