"""The torch side of `cargo xtask bench`: the same workloads, as a good PyTorch user would write them.

Reads commands from standard input, one a line, and answers each with one line:
  prepare ID VARIANT THREADS   -> ok          (builds and warms up)
  run                          -> SECONDS     (one sample of what was prepared, in the workload's unit of work)
  peak                         -> BYTES       (peak resident memory of this process)
Data lies in the folder given as the only argument: `images` (n·784 bytes) and `labels` (n bytes).
"""
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

sys.path.append(str(Path(__file__).resolve().parents[3] / "crates/testing/record"))
from image_nets import LeNet5, MnistNet, conv_norm

folder = sys.argv[1]
SAMPLES = 60_000


def images():
    raw = np.fromfile(f"{folder}/images", dtype=np.uint8).reshape(-1, 28, 28)
    return raw[np.arange(SAMPLES) % len(raw)]


def labels():
    raw = np.fromfile(f"{folder}/labels", dtype=np.uint8).astype(np.int64)
    return raw[np.arange(SAMPLES) % len(raw)]


def preloaded():
    x = torch.from_numpy((images().reshape(SAMPLES, 784).astype("float32") / 255 - 0.5) / 0.5)
    return x, torch.from_numpy(labels())


def mlp(*widths):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers += [nn.ReLU()] if i else []
        layers += [nn.Linear(a, b)]
    return nn.Sequential(*layers)


def timed(f, repetitions=1):
    def sample():
        start = time.perf_counter()
        while repetitions > 1 and time.perf_counter() - start < 0.025:  # idle processors take milliseconds to come back
            f()
        start = time.perf_counter()
        for _ in range(repetitions):
            f()
        return (time.perf_counter() - start) / repetitions
    return sample


def step(net, criterion, optimizer, x, y):
    loss = criterion(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def toy(_):
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    x, y = torch.randn(400, 2), torch.randint(0, 2, (400, 1)).float()
    criterion, optimizer = nn.BCEWithLogitsLoss(), torch.optim.SGD(net.parameters(), 1.0)
    return timed(lambda: step(net, criterion, optimizer, x, y), 500)


def epochs(net, optimizer, batches):
    criterion = nn.CrossEntropyLoss()

    def epoch():
        for x, y in batches():
            step(net, criterion, optimizer, x, y)
    return timed(epoch)


def in_memory():
    x, y = preloaded()

    def batches():
        for index in torch.randperm(SAMPLES).split(64):
            yield x.index_select(0, index), y.index_select(0, index)
    return batches


def one_step(variant):
    batch, *widths = map(int, variant.split("x"))
    net = mlp(*widths)
    criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(net.parameters(), 0.01)
    x, y = torch.randn(batch, widths[0]), torch.randint(0, 10, (batch,))
    operations = 6 * batch * sum(a * b for a, b in zip(widths, widths[1:]))  # a product forward and two back
    return timed(lambda: step(net, criterion, optimizer, x, y), min(500, max(1, int(2e9 / operations))))


def epoch_sgd(_):
    net = mlp(784, 400, 200, 100, 10)
    return epochs(net, torch.optim.SGD(net.parameters(), 0.1), in_memory())


def epoch_adam(variant):
    net = mlp(784, 200, 10)
    sample = epochs(net, torch.optim.Adam(net.parameters(), 1e-3, fused=variant == "fused"), in_memory())
    sample()  # the moments of pixels that are always 0 decay from the second epoch on
    return sample


class Digits(Dataset):
    def __init__(self):
        self.images, self.labels = images(), labels()

    def __len__(self):
        return SAMPLES

    def __getitem__(self, i):
        x = np.array(self.images[i], dtype="float32") / 255
        x = (x - 0.5) / 0.5
        return torch.from_numpy(x.reshape((-1,))), self.labels[i]


def epoch_loader(variant):
    net = mlp(784, 400, 200, 100, 10)
    loader = DataLoader(Digits(), batch_size=64, shuffle=True, num_workers=2 if variant == "workers" else 0)
    return epochs(net, torch.optim.SGD(net.parameters(), 0.1), lambda: loader)


def matmul(variant):
    kind, m, n, k = variant.split("x")[0], *map(int, variant.split("x")[1:])
    a = torch.randn(k, m).t() if kind == "tn" else torch.randn(m, k)
    b = torch.randn(n, k).t() if kind == "nt" else torch.randn(k, n)
    return timed(lambda: torch.mm(a, b), max(3, int(2e9 / (2 * m * n * k))))


def adam(sizes, variant):
    parameters = [nn.Parameter(torch.randn(n)) for n in sizes]
    for p in parameters:
        p.grad = torch.randn_like(p)
    optimizer = torch.optim.Adam(parameters, fused=variant == "fused")
    optimizer.step()
    return timed(optimizer.step, 5 if sum(sizes) > 5_000_000 else 50)


def adam_one(variant):
    return adam([10_000_000], variant)


def adam_many(variant):
    return adam([10_000] * 100, variant)


def elementwise(variant):
    x = torch.randn(4096, 1000) if variant == "softmax" else torch.randn(10_000_000)
    f = {
        "relu": lambda: torch.relu(x) + x * 2,
        "sum": lambda: x.sum(),
        "softmax": lambda: torch.softmax(x, 1),
    }[variant]
    return timed(f, 10)


def inference(_):
    net, x = mlp(784, 400, 200, 100, 10).eval(), torch.randn(1, 784)

    def predict():
        with torch.no_grad():
            net(x)
    return timed(predict, 500)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first, self.second = conv_norm(channels, channels), conv_norm(channels, channels)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + x)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        stages = [conv_norm(3, 16), conv_norm(16, 32, 2), conv_norm(32, 64, 2)]
        self.stages, self.fc = nn.ModuleList(stages), nn.Linear(64, 10)
        self.blocks = nn.ModuleList([nn.Sequential(Block(c), Block(c)) for c in (16, 32, 64)])

    def forward(self, x):
        for stage, blocks in zip(self.stages, self.blocks):
            x = blocks(F.relu(stage(x)))
        return self.fc(x.mean((2, 3)))


