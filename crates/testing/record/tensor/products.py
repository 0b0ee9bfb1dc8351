"""Checksums of torch's products with few rows or columns, which depend on the order of the terms.

MKL has an order of its own for each maker's processors, so the recording is one of several: it is named as
`tensor::kernels::rounding::Rounding` names the maker.
"""
import torch
from torch.nn.functional import linear

from recording import Recording, checksum

torch.set_num_threads(1)
ROWS = [1, 2, 3, 4, 5, 13, 64]
COLUMNS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 15, 33, 100]
DEPTHS = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 31, 33, 64, 100, 129, 192, 193, 300, 385]


def rand(*shape):
    return torch.rand(shape) - 0.5


def laid(layout, *shape):
    """Row by row, column by column, every other column of a larger matrix, or in the middle of one."""
    *batch, m, n = shape
    if layout == "n":
        return rand(*batch, m, n)
    if layout == "t":
        return rand(*batch, n, m).transpose(-2, -1)
    if layout == "s":
        return rand(*batch, m, n, 2)[..., 0]
    return rand(*batch, m, n + 5)[..., 2 : n + 2]


def results(op, layout, m, n, k):
    a, b = layout[0], layout[-1]
    if op == "mm":
        return laid(a, m, k) @ laid(b, k, n)
    if op == "mv":
        return laid(a, m, k) @ rand(k)
    if op == "vm":
        return rand(k) @ laid(b, k, n)
    if op == "linear":
        return linear(rand(m, k), rand(n, k), rand(n))
    if op == "linear of batches":
        return linear(rand(2, m, k), rand(n, k))
    if op == "addmm":
        return torch.addmm(rand(n), laid(a, m, k), laid(b, k, n))
    if op == "bmm":
        return torch.bmm(laid(a, 3, m, k), laid(b, 3, k, n))
    return torch.baddbmm(rand(3, m, n), laid(a, 3, m, k), laid(b, 3, k, n))


recording = Recording(__file__, "_amd")
for op, layouts in {
    "mm": ["nn", "nt", "tn", "tt", "in", "it", "sn", "st"], "mv": ["n", "t", "i"], "vm": ["n", "t"], "linear": [""], "linear of batches": [""],
    "addmm": ["nn", "nt", "tn", "tt"], "bmm": ["nn", "nt", "tn", "tt"], "baddbmm": ["nn", "nt", "tn"],
}.items():
    for layout in layouts:
        for m in ROWS:
            if op == "vm" and m > 1:
                break
            torch.manual_seed(0)
            columns = [1] if op == "mv" else COLUMNS
            y = [results(op, layout or "n", m, n, k).reshape(-1) for n in columns for k in DEPTHS]
            recording.case(op, layout=layout, rows=m, y=checksum(torch.cat(y)))
recording.write()
