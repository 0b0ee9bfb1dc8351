"""Checksums of torch's products of bfloat16 matrices on a processor with AVX-512 and BF16.

The terms cancel each other, so that what is left is what the order of the sum has made of it.
"""
import torch

from recording import Recording, checksum

torch.set_num_threads(1)
ROWS = [2, 5, 17, 64]
COLUMNS = [3, 16, 33, 100]
DEPTHS = [64, 101, 401, 512, 513, 784, 1024, 1025, 1500, 2100]


def rand(*shape):
    return torch.rand(shape) - 0.5


def operands(layout, m, n, k):
    x, y, z, u = rand(m, k // 2), rand(k // 2, n), rand(m, k % 2), rand(k % 2, n)
    a = torch.cat([x, x, z * 1e-6], 1).bfloat16()
    b = torch.cat([y, -y, u], 0).bfloat16()
    return a, b if layout == "n" else b.t().contiguous().t()


recording = Recording(__file__)
for op in ["mm", "addmm"]:
    for layout in "nt":
        for m in ROWS:
            torch.manual_seed(0)
            ys = []
            for n in COLUMNS:
                for k in DEPTHS:
                    a, b = operands(layout, m, n, k)
                    d = (rand(m, n) * 1e-6).bfloat16()
                    y = a @ b if op == "mm" else torch.addmm(d, a, b, beta=-4.775, alpha=2.0315)
                    # torch has other loops for less.
                    ys += [y.float().reshape(-1)] if m * n * k > 4096 else []
            recording.case(op, layout=layout, rows=m, y=checksum(torch.cat(ys)))
recording.write()
