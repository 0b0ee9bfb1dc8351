"""What torch's loader makes of datasets put together, of streams and of samples of every kind."""
import numpy as np
import torch
from torch.utils.data import (
    ChainDataset, ConcatDataset, DataLoader, IterableDataset, StackDataset, TensorDataset, default_collate, random_split,
)

from recording import Recording

recording = Recording(__file__)


def flat(batch, name=""):
    """The tensors and texts of a batch, by their place in it."""
    if isinstance(batch, torch.Tensor):
        return {name: batch}
    if isinstance(batch, str):
        return {name: batch}
    items = batch.items() if isinstance(batch, dict) else enumerate(batch)
    return {k: v for key, x in items for k, v in flat(x, f"{name}_{key}").items()}


SAMPLES = {
    "numbers": [(1, 0.5, True), (-2, 1.5, False), (3, -0.25, True)],
    "tensors": [(torch.tensor([1.0, 2.0]), torch.tensor(3)), (torch.tensor([4.0, 5.0]), torch.tensor(6))],
    "arrays": [np.array([[1.5, 2.5]]), np.array([[3.5, 4.5]]), np.array([[5.5, 6.5]])],
    "lists": [[1, 2, 3], [4, 5, 6]],
    "maps": [{"x": torch.tensor([1.0]), "y": 2, "name": "a"}, {"y": 4, "x": torch.tensor([3.0]), "name": "b", "z": 5}],
    "nested": [({"a": [1.5, 2.5]}, ("u", (7, 8))), ({"a": [3.5, 4.5]}, ("v", (9, 10)))],
}
for name, samples in SAMPLES.items():
    recording.case(name, **flat(default_collate(samples), "batch"))


def refused(name, samples):
    try:
        default_collate(samples)
    except (RuntimeError, TypeError, KeyError) as error:
        recording.case("refused", samples=name, error=str(error).split("\n")[0][:60])


refused("lengths", [[1, 2], [3]])
refused("shapes", [torch.zeros(2), torch.zeros(3)])
refused("names", [{"x": 1}, {"y": 1}])

for n, batch_size, drop_last in [(7, 3, False), (7, 3, True), (6, 3, True), (2, 5, True), (2, 5, False), (0, 2, False)]:
    class Stream(IterableDataset):
        def __init__(self, start, end):
            self.start, self.end = start, end

        def __iter__(self):
            return iter(range(self.start, self.end))

    for parts in [[(0, n)], [(0, n // 2), (n // 2, n // 2), (n // 2, n)]]:
        torch.manual_seed(5)
        chain = ChainDataset([Stream(*part) for part in parts])
        batches = list(DataLoader(chain, batch_size=batch_size, drop_last=drop_last))
        recording.case("stream", n=n, batch_size=batch_size, drop_last=drop_last, parts=len(parts),
                       sizes=[len(b) for b in batches], samples=torch.cat([torch.empty(0, dtype=torch.int64), *batches]),
                       after=torch.rand(1).item())

x, y = torch.arange(10.0).reshape(5, 2), torch.arange(5)
stacks = {
    "stack_tuple": StackDataset(TensorDataset(x), list(range(5)), [str(i) for i in range(5)]),
    "stack_dict": StackDataset(x=TensorDataset(x, y), y=list(range(5, 10))),
}
for name, dataset in stacks.items():
    torch.manual_seed(6)
    for batch in DataLoader(dataset, batch_size=3, shuffle=True):
        recording.case(name, len=len(dataset), **flat(batch, "batch"))
for datasets in [[], [[1, 2], [3]]]:
    try:
        StackDataset(*datasets)
    except ValueError as error:
        recording.case("stack_refused", sizes=[len(d) for d in datasets], error=str(error))

for n, fractions in [
    (10, [0.5, 0.5]), (7, [0.34, 0.33, 0.33]), (3, [0.1] * 10), (1000, [0.7, 0.2, 0.1]), (29, [0.99, 0.01]), (5, [1.0]),
    (0, [0.5, 0.5]), (17, [0.0, 0.6, 0.4]),
]:
    torch.manual_seed(7)
    parts = random_split(range(n), fractions)
    indices = torch.tensor([i for part in parts for i in part.indices], dtype=torch.int64)
    recording.case("fractions", n=n, fractions=fractions, lengths=[len(part) for part in parts], indices=indices)
for fractions in [[0.5, 0.4], [1.5, -0.5], [0.8, 0.3]]:
    try:
        random_split(range(10), fractions)
    except ValueError as error:
        recording.case("fractions_refused", fractions=fractions, error=str(error))
recording.write()
