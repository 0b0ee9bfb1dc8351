"""Convolutions: first weights, texts, values and gradients of torch's layers, and checksums of larger passes.

The passes stand in a recording of their own for each instruction set of torch's, whose orders of sums differ: a processor
records the one that it has.
"""
import torch
from torch import nn

from recording import Recording, checksum, ramp, rounded

torch.set_num_threads(1)

# in_channels, out_channels, kernel_size, options, spatial sizes, batch (0: none)
LAYERS = [
    ("Conv2d", 1, 6, 5, {}, (7, 6), 2), ("Conv2d", 3, 4, 3, {"padding": 1}, (5, 4), 2),
    ("Conv2d", 4, 6, (2, 3), {"stride": (2, 1), "padding": (1, 0), "groups": 2}, (6, 5), 3),
    ("Conv2d", 2, 3, 3, {"dilation": 2, "padding": 2, "bias": False}, (6, 5), 1),
    ("Conv2d", 2, 3, 3, {"stride": 2, "dilation": 2, "padding": 3}, (7, 6), 2),
    ("Conv2d", 2, 3, (2, 3), {"padding": "same"}, (4, 5), 2), ("Conv2d", 2, 3, 3, {"padding": "same", "dilation": 2}, (5, 5), 2),
    ("Conv2d", 2, 3, 3, {"padding": "valid"}, (4, 5), 2), ("Conv2d", 2, 3, 1, {"stride": 3}, (5, 7), 2),
    ("Conv2d", 4, 4, 3, {"groups": 4, "padding": 1}, (4, 5), 2), ("Conv2d", 2, 4, 3, {"groups": 2}, (4, 5), 1),
    ("Conv2d", 2, 3, 3, {}, (4, 5), 0), ("Conv2d", 20, 18, 3, {"padding": 1}, (3, 3), 2), ("Conv2d", 2, 3, 3, {"stride": 4}, (6, 7), 2),
    ("Conv2d", 2, 3, 3, {"padding": (1, 2), "padding_mode": "reflect"}, (4, 5), 2),
    ("Conv2d", 2, 4, 3, {"padding": 2, "stride": 2, "groups": 2, "padding_mode": "replicate", "bias": False}, (5, 4), 2),
    ("Conv2d", 2, 3, (2, 3), {"padding": "same", "dilation": (1, 2), "padding_mode": "circular"}, (4, 5), 0),
    ("Conv1d", 2, 3, 4, {"padding": "same", "padding_mode": "reflect"}, (6,), 2),
    ("Conv1d", 2, 3, 3, {"padding": "valid", "padding_mode": "replicate"}, (6,), 2),
    ("Conv3d", 2, 2, 2, {"padding": (1, 0, 1), "padding_mode": "circular"}, (3, 3, 2), 1),
    ("Conv3d", 2, 2, 2, {"padding": 1, "padding_mode": "reflect"}, (3, 2, 3), 1),
    ("Conv1d", 2, 3, 3, {}, (6,), 2), ("Conv1d", 4, 2, 3, {"stride": 2, "padding": 1, "groups": 2}, (7,), 2),
    ("Conv1d", 2, 3, 4, {"padding": "same"}, (6,), 0),
    ("Conv3d", 2, 3, 2, {}, (3, 3, 4), 2), ("Conv3d", 2, 2, (1, 2, 3), {"stride": (1, 2, 1), "padding": 1}, (2, 4, 3), 1),
    ("ConvTranspose2d", 4, 3, 3, {}, (3, 2), 2), ("ConvTranspose2d", 4, 3, 4, {"stride": 2, "padding": 1}, (3, 2), 2),
    ("ConvTranspose2d", 4, 4, (3, 2), {"stride": (2, 3), "output_padding": (1, 2), "groups": 2, "bias": False}, (2, 3), 2),
    ("ConvTranspose2d", 2, 3, 3, {"dilation": 2, "padding": 2, "output_padding": 1}, (4, 3), 1), ("ConvTranspose2d", 2, 3, 3, {}, (3, 2), 0),
    ("ConvTranspose1d", 2, 3, 3, {"stride": 2}, (4,), 2), ("ConvTranspose3d", 2, 1, 2, {"stride": (1, 2, 1)}, (2, 2, 2), 2),
]

# batch, in_channels, size, out_channels, kernel, stride, padding, groups: the nets of the tutorial and of torch's examples
PASSES = [
    (8, 1, 28, 6, 5, 1, 2, 1), (8, 6, 14, 16, 5, 1, 0, 1), (2, 1, 28, 32, 3, 1, 0, 1), (2, 32, 26, 64, 3, 1, 0, 1),
    (2, 64, 14, 64, 3, 1, 1, 1), (3, 3, 32, 16, 3, 1, 1, 1), (2, 16, 32, 32, 3, 2, 1, 1), (2, 16, 44, 32, 3, 1, 1, 1),
    (2, 3, 32, 16, 7, 2, 3, 1), (16, 64, 14, 128, 1, 1, 0, 1), (16, 48, 8, 32, 1, 1, 0, 1), (2, 16, 16, 32, 1, 2, 0, 1),
    (2, 32, 12, 32, 3, 1, 1, 2), (2, 32, 14, 32, 3, 1, 1, 32), (16, 16, 13, 8, 1, 1, 0, 1), (16, 256, 7, 72, 1, 1, 0, 1),
    (16, 256, 14, 64, 1, 1, 0, 1), (16, 64, 28, 128, 1, 1, 0, 1), (2, 256, 14, 512, 1, 2, 0, 1), (2, 32, 14, 32, 3, 2, 1, 32),
]
TRANSPOSED = [(2, 16, 8, 8, 4, 2, 1, 1), (2, 16, 8, 8, 3, 1, 1, 1), (2, 100, 1, 64, 4, 1, 0, 1), (2, 64, 4, 3, 4, 2, 1, 1), (4, 32, 16, 1, 4, 2, 1, 1)]


recording = Recording(__file__)
for kind, inputs, outputs, kernel, options, sizes, batch in LAYERS:
    torch.manual_seed(3)
    layer = getattr(nn, kind)(inputs, outputs, kernel, **options)
    x = rounded(torch.randn(*([batch] if batch else []), inputs, *sizes)).requires_grad_()
    y = layer(x)
    y.backward(ramp(y))
    bias = layer.bias
    recording.case(kind, inputs=inputs, outputs=outputs, kernel=repr(kernel), options=repr(options), repr=repr(layer),
                   weight=layer.weight, bias=bias, x=x, y=y, dx=x.grad, dw=layer.weight.grad, db=None if bias is None else bias.grad)
recording.write()
recording = Recording(__file__, f"_{torch.backends.cpu.get_cpu_capability().lower()}")
for transposed, passes in ((False, PASSES), (True, TRANSPOSED)):
    for n, c, size, o, k, stride, padding, groups in passes:
        torch.manual_seed(7)
        x = torch.randn(n, c, size, size).requires_grad_()
        kind = nn.ConvTranspose2d if transposed else nn.Conv2d
        layer = kind(c, o, k, stride, padding, groups=groups)
        y = layer(x)
        dy = torch.randn_like(y)
        y.backward(dy)
        recording.case("pass", transposed=transposed, sizes=[n, c, size, o, k, stride, padding, groups], y=checksum(y),
                       dx=checksum(x.grad), dw=checksum(layer.weight.grad), db=checksum(layer.bias.grad))
recording.write()
