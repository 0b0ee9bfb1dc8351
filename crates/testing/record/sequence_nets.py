"""Nets for sequences and their trainings, as their authors write them; `examples/src/sequence_runs.rs` is the other side."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim


class Rows(nn.Module):
    """A recurrent net that reads a digit row by row."""

    def __init__(self, kind):
        super().__init__()
        self.rnn, self.fc = kind(28, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


class CharTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(27, 32), nn.Embedding(16, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
        self.blocks, self.head = nn.TransformerEncoder(layer, 2), nn.Linear(32, 27)

    def forward(self, tokens):
        mask = nn.Transformer.generate_square_subsequent_mask(16)
        x = self.tok(tokens) + self.pos(torch.arange(16))
        return self.head(self.blocks(x, mask, is_causal=True)).reshape(-1, 27)


RUNS = {
    "RowLstm": (lambda: Rows(nn.LSTM), optim.Adam),
    "RowGru": (lambda: Rows(nn.GRU), optim.Adam),
    "CharTransformer": (CharTransformer, optim.AdamW),
}


def losses(name, images, labels, steps):
    """The losses of a training: seed 1, batches in their order. The first digits, bytes `[n, 28, 28]`; or characters by chance."""
    if name == "CharTransformer":
        tokens = torch.from_numpy(np.random.RandomState(0).randint(0, 27, 256 * steps + 1))
        batches = zip(tokens[:-1].reshape(steps, 16, 16), tokens[1:].reshape(steps, 256))
    else:
        x = (images[:64 * steps].float() / 255 - 0.1307) / 0.3081
        batches = zip(x.split(64), labels.split(64))
    torch.manual_seed(1)
    make, optimizer = RUNS[name]
    net = make()
    optimizer, found = optimizer(net.parameters(), 1e-3), []
    for x, y in batches:
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found
