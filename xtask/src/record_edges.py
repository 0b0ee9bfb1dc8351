"""The torch side of `cargo xtask record-edges`: reads the table of cases, writes it with what torch gives for each.

An input line says how a tensor is made; a case line names an expression and its inputs. An answer is `raises`, or each
output as `dtype [sizes] values`, and behind a bar the gradient of each input from a weight of 1, 2, 3, … for each
element of the outputs.
"""

import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

# What torch raises when it refuses; anything else is a mistake in the table.
REFUSALS = (RuntimeError, IndexError, ValueError, TypeError, NotImplementedError, OverflowError)

# What has gradients; the smaller floats are only moved and converted.
COMPUTED = (torch.float32, torch.float64)


def products(x, dims, keepdim=False):
    """The product along several axes, which torch has only for one."""
    x.sum(dims, keepdim=keepdim)  # for its refusals
    axes = [axis + x.dim() if axis < 0 else axis for axis in dims or range(x.dim())]
    if x.dim() == 0:
        return x.prod()
    for axis in sorted(axes, reverse=True):
        x = x.prod(axis, keepdim=keepdim)
    return x


def topk(x, k, dim, largest):
    """Equal elements in the order they stand in, which torch leaves open."""
    torch.topk(x, k, dim, largest)  # for its refusals
    values, indices = x.sort(dim=dim, descending=largest, stable=True)
    if x.dim() == 0:
        return [values, indices]
    return [values.narrow(dim, 0, k), indices.narrow(dim, 0, k)]


def seeded(f, *args, **options):
    torch.manual_seed(0)
    return f(*args, **options)


NAMES = {
    "torch": torch,
    "F": F,
    "inf": float("inf"),
    "nan": float("nan"),
    "products": products,
    "topk": topk,
    "seeded": seeded,
}


def made(dtype, sizes, view, values):
    """An input from its line."""
    dtype = getattr(torch, dtype)
    sizes = [int(n) for n in sizes.split()]
    parse = float if dtype.is_floating_point else int
    b = torch.tensor([parse(x) for x in values.split()], dtype=dtype).reshape(sizes)
    return eval(view, {"b": b})


def text(t):
    """A tensor as the recording has it, each number with the digits it needs."""
    if not isinstance(t, torch.Tensor):
        t = torch.tensor(t)
    t = t.detach()
    name = str(t.dtype).removeprefix("torch.")
    if t.dtype in (torch.bfloat16, torch.float16):
        t = t.float()
    values = t.contiguous().numpy().reshape(-1)
    if values.dtype == np.bool_:
        words = [str(int(x)) for x in values]
    else:
        words = [str(x).removesuffix(".0") for x in values]
    return f"{name} [{','.join(map(str, t.shape))}] {' '.join(words)}".rstrip()


def answer(kind, torch_expression, inputs):
    if kind == "grad":
        inputs = [x.detach().requires_grad_() if x.dtype in COMPUTED else x for x in inputs]
    names = dict(zip("xyzw", inputs), inputs=inputs, **NAMES)
    try:
        out = eval(compiled(torch_expression), names)
    except REFUSALS as refusal:
        return "raises", refusal
    outputs = list(out) if isinstance(out, (tuple, list)) else [out]
    values = " ; ".join(map(text, outputs))
    if kind != "grad":
        return values, None
    roots = [y for y in outputs if y.requires_grad]
    weights = [torch.arange(1, y.numel() + 1).to(y.dtype).reshape(y.shape) for y in roots]
    if roots:
        try:
            torch.autograd.backward(roots, weights)
        except REFUSALS as refusal:
            return f"{values} | raises", refusal
    return f"{values} | {' ; '.join('-' if x.grad is None else text(x.grad) for x in inputs)}", None


CODE = {}


def compiled(expression):
    if expression not in CODE:
        CODE[expression] = compile(expression, expression, "eval")
    return CODE[expression]


def main():
    inputs = {"-": None}
    works = {}
    for line in sys.stdin:
        line = line.rstrip("\n")
        kind, *rest = line.split("\t")
        if kind == "input":
            name, *how = rest
            inputs[name] = made(*how)
            print(line)
            continue
        _, expression, names = rest
        given = [] if names == "-" else [inputs[name] for name in names.split(" ")]
        result, refusal = answer(kind, expression, given)
        if refusal is None or works.get(expression) is None:
            works[expression] = refusal or True
        print(f"{line}\t{result}")
    print(f"torch {torch.__version__}: {len(works)} expressions", file=sys.stderr)
    for expression, refusal in works.items():
        if isinstance(refusal, TypeError):
            print(f"is this meant? {expression}: {str(refusal).splitlines()[0]}", file=sys.stderr)


main()