def image_step(variant):
    net, side = {"lenet5": (LeNet5, 28), "mnist": (MnistNet, 28), "resnet": (ResNet, 32)}[variant]
    net = net()
    optimizer = {
        "lenet5": lambda p: torch.optim.Adam(p, 1e-3),
        "mnist": lambda p: torch.optim.Adadelta(p, 1.0),
        "resnet": lambda p: torch.optim.SGD(p, 0.01, momentum=0.9),
    }[variant](net.parameters())
    criterion = F.nll_loss if variant == "mnist" else F.cross_entropy
    x, y = torch.randn(64, 1 if side == 28 else 3, side, side), torch.randint(0, 10, (64,))
    return timed(lambda: step(net, criterion, optimizer, x, y), 20 if variant == "lenet5" else 3)


def conv(variant):
    kind, numbers = variant.split("-")
    inputs, size, outputs, kernel, padding, groups = map(int, numbers.split("x"))
    x, b = torch.randn(64, inputs, size, size), torch.randn(outputs)
    w = torch.randn(outputs, inputs // groups, kernel, kernel)
    dy = F.conv2d(x, w, None, padding=padding, groups=groups)

    def back(*mask):
        return lambda: torch.ops.aten.convolution_backward(
            dy, x, w, [outputs], [1, 1], [padding] * 2, [1, 1], False, [0, 0], groups, mask)
    forward = torch.no_grad()(lambda: F.conv2d(x, w, b, padding=padding, groups=groups))
    return timed({"y": forward, "dx": back(True, False, False), "dw": back(False, True, True)}[kind], 10)


def layers(variant):
    net, channels, size = {
        "pool": (nn.MaxPool2d(2), 64, 24), "norm": (nn.Sequential(nn.BatchNorm2d(32), nn.ReLU()), 32, 32),
    }[variant]
    x = torch.randn(64, channels, size, size, requires_grad=True)
    dy = torch.randn_like(net(x))

    def both_ways():
        net(x).backward(dy)
        x.grad = None
        net.zero_grad()
    return timed(both_ways, 10)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first, self.second = conv_norm(inputs, outputs, stride), conv_norm(outputs, outputs)
        short = [nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)]
        self.short = nn.Sequential(*short) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.short(x))


def predict(_):
    blocks = [
        BasicBlock(max(64, c // 2) if i == 0 else c, c, 2 if i == 0 and c > 64 else 1)
        for c in (64, 128, 256, 512) for i in range(2)]
    net = nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)).eval()
    x = torch.randn(1, 3, 224, 224)
    return timed(torch.no_grad()(lambda: net(x)), 3)


def gpt_modules():
    tokens, places, head = nn.Embedding(65, 128), nn.Embedding(64, 128), nn.Linear(128, 65)
    layer = nn.TransformerEncoderLayer(128, 4, 512, 0.0, F.gelu, batch_first=True, norm_first=True)
    return tokens, places, nn.TransformerEncoder(layer, 2, nn.LayerNorm(128), enable_nested_tensor=False), head


