"""Norms: texts, values, gradients and running statistics of torch's layers, and checksums of larger passes."""
import torch
from torch import nn

from recording import Recording, checksum, ramp, rounded

torch.set_num_threads(1)

# kind, arguments, options, shape of the input
LAYERS = [
    ("BatchNorm1d", (5,), {}, (7, 5)), ("BatchNorm1d", (3,), {"momentum": None, "bias": False}, (2, 3, 5)),
    ("BatchNorm1d", (9,), {"affine": False}, (3, 9, 1)), ("BatchNorm1d", (11,), {"track_running_stats": False}, (4, 11)),
    ("BatchNorm2d", (3,), {}, (2, 3, 4, 5)), ("BatchNorm2d", (3,), {"eps": 0.01, "momentum": 0.3}, (1, 3, 3, 3)),
    ("BatchNorm2d", (2,), {"affine": False, "track_running_stats": False}, (3, 2, 2, 1)),
    ("BatchNorm2d", (10,), {"momentum": None}, (3, 10, 1, 1)), ("BatchNorm3d", (2,), {}, (2, 2, 3, 2, 2)),
    ("BatchNorm2d", (1,), {}, (3, 1, 2, 5)), ("BatchNorm2d", (2,), {"momentum": 0.0}, (3, 2, 1, 9)),
    ("LayerNorm", ((7,),), {}, (3, 7)), ("LayerNorm", ((3, 5),), {"bias": False}, (2, 3, 5)), ("LayerNorm", ((20,),), {"eps": 0.1}, (20,)),
    ("LayerNorm", ((4, 6),), {"elementwise_affine": False}, (2, 3, 4, 6)), ("LayerNorm", ((1,),), {}, (3, 1)),
    ("GroupNorm", (2, 4), {}, (3, 4, 5)), ("GroupNorm", (1, 3), {"bias": False}, (2, 3)), ("GroupNorm", (3, 3), {"affine": False}, (2, 3, 2, 4)),
    ("GroupNorm", (2, 22), {"eps": 0.01}, (1, 22, 3)), ("GroupNorm", (4, 4), {}, (2, 4, 3, 3)),
    ("RMSNorm", ((7,),), {}, (3, 7)), ("RMSNorm", ((3, 5),), {"eps": 0.01}, (2, 3, 5)), ("RMSNorm", ((6,),), {"elementwise_affine": False}, (2, 6)),
    ("InstanceNorm1d", (3,), {}, (2, 3, 5)), ("InstanceNorm2d", (3,), {"affine": True, "track_running_stats": True}, (2, 3, 4, 3)),
    ("InstanceNorm2d", (2,), {"affine": True, "bias": False}, (2, 3, 4)), ("InstanceNorm3d", (2,), {"track_running_stats": True}, (3, 2, 2, 2, 3)),
    ("InstanceNorm1d", (3,), {"track_running_stats": True, "momentum": None}, (2, 3, 9)), ("InstanceNorm2d", (2,), {"eps": 0.1}, (3, 5, 2, 2)),
    ("LocalResponseNorm", (2,), {}, (2, 5, 3)), ("LocalResponseNorm", (5,), {"alpha": 0.1, "beta": 0.5, "k": 2.0}, (1, 4, 3, 2)),
    ("LocalResponseNorm", (3,), {"alpha": 1, "beta": 1, "k": 0.5}, (2, 3, 2, 1, 3)),
]

# Rows longer than a chunk, than two, and so on; groups of more than eight channels; one element a channel.
PASSES = [
    ("BatchNorm2d", (5,), {}, (9, 5, 13, 11)), ("BatchNorm2d", (8,), {}, (64, 8, 4, 4)), ("BatchNorm1d", (21,), {}, (64, 21)),
    ("BatchNorm1d", (40,), {"affine": False}, (33, 40, 1)), ("BatchNorm3d", (3,), {"bias": False}, (4, 3, 3, 5, 7)),
    ("LayerNorm", ((127,),), {}, (9, 127)), ("LayerNorm", ((128,),), {"bias": False}, (9, 128)), ("LayerNorm", ((1003,),), {}, (64, 1003)),
    ("LayerNorm", ((264,),), {"elementwise_affine": False}, (5, 264)), ("LayerNorm", ((9, 600),), {}, (3, 9, 600)),
    ("GroupNorm", (2, 38), {}, (3, 38, 7, 9)), ("GroupNorm", (3, 6), {"affine": False}, (3, 6, 40, 33)), ("GroupNorm", (1, 13), {"bias": False}, (4, 13)),
    ("InstanceNorm2d", (32,), {"affine": True}, (5, 32, 7, 9)), ("RMSNorm", ((300,),), {}, (12, 300)),
]


def made(kind, arguments, options, dtype=torch.float32, draw=torch.randn):
    """The layer with parameters that are not ones and zeros."""
    layer = getattr(nn, kind)(*arguments, **options).to(dtype)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(draw(parameter.shape, dtype=dtype))
    return layer


def differentiated(layer, x, dy):
    x = x.detach().requires_grad_()
    layer.zero_grad()
    y = layer(x)
    y.backward(dy(y))
    gradients = {"d" + name: parameter.grad for name, parameter in layer.named_parameters()}
    return {"y": y, "dx": x.grad, **gradients}


recording = Recording(__file__)
for dtype in (torch.float32, torch.float64):
    for kind, arguments, options, shape in LAYERS:
        torch.manual_seed(3)
        layer = made(kind, arguments, options, dtype, lambda *a, **k: rounded(torch.randn(*a, **k)))
        parameters = {name: parameter.detach().clone() for name, parameter in layer.named_parameters()}
        xs = [rounded(torch.randn(shape, dtype=dtype) * 2 + 0.5) for _ in range(2)]
        text = {"arguments": repr(arguments), "options": repr(options), "repr": repr(layer)}
        recording.case(kind, **text, x=xs[0], **parameters, **differentiated(layer, xs[0], ramp))
        recording.case("again", x=xs[1], **differentiated(layer, xs[1], ramp), **dict(layer.named_buffers()))
        layer.eval()
        recording.case("eval", x=xs[0], **differentiated(layer, xs[0], ramp))
for kind, arguments, options, shape in PASSES:
    torch.manual_seed(7)
    x = torch.randn(shape)
    layer = made(kind, arguments, options)
    sums = {name: checksum(t) for name, t in differentiated(layer, x, torch.randn_like).items()}
    recording.case("pass", kind=kind, arguments=repr(arguments), options=repr(options), shape=list(shape), **sums)
recording.write()
