"""Checksums of functions, softmaxes and losses with their gradients, which depend on every rounding on the way.

torch's vectors are those of the processor, so the recording is one of several: `ATEN_CPU_CAPABILITY=avx2
MKL_ENABLE_INSTRUCTIONS=AVX2` in front records the other. Roots are AMD's.
"""
import torch
from torch.nn import functional as F

from recording import Recording, checksum

torch.set_num_threads(1)
LENGTHS = [100_003, *range(1, 1025)]
SPECIAL = [0.0, -0.0, float("inf"), -float("inf"), float("nan"), 1e-45, -1e-45, 1e-38, -1e-38, 1e-10, 88.7, 89.0, -87.5, -88.0,
           -103.5, -104.0, -150.0, 3e38, -3e38, 1.0, -1.0, 20.0, 20.1, -16.6, -17.0]
FUNCTIONS = {
    "sigmoid": torch.sigmoid, "silu": F.silu, "elu": F.elu, "celu": lambda x: F.celu(x, 0.7), "selu": F.selu, "softplus": F.softplus,
    "log_sigmoid": F.logsigmoid, "expm1": torch.expm1, "log1p": torch.log1p, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "square": torch.square,
    "cube": lambda x: x**3, "reciprocal": torch.reciprocal,
}
LOSSES = {
    "mse_loss": F.mse_loss, "l1_loss": F.l1_loss, "smooth_l1_loss": F.smooth_l1_loss, "huber_loss": F.huber_loss,
    "bce_loss": F.binary_cross_entropy, "bce_with_logits": F.binary_cross_entropy_with_logits,
}


def rand(*shape):
    return (torch.rand(shape) - 0.5) * 16


def both(f, x):
    """What `f` gives, and the gradient of `x` for one that differs everywhere."""
    x = x.clone().requires_grad_()
    y = f(x)
    dy = torch.rand(y.shape) if y.dim() else torch.tensor(1.0)
    y.backward(dy)
    return y.detach().reshape(-1), x.grad.reshape(-1)


def sums(pairs):
    named = zip(("y", "dx"), (torch.cat(parts) for parts in zip(*pairs)))
    return {name: checksum(torch.where(t.isnan(), 12345.0, t)) for name, t in named}


recording = Recording(__file__, f"_{torch.backends.cpu.get_cpu_capability().lower()}")
for name, f in FUNCTIONS.items():
    torch.manual_seed(0)
    special = {f"special_{key}": of for key, of in sums([both(f, torch.tensor(SPECIAL * 2))]).items()}
    torch.manual_seed(0)
    recording.case(name, **sums([both(f, rand(n)) for n in LENGTHS]), **special)
for name, f in {"softmax": F.softmax, "log_softmax": F.log_softmax}.items():
    torch.manual_seed(0)
    recording.case(name, rows=True, **sums([both(lambda x: f(x, -1), rand(3, n)) for n in [*range(1, 200), 1000, 1024, 5000]]))
    torch.manual_seed(0)
    inner = [1, 2, 7, 8, 15, 16, 17, 33, 64, 70, 200]
    recording.case(name, rows=False, **sums([both(lambda x: f(x, 1), rand(3, n, k)) for n in [1, 2, 5, 10, 33] for k in inner]))
for name, f in LOSSES.items():
    for reduction in ("mean", "sum"):
        torch.manual_seed(0)
        pairs = []
        for n in [*range(1, 130), 1000, 20_001, 100_003]:
            x, t = (torch.rand(n), torch.rand(n)) if name == "bce_loss" else (rand(n), torch.rand(n))
            pairs.append(both(lambda x: f(x, t, reduction=reduction), x))
        recording.case(name, reduction=reduction, **sums(pairs))
torch.manual_seed(0)
pairs = []
for shape in [(1, 10), (7, 10), (64, 10), (33, 17), (300, 65), (70_001, 3), (4, 5, 6), (3, 10, 40), (2, 21, 7, 9)]:
    x, t = rand(*shape), torch.randint(0, shape[1], (shape[0], *shape[2:]))
    pairs.append(both(lambda x: F.cross_entropy(x, t), x))
    pairs.append(both(lambda x: F.nll_loss(x, t), x))
recording.case("cross_entropy", **sums(pairs))
for reduction in ("mean", "sum", "none"):
    for weighted in (False, True):
        for options in ({"ignore_index": 1}, {"label_smoothing": 0.1}, {"label_smoothing": 0.3, "ignore_index": 2}):
            torch.manual_seed(0)
            pairs = []
            for shape in [(1, 10), (33, 17), (300, 5), (3, 10, 40), (20_001, 3)]:
                x, t = rand(*shape), torch.randint(0, shape[1], (shape[0], *shape[2:]))
                weight = torch.rand(shape[1]) if weighted else None
                pairs.append(both(lambda x: F.cross_entropy(x, t, weight, reduction=reduction, **options), x))
            recording.case("cross_entropy with options", reduction=reduction, weighted=weighted, options=repr(options), **sums(pairs))
    for name in ("bce_loss", "bce_with_logits"):
        for weights in (["weight"], ["pos_weight"], ["weight", "pos_weight"])[:1 if name == "bce_loss" else 3]:
            torch.manual_seed(0)
            pairs = []
            for shape in [(1, 3), (7, 5), (300, 10), (20_001, 2)]:
                x, t = (torch.rand(shape), torch.rand(shape)) if name == "bce_loss" else (rand(*shape), torch.rand(shape))
                given = {weight: torch.rand(shape[1]) for weight in weights}
                pairs.append(both(lambda x: LOSSES[name](x, t, reduction=reduction, **given), x))
            recording.case(f"{name} with options", reduction=reduction, weights=weights, **sums(pairs))
recording.write()
