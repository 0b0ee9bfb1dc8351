"""The torch side of the rows about sums over ranks: one process for each rank, with gloo.

Rank 0 reads a number of bytes a line, and answers with the seconds of one sum.
"""
import statistics
import sys
import time

import torch
import torch.distributed as dist

torch.set_num_threads(1)
dist.init_process_group("gloo")


def told(value):
    """Rank 0's number."""
    value = torch.tensor([value])
    dist.broadcast(value, 0)
    return value.item()


def sample(size):
    x, start, warm = torch.zeros(size // 4), time.perf_counter(), 0
    while not warm:  # idle processors take milliseconds to come back
        dist.all_reduce(x)
        warm = told(int(time.perf_counter() - start > 0.025))
    times = []
    for _ in range(min(max((64 << 20) // size, 5), 200)):
        dist.barrier()
        start = time.perf_counter()
        dist.all_reduce(x)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


while size := told(int((sys.stdin.readline().strip() or 0) if dist.get_rank() == 0 else 0)):
    seconds = sample(size)
    if dist.get_rank() == 0:
        print(seconds, flush=True)
dist.destroy_process_group()