def gpt(_):
    tokens, places, encoder, head = gpt_modules()
    optimizer = torch.optim.AdamW(nn.ModuleList([tokens, places, encoder, head]).parameters(), 1e-3)
    x, y, at = torch.randint(0, 65, (16, 64)), torch.randint(0, 65, (16 * 64,)), torch.arange(64)
    mask = nn.Transformer.generate_square_subsequent_mask(64)

    def one():
        out = head(encoder(tokens(x) + places(at), mask, is_causal=True))
        loss = F.cross_entropy(out.reshape(16 * 64, 65), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return timed(one, 5)


def generation(_):
    """torch's encoder has no cache: this is how one writes it, with the encoder's own weights."""
    tokens, places, encoder, head = gpt_modules()
    token, at, caches = torch.randint(0, 65, (1, 1)), 0, [None, None]

    def attend(attention, x, i):
        qkv = F.linear(x, attention.in_proj_weight, attention.in_proj_bias)
        q, k, v = (part.view(1, -1, 4, 32).transpose(1, 2) for part in qkv.chunk(3, -1))
        if caches[i] is not None:
            k, v = torch.cat([caches[i][0], k], 2), torch.cat([caches[i][1], v], 2)
        caches[i] = k, v
        return attention.out_proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(1, -1, 128))

    @torch.inference_mode()
    def one():
        nonlocal at, caches
        if at == 64:
            at, caches = 0, [None, None]
        x = tokens(token) + places(torch.full((1,), at))
        for i, layer in enumerate(encoder.layers):
            x = x + attend(layer.self_attn, layer.norm1(x), i)
            x = x + layer.linear2(F.gelu(layer.linear1(layer.norm2(x))))
        head(encoder.norm(x))
        at += 1
    return timed(one, 320)


def attention(_):
    q, k, v = (torch.randn(1, 8, 512, 64, requires_grad=True) for _ in range(3))
    dy = torch.randn(1, 8, 512, 64)

    def both_ways():
        F.scaled_dot_product_attention(q, k, v, is_causal=True).backward(dy)
        q.grad = k.grad = v.grad = None
    return timed(both_ways, 5)


def recurrent(variant):
    net, hidden = {
        "lstm": (lambda: nn.LSTM(28, 128, batch_first=True), 128),
        "gru": (lambda: nn.GRU(28, 128, batch_first=True), 128),
        "course": (lambda: nn.LSTM(28, 100, 2, batch_first=True), 100),
    }[variant]
    net, head = net(), nn.Linear(hidden, 10)
    optimizer = torch.optim.Adam([*net.parameters(), *head.parameters()], 1e-3)
    x, y = torch.randn(64, 28, 28), torch.randint(0, 10, (64,))
    return timed(lambda: step(lambda x: head(net(x)[0][:, -1]), F.cross_entropy, optimizer, x, y), 10)


def recurrent_step(_):
    net, x, state = nn.LSTM(128, 128), torch.randn(1, 1, 128), None

    @torch.no_grad()
    def one():
        nonlocal state
        _, state = net(x, state)
    return timed(one, 500)


def embedding(variant):
    net = nn.Embedding(50_000, 128)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3, fused=variant == "fused")
    tokens, dy = torch.randint(0, 50_000, (64, 64)), torch.randn(64, 64, 128)

    def one():
        y = net(tokens)
        optimizer.zero_grad()
        y.backward(dy)
        optimizer.step()
    return timed(one, 10)


WORKLOADS = {
    "toy": toy, "epoch_sgd": epoch_sgd, "epoch_adam": epoch_adam, "matmul": matmul, "adam_one": adam_one,
    "adam_many": adam_many, "elementwise": elementwise, "epoch_loader": epoch_loader, "inference": inference,
    "step": one_step, "images": image_step, "conv": conv,
    "layers": layers, "predict": predict, "gpt": gpt, "generation": generation, "attention": attention,
    "recurrent": recurrent, "recurrent_step": recurrent_step, "embedding": embedding,
}

sample = None
for line in sys.stdin:
    command, *rest = line.split()
    if command == "prepare":
        torch.manual_seed(0)
        torch.set_num_threads(int(rest[2]))
        sample = WORKLOADS[rest[0]](rest[1])
        sample()
        print("ok", flush=True)
    elif command == "run":
        print(sample(), flush=True)
    elif command == "version":
        print(torch.__version__, torch.backends.cpu.get_cpu_capability(), flush=True)
    elif command == "peak":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
