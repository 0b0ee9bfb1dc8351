"""Losses of torch's trainings with nets for sequences on the embedded digits, on one thread."""
import gzip

import torch

from recording import ROOT, Recording
from sequence_nets import losses

torch.set_num_threads(1)
STEPS = {"RowLstm": 100, "RowGru": 100, "CharTransformer": 100}


def read(name, skip):
    data = gzip.decompress((ROOT / f"crates/datasets/data/{name}.gz").read_bytes())[skip:]
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)


images, labels = read("train-images-idx3-ubyte", 16).reshape(-1, 28, 28), read("train-labels-idx1-ubyte", 8).long()
capability = torch.backends.cpu.get_cpu_capability()
recording = Recording(__file__, f"_{capability.lower()}")
for name, steps in STEPS.items():
    found = torch.tensor(losses(name, images, labels, steps), dtype=torch.float32)
    recording.case(name, capability=capability, steps=steps, losses=found)
recording.write()
