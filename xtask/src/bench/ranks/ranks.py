"""The torch side of the rows about ranks: one process for each, with gloo.

Rank 0 reads a command a line, and answers with seconds:
  sum BYTES        -> of one sum
  step NET HOW     -> of one training step: `overlap` as DistributedDataParallel has it, `after` with one list of all
                      gradients, summed at the end of the backward pass, `alone` without any exchange
"""
import statistics
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel

sys.path.append(str(Path(__file__).resolve().parents[4] / "crates/testing/record"))
from image_nets import MnistNet

torch.set_num_threads(1)
dist.init_process_group("gloo")


def told(value):
    """Rank 0's value."""
    value = [value]
    dist.broadcast_object_list(value, 0)
    return value[0]


def warm_up(f):
    start, warm = time.perf_counter(), False
    while not warm:  # idle processors take milliseconds to come back
        f()
        warm = told(time.perf_counter() - start > 0.025)


def sum_of(size):
    x, times = torch.zeros(size // 4), []
    warm_up(lambda: dist.all_reduce(x))
    for _ in range(min(max((64 << 20) // size, 5), 200)):
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(x)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def mlp(*widths):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.ReLU()] if i else []
        layers += [nn.Linear(a, b)]
    return nn.Sequential(*layers)


def step_of(name, how):
    torch.manual_seed(0)
    net, batch, shape, steps = {
        "mlp": lambda: (mlp(784, 400, 200, 100, 10), 64, [784], 100),
        "mnist": lambda: (MnistNet(), 64, [1, 28, 28], 5),
        "wide": lambda: (mlp(*[1024] * 5), 32, [1024], 30),
    }[name]()
    criterion = F.nll_loss if name == "mnist" else F.cross_entropy
    optimizer = torch.optim.Adadelta(net.parameters(), 1.0) if name == "mnist" else torch.optim.SGD(net.parameters(), 0.01)
    parameters = list(net.parameters())
    if how == "overlap":
        net = DistributedDataParallel(net, gradient_as_bucket_view=True)
    x = torch.randn(batch // dist.get_world_size(), *shape)
    y = torch.randint(0, 10, x.shape[:1])

    def step():
        loss = criterion(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        if how == "after":
            gradients = nn.utils.parameters_to_vector([p.grad for p in parameters])
            dist.all_reduce(gradients)
            nn.utils.vector_to_parameters(gradients / dist.get_world_size(), [p.grad for p in parameters])
        optimizer.step()

    warm_up(step)
    dist.barrier()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) / steps


while command := told(sys.stdin.readline().split() if dist.get_rank() == 0 else None):
    match command:
        case "sum", size:
            seconds = sum_of(int(size))
        case "step", name, how:
            seconds = step_of(name, how)
    if dist.get_rank() == 0:
        print(seconds, flush=True)
dist.destroy_process_group()
