"""Checksums of torch's sums over axes of `torch.rand(shape) - 0.5`, which depend on the order of the terms."""
import torch

from recording import Recording, checksum

torch.set_num_threads(1)
CASES = [  # shape and axes
    # rows
    ((300_000,), [0]), ((3, 100_001), [1]), ((64, 196), [1]), ((5, 7), [1]), ((9, 8), [1]),
    # columns: groups of 32, of 8, single ones, and fewer than 8
    ((100, 75), [0]), ((5000, 40), [0]), ((37, 8), [0]), ((5000, 5), [0]), ((70_000, 2), [0]), ((5, 7), [0]),
    ((6, 500, 3), [1]), ((6, 5, 4, 33), [1, 2]),
    # several axes apart
    ((8, 16, 14, 14), [0, 2, 3]), ((6, 5, 4, 9), [0, 2]), ((6, 1, 14), [0, 2]), ((3, 70, 90), [0, 2]),
    ((4, 3, 70, 50), [0, 2]), ((20, 17, 13, 11), [0, 1, 3]), ((20, 17, 13, 11), [1, 3]),
]

recording = Recording(__file__)
for shape, dims in CASES:
    for dtype in (torch.float32, torch.float64):
        torch.manual_seed(0)
        x = torch.rand(shape, dtype=dtype) - 0.5
        y = x.sum(dims)
        turned = x.permute(*reversed(range(x.dim()))).sum([x.dim() - 1 - dim for dim in dims])
        sums = {name: checksum(y.reshape(-1).view(torch.float32)) for name, y in (("sum", y), ("turned", turned))}
        recording.case("sum", dtype=str(dtype)[6:], shape=shape, dims=dims, **sums)
# Every length of rows and columns, and all special values among the terms.
SPECIAL = [0.0, -0.0, float("inf"), -float("inf"), float("nan"), 1e-45, 1e-38, 3e38, -3e38, 1.0, -1.0]
for name, f in {"sum": torch.sum, "mean": torch.mean}.items():
    torch.manual_seed(0)
    ys = []
    for n in range(1, 1025):
        x = torch.rand(3, n) - 0.5
        ys += [f(x, 1), f(x.t(), 0), f(x.t().contiguous(), 0), f(x).reshape(1)]
    for x in (torch.rand(100_003) - 0.5, *(torch.tensor(SPECIAL * 3)[i:i + 12] for i in range(22))):
        ys.append(f(x).reshape(1))
    y = torch.cat(ys)
    recording.case(f"every length of a {name}", y=checksum(torch.where(y.isnan(), 12345.0, y)))
recording.write()
