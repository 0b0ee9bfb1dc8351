"""Checksums of torch's norms, products, variances and deviations of `torch.rand(shape) - 0.5`, which depend on the order of the terms."""
import torch

from recording import Recording, checksum

torch.set_num_threads(1)
SHAPES = [(5, n) for n in [*range(2, 70), 100, 1000, 1025, 5000]] + [(3, n, 4) for n in range(2, 20)] + [(2, 3, 40, 9), (100_003,)]


def results(f, dims_too=True, shift=0.5, dtype=torch.float32):
    """Over everything, each axis, and the outer two of several, of both orders of memory."""
    torch.manual_seed(0)
    ys = []
    for shape in SHAPES:
        x = (torch.rand(shape) - shift).to(dtype)
        dims = [[dim] for dim in range(x.dim())] + [list(range(x.dim()))]
        if x.dim() == 3 and dims_too:
            dims += [[0, 1], [0, 2], [1, 2]]
        for dim in dims:
            ys.append(f(x, dim).reshape(-1))
        ys.append(f(x.t() if x.dim() == 2 else x, [0]).reshape(-1))
    return checksum(torch.cat(ys))


recording = Recording(__file__)
for p in (2.0, 1.0, 0.0, 3.0, 0.5, -1.0, "inf", "-inf"):
    recording.case("norm", p=p, y=results(lambda x, dim: torch.linalg.vector_norm(x, float(p), dim)))
recording.case("norm", p=2.0, dtype="f64", y=results(lambda x, dim: torch.linalg.vector_norm(x, 2.0, dim), dtype=torch.float64))
recording.case("prod", y=results(lambda x, dim: x.prod() if len(dim) == x.dim() else x.prod(dim[0]), False, -0.5))
recording.case("var", y=results(lambda x, dim: x.var(dim)))
recording.case("std", y=results(lambda x, dim: x.std(dim)))
recording.write()
