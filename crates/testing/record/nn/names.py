"""The names of torch's modules, functions and utilities, which the tests look for here."""
import inspect

import torch
from torch import nn
import torch.nn.utils.prune  # noqa: F401, which `torch.nn` does not bring
from torch.nn import functional, utils

from recording import Recording


def names(space, wanted):
    return "\n".join(name for name in sorted(dir(space)) if not name.startswith("_") and wanted(getattr(space, name)))


def is_module(thing):
    return inspect.isclass(thing) and issubclass(thing, nn.Module)


def is_function(thing):
    return inspect.isroutine(thing) and not (thing.__module__ or "torch").startswith(("typing", "torch._jit", "torch.overrides"))


recording = Recording(__file__)
recording.case("nn", names=names(nn, is_module))
recording.case("functional", names=names(functional, is_function))
for space in (utils, utils.parametrizations, utils.prune, utils.rnn):
    recording.case(space.__name__.removeprefix("torch.nn."), names=names(space, is_function))
recording.write()
