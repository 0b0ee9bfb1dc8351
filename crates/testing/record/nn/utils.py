"""torch.nn.utils: folded batch norms, pruned and parametrized weights, from layers made after `manual_seed(3)`."""
import os

os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}  # what every processor has

import torch
from torch import nn
from torch.nn import utils
from torch.nn.utils import parametrizations, prune

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)


def layer(kind, *sizes, **options):
    torch.manual_seed(3)
    return getattr(nn, kind)(*sizes, **options)


LAYERS = {"Linear": (4, 6), "Conv2d": (4, 6, 3), "ConvTranspose2d": (4, 6, 3)}
INPUTS = {"Linear": (5, 4), "Conv2d": (2, 4, 6, 6), "ConvTranspose2d": (2, 4, 5, 5)}
torch.manual_seed(7)
inputs = {kind: rounded(torch.randn(size)) for kind, size in INPUTS.items()}

for kind, sizes in LAYERS.items():
    for bias in (True, False):
        first, norm = layer(kind, *sizes, bias=bias), (nn.BatchNorm1d if kind == "Linear" else nn.BatchNorm2d)(6)
        with torch.no_grad():
            norm.weight.copy_(torch.arange(1, 7) / 4)
            norm.bias.copy_(torch.arange(6) / 8 - 0.3)
            norm.running_mean.copy_(torch.arange(6) / 5 - 0.5)
            norm.running_var.copy_(torch.arange(1, 7) / 3)
        first.eval(), norm.eval()
        fused = utils.fuse_linear_bn_eval(first, norm) if kind == "Linear" else utils.fuse_conv_bn_eval(first, norm, kind != "Conv2d")
        recording.case("fuse", kind=kind, learnt=bias, repr=repr(fused), **fused.state_dict())

# Each on top of the ones before.
PRUNED = [
    ("l1_unstructured", (0.3,)), ("l1_unstructured", (2,)), ("random_unstructured", (0.25,)), ("ln_structured", (1, 2, 0)), ("ln_structured", (0.5, 1, -1)),
    ("random_structured", (1, 0)), ("random_structured", (0.25, 1)), ("identity", ()),
]
for kind, sizes in LAYERS.items():
    for start in range(4):
        pruned = layer(kind, *sizes)
        torch.manual_seed(5)
        for function, arguments in PRUNED[start:] + PRUNED[:start]:
            getattr(prune, function)(pruned, "weight", *arguments)
            recording.case("prune", kind=kind, start=start, function=function, arguments=repr(arguments), weight=pruned.weight, mask=pruned.weight_mask)
        pruned(inputs[kind]).sum().backward()
        recording.case("gradient", grad=pruned.weight_orig.grad)
for function, method in (("L1", prune.L1Unstructured), ("Random", prune.RandomUnstructured)):
    first, second = layer("Linear", 4, 6), layer("Linear", 6, 3)
    prune.l1_unstructured(first, "weight", 0.2)
    torch.manual_seed(5)
    prune.global_unstructured([(first, "weight"), (second, "weight"), (second, "bias")], method, amount=0.4)
    recording.case("global", method=function, first=first.weight, second=second.weight, bias=second.bias)

for kind, sizes in LAYERS.items():
    for function, options in (
        ("weight_norm", {}), ("weight_norm", {"dim": 1}), ("weight_norm", {"dim": None}),
        ("spectral_norm", {}), ("spectral_norm", {"dim": 1, "n_power_iterations": 3}), ("spectral_norm", {"eps": 0.5}),
        ("orthogonal", {}), ("orthogonal", {"orthogonal_map": "matrix_exp"}), ("orthogonal", {"orthogonal_map": "cayley"}),
        ("orthogonal", {"orthogonal_map": "householder"}),
    ):
        made = getattr(parametrizations, function)(layer(kind, *sizes), **options)
        recording.case("parametrized", kind=kind, function=function, options=repr(options), repr=repr(made), names="\n".join(made.state_dict()))
        x = inputs[kind].clone().requires_grad_()
        made(x)
        y = made(x)
        y.backward(ramp(y))
        made.eval()
        state = dict(made.state_dict())
        gradients = {"d" + name: p.grad for name, p in made.named_parameters()}
        recording.case("results", x=x, y=y, dx=x.grad, evaluated=made(x))
        recording.case("state", **{name.removeprefix("parametrizations.weight."): t for name, t in state.items()})
        recording.case("gradients", **{name.replace("parametrizations.weight.", ""): t for name, t in gradients.items()})
        utils.parametrize.remove_parametrizations(made, "weight")
        recording.case("removed", weight=made.weight)

# Rows instead of columns, and a matrix for each kernel.
for name, made, x in (
    ("wide", layer("Linear", 6, 4), rounded(torch.randn(5, 6))),
    ("rectangular", layer("Conv2d", 4, 6, (3, 5)), rounded(torch.randn(2, 4, 6, 6))),
    ("double", layer("Linear", 4, 6).double(), rounded(torch.randn(5, 4)).double()),
):
    torch.manual_seed(5)
    made = parametrizations.orthogonal(made)
    y = made(x)
    y.backward(ramp(y))
    state = {key.removeprefix("parametrizations.weight."): t for key, t in made.state_dict().items()}
    recording.case("orthogonal", kind=name, x=x, y=y, dw=made.parametrizations.weight.original.grad, original=state["original"], base=state["0.base"])
recording.write()
