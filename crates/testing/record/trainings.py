"""Losses of torch's trainings on the embedded digits, on one thread: what a script in `examples` records."""
import gzip

import torch

from recording import ROOT, Recording


def read(name, skip):
    data = gzip.decompress((ROOT / f"crates/datasets/data/{name}.gz").read_bytes())[skip:]
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)


def record(script, losses, steps):
    """Records so many losses of each net for the script at this path."""
    torch.set_num_threads(1)
    images, labels = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28), read("train-labels-idx1-ubyte", 8).long()
    capability = torch.backends.cpu.get_cpu_capability()
    recording = Recording(script, f"_{capability.lower()}")
    for name, count in steps.items():
        found = torch.tensor(losses(name, images, labels, count), dtype=torch.float32)
        recording.case(name, capability=capability, steps=count, losses=found)
    recording.write()
