"""Functions of the gamma distribution, and draws from it, on many numbers: checksums of what torch gives."""
import torch

from recording import Recording, checksum

torch.set_num_threads(1)
recording = Recording(__file__)


def case(name, y, **fields):
    recording.case(name, sum=checksum(y), **fields)


torch.manual_seed(0)
x = torch.rand(20_000) * 40 - 10
case("digamma", x.digamma())
case("trigamma", torch.polygamma(1, x))
square = torch.rand(20_000).square()
alpha = square * square * 40 + 0.01
torch.manual_seed(1)
draws = torch._standard_gamma(alpha)
case("gamma", draws)
case("gamma_grad", torch._standard_gamma_grad(alpha, draws))
rows = alpha.reshape(5_000, 4)
torch.manual_seed(2)
shares = torch._sample_dirichlet(rows)
case("dirichlet", shares)
case("dirichlet_grad", torch._dirichlet_grad(shares, rows, rows.sum(-1, True).expand(5_000, 4)))
torch.manual_seed(3)
case("exponential", torch.empty(20_000).exponential_(0.7))
recording.write()
