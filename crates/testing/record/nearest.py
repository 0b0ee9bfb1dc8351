"""torch with functions that give the nearest number of float32: what is left then is the order of operations, which is to be
ours to the last bit. torch's own sine, exponential and the like are off by one in the last place now and then, and so would
everything be that follows."""
from contextlib import contextmanager
from unittest.mock import patch

import torch


def nearest(f, gradient):
    """`f` in float64, rounded once; `gradient(dy, x, y)` is torch's formula for its derivative."""

    class Nearest(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = f(x.double()).float()
            ctx.save_for_backward(x, y)
            return y

        @staticmethod
        def backward(ctx, dy):
            return gradient(dy, *ctx.saved_tensors)

    return lambda x: Nearest.apply(x) if isinstance(x, torch.Tensor) and x.dtype == torch.float32 else f(x)


FUNCTIONS = {
    "sin": nearest(torch.sin, lambda dy, x, y: dy * torch.cos(x)),
    "exp": nearest(torch.exp, lambda dy, x, y: dy * y),
    "log": nearest(torch.log, lambda dy, x, y: dy / x),
    "log1p": nearest(torch.log1p, lambda dy, x, y: dy / (x + 1)),
    "tanh": nearest(torch.tanh, lambda dy, x, y: torch.ops.aten.tanh_backward(dy, y)),
}


class LogSumExp(torch.autograd.Function):
    """Of the functions above, in torch's steps."""

    @staticmethod
    def forward(ctx, x, dim):
        greatest = x.amax(dim, keepdim=True)
        y = (x - greatest).exp().sum(dim).log() + greatest.squeeze(dim)
        ctx.save_for_backward(x, y)
        ctx.dim = dim
        return y

    @staticmethod
    def backward(ctx, dy):
        x, y = ctx.saved_tensors
        return dy.unsqueeze(ctx.dim) * (x - y.unsqueeze(ctx.dim)).exp(), None


power = torch.Tensor.__pow__


def pow(x, exponent):
    """Squares and cubes are products, and rounded as ours already."""
    if exponent in [1, 2, 3] or x.dtype != torch.float32:
        return power(x, exponent)
    return nearest(lambda x: power(x, exponent), lambda dy, x, y: dy * (exponent * pow(x, exponent - 1)))(x)


@contextmanager
def nearest_functions():
    with (
        patch.multiple(torch, **FUNCTIONS),
        patch.multiple(torch.Tensor, logsumexp=lambda x, dim: LogSumExp.apply(x, dim), __pow__=pow, **FUNCTIONS),
    ):
        yield
