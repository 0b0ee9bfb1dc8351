"""The torch side of `cargo xtask fidelity`: training runs, as readers of the tutorial write them.

Reads commands from standard input, one a line, and answers each with one line:
  version                                      -> torch's
  train WIDTHS OPTIMIZER LR EPOCHS THREADS     -> {"steps": [losses of the first 300], "epochs": [mean losses]}
  images NAME STEPS THREADS                    -> the same, of a net for images
  sequences NAME STEPS THREADS                 -> and of one for sequences
The digits lie in the folder given as the only argument: `images` (n·784 bytes) and `labels` (n bytes).
"""
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # several processes share the machine; nothing is timed
rounding = os.environ.get("RUSHLIGHT_ROUNDING") or os.environ.get("RUSHLIGHT_MKL")
if rounding:
    import mkl_path
    mkl_path.take(rounding)

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

sys.path.append(str(Path(__file__).resolve().parents[3] / "crates/testing/record"))
import image_nets
import sequence_nets

STEPS = 300

OPTIMIZERS = {
    "sgd": lambda params, lr: torch.optim.SGD(params, lr),
    "momentum": lambda params, lr: torch.optim.SGD(params, lr, momentum=0.9),
    "adagrad": lambda params, lr: torch.optim.Adagrad(params, lr),
    "rmsprop": lambda params, lr: torch.optim.RMSprop(params, lr, alpha=0.9),
    "adadelta": lambda params, lr: torch.optim.Adadelta(params, lr, rho=0.9),
    "adam": lambda params, lr: torch.optim.Adam(params, lr),
}


class Digits(Dataset):
    """The tutorial's `data_tf` applied to all digits at once; the loader still decides their order."""

    def __init__(self, images, labels):
        x = np.array(images, dtype="float32") / 255
        x = (x - 0.5) / 0.5
        self.x = torch.from_numpy(x.reshape((len(x), -1)))
        self.y = torch.from_numpy(labels.astype(np.int64))

    def __len__(self):
        return len(self.y)

    def __getitems__(self, indices):
        return self.x[indices], self.y[indices]


def mlp(widths):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.ReLU()] if i else []
        layers += [nn.Linear(a, b)]
    return nn.Sequential(*layers)


def losses(digits, widths, optimizer, lr, epochs):
    """The loss of every step, epoch by epoch, from seed 0."""
    torch.manual_seed(0)
    net, criterion = mlp(widths), nn.CrossEntropyLoss()
    optim = OPTIMIZERS[optimizer](net.parameters(), lr)
    train_data = DataLoader(digits, batch_size=64, shuffle=True, collate_fn=lambda batch: batch)
    for _ in range(epochs):
        epoch = []
        for x, y in train_data:
            loss = criterion(net(x), y)
            optim.zero_grad()
            loss.backward()
            optim.step()
            epoch.append(loss.item())
        yield epoch


def main():
    folder = sys.argv[1]
    images = np.fromfile(f"{folder}/images", dtype=np.uint8).reshape(-1, 28, 28)
    labels = np.fromfile(f"{folder}/labels", dtype=np.uint8)
    digits = Digits(images, labels)
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "version":
            print(torch.__version__, flush=True)
        elif command == "train":
            widths, optimizer, lr, epochs, threads = rest
            torch.set_num_threads(int(threads))
            by_epoch = list(losses(digits, [int(n) for n in widths.split("-")], optimizer, float(lr), int(epochs)))
            steps = [loss for epoch in by_epoch for loss in epoch][:STEPS]
            print(json.dumps({"steps": steps, "epochs": [sum(e) / len(e) for e in by_epoch]}), flush=True)
        elif command in ("images", "sequences"):
            name, steps, threads = rest
            torch.set_num_threads(int(threads))
            nets = image_nets if command == "images" else sequence_nets
            steps = nets.losses(name, torch.from_numpy(images), torch.from_numpy(labels).long(), int(steps))
            print(json.dumps({"steps": steps, "epochs": []}), flush=True)


if __name__ == "__main__":
    main()
