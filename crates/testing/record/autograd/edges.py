"""What torch gives for each case of `crates/autograd/tests/edges`, whose tables list them, a file for each subject;
for the subjects named as arguments alone, if there are any.

An input line says how a tensor is made; a case line names an expression and its inputs. An answer is `raises`, or each
output as `dtype [sizes] values`, and behind a bar the gradient of each input from a weight of 1, 2, 3, … for each
element of the outputs.
"""

import gzip
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

# With AVX-512 a few functions have other edges, gelu of infinity among them: what every processor has is recorded.
os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}

import numpy as np
import torch
import torch.nn.functional as F

from recording import fixtures

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


def joined(*parts):
    """Several results in one row, so that one pass goes back through all of them."""
    return torch.cat([x.reshape(-1) for x in parts])


def assigned(x, index, value):
    """A copy with what stands at an index written over; its gradient is that of the magnitude elsewhere."""
    y = x.abs()
    y[index] = value
    return y


NAMES = {
    "joined": joined,
    "torch": torch,
    "F": F,
    "inf": float("inf"),
    "nan": float("nan"),
    "products": products,
    "topk": topk,
    "seeded": seeded,
    "assigned": assigned,
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


def listings():
    """The subjects with the lines of their inputs and cases, as the test lists them."""
    with tempfile.TemporaryDirectory() as folder:
        test = [os.environ.get("CARGO", "cargo"), "test", "--quiet", "--package", "autograd", "--test", "edges"]
        environment = os.environ | {"RUSHLIGHT_EDGES_LISTING": folder}
        subprocess.run(test, env=environment, check=True, stdout=subprocess.DEVNULL)
        return {path.name: path.read_text().split("\n") for path in sorted(Path(folder).iterdir())}


def record(subject, lines):
    inputs = {"-": None}
    works = {}
    answers = []
    for line in lines:
        kind, *rest = line.split("\t")
        if kind == "input":
            name, *how = rest
            inputs[name] = made(*how)
            answers.append(line)
            continue
        _, expression, names = rest
        given = [] if names == "-" else [inputs[name] for name in names.split(" ")]
        result, refusal = answer(kind, expression, given)
        if refusal is None or works.get(expression) is None:
            works[expression] = refusal or True
        answers.append(f"{line}\t{result}")
    path = fixtures(__file__).with_suffix("") / f"{subject}.txt.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in answers).encode(), 9, mtime=0))
    print(f"{path}: {len(answers)} lines, {len(works)} expressions, {path.stat().st_size} bytes")
    for expression, refusal in works.items():
        if isinstance(refusal, TypeError):
            print(f"is this meant? {expression}: {str(refusal).splitlines()[0]}", file=sys.stderr)


for subject, lines in listings().items():
    if not sys.argv[1:] or subject in sys.argv[1:]:
        record(subject, lines)
