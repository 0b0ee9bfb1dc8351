"""Losses of torch's runs with convolutional nets on the embedded digits, in their order."""
import gzip
from itertools import islice

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from recording import ROOT, Recording

torch.set_num_threads(1)
STEPS = {"LeNet5": 60, "MnistNet": 12}


def read(name, skip):
    return torch.frombuffer(bytearray(gzip.decompress((ROOT / f"crates/datasets/data/{name}.gz").read_bytes())[skip:]), dtype=torch.uint8)


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))))


class MnistNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        x = torch.flatten(self.dropout1(F.max_pool2d(x, 2)), 1)
        return F.log_softmax(self.fc2(self.dropout2(F.relu(self.fc1(x)))), dim=1)


x = ((read("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28).float() / 255) - 0.1307) / 0.3081
y = read("train-labels-idx1-ubyte", 8).long()
capability = torch.backends.cpu.get_cpu_capability()
recording = Recording(__file__, f"_{capability.lower()}")
for kind, criterion, make in (
    (LeNet5, F.cross_entropy, lambda parameters: torch.optim.Adam(parameters, 1e-3)),
    (MnistNet, F.nll_loss, lambda parameters: torch.optim.Adadelta(parameters, 1.0)),
):
    torch.manual_seed(1)
    net = kind()
    optimizer, losses = make(net.parameters()), []
    for images, labels in islice(DataLoader(TensorDataset(x, y), 64), STEPS[kind.__name__]):
        loss = criterion(net(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    recording.case(kind.__name__, capability=capability, losses=torch.tensor(losses, dtype=torch.float32))
recording.write()
