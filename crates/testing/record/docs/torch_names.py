"""The names that torch's own test tables and namespaces have, beside which the book's page sets ours, and the values of the
expressions in `docs/tests/torch_names/other_names.rs`."""
import inspect
import re
import sys
import unittest
from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional

sys.modules.setdefault("expecttest", SimpleNamespace(TestCase=unittest.TestCase))  # of torch's own tests only
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_optimizers import optim_db

from recording import ROOT, Recording, rounded


def names(space, wanted):
    return "\n".join(name for name in sorted(dir(space)) if not name.startswith("_") and wanted(getattr(space, name)))


def is_module(thing):
    return inspect.isclass(thing) and issubclass(thing, nn.Module)


def is_function(thing):
    return inspect.isroutine(thing) and not (thing.__module__ or "torch").startswith(("typing", "torch._jit", "torch.overrides"))


def operator(entry):
    return f"{entry.name}/{entry.variant_test_name}" if entry.variant_test_name else entry.name


recording = Recording(__file__)
recording.case("operators", names="\n".join(sorted(map(operator, op_db), key=str.lower)))
recording.case("nn", names=names(nn, is_module))
recording.case("functional", names=names(functional, is_function))
recording.case("optim", names="\n".join(sorted(entry.optim_cls.__name__ for entry in optim_db)))

torch.manual_seed(0)
x = rounded(torch.rand(3, 3)) + 2 * torch.eye(3)
x[0, 1] = -0.25
y, b = rounded(torch.rand(3, 3)) + 0.5, rounded(torch.rand(2, 3, 3))
n, m, i = torch.randint(0, 100, (3, 3)), torch.randint(0, 100, (3, 3)), torch.tensor([0, 4, 8])
inputs = {"x": x, "y": y, "l": x.tril(), "b": b, "n": n, "m": m, "i": i}
recording.case("inputs", **inputs)
rows = (ROOT / "docs/tests/torch_names/other_names.rs").read_text()
for expression in dict.fromkeys(re.findall(r'^ +\[.+\] "(.+)" => ', rows, re.MULTILINE)):
    value = eval(expression, {"torch": torch, "F": functional, **inputs})
    recording.case(expression, value=torch.cat(value) if isinstance(value, (tuple, list)) else value)
recording.write()
