"""torch's distributions: draws, probabilities, entropies, divergences, gradients of all of them, and what is refused.

A case is a distribution with its parameters; the lines behind it are what torch gives for it. Of each result there are
the gradients of a ramp sent back: `d_NAME` by the parameter, `d_value` by the value.
"""
import torch
import torch.distributions as D

from recording import Recording, ramp, rounded

torch.set_num_threads(1)
recording = Recording(__file__)


def gradients(y, leaves):
    """Of the leaves that `y` depends on."""
    leaves = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    if not y.requires_grad:
        return {}
    found = torch.autograd.grad(y, list(leaves.values()), ramp(y), allow_unused=True)
    return {f"d_{name}": grad for name, grad in zip(leaves, found)}


def made(kind, parameters, event=None):
    """A distribution on leaves, and these."""
    leaves = {name: x.clone().requires_grad_() for name, x in parameters.items()}
    d = getattr(D, kind)(**leaves)
    return (d if event is None else D.Independent(d, event)), leaves


def record(kind, parameters, values=(), event=None, seed=3, shapes=((), (3,), (2, 9))):
    """Everything about a distribution; `event` is for how many axes it is independent."""
    plain = getattr(D, kind)(**parameters)
    plain = plain if event is None else D.Independent(plain, event)
    recording.case(
        kind,
        **parameters,
        event=event,
        repr=repr(plain),
        batch_shape=list(plain.batch_shape),
        event_shape=list(plain.event_shape),
    )
    for shape in shapes:
        torch.manual_seed(seed)
        recording.case("sample", shape=list(shape), y=plain.sample(shape))
        if plain.has_rsample:
            d, leaves = made(kind, parameters, event)
            torch.manual_seed(seed)
            y = d.rsample(shape)
            recording.case("rsample", shape=list(shape), y=y, **gradients(y, leaves))
    for value in values:
        d, leaves = made(kind, parameters, event)
        leaves["value"] = value.clone().requires_grad_(value.is_floating_point())
        y = d.log_prob(leaves["value"])
        recording.case("log_prob", value=value, y=y, **gradients(y, leaves))
        try:
            recording.case("cdf", value=value, y=plain.cdf(value))
        except NotImplementedError:
            pass
    if type(plain).icdf is not D.Distribution.icdf:
        share = torch.tensor([0.1, 0.5, 0.875], dtype=next(iter(parameters.values())).dtype)
        share = share.reshape([3] + [1] * len(plain.batch_shape))
        recording.case("icdf", value=share, y=plain.icdf(share))
    d, leaves = made(kind, parameters, event)
    y = d.entropy()
    recording.case("entropy", y=y, **gradients(y, leaves))
    moments = {name: getattr(plain, name) for name in ("mean", "mode", "variance", "stddev")}
    recording.case("moments", **moments, perplexity=plain.perplexity())
    if plain.has_enumerate_support:
        recording.case("support", y=plain.enumerate_support(), unexpanded=plain.enumerate_support(expand=False))
    wide = plain.expand(torch.Size([2]) + plain.batch_shape)
    torch.manual_seed(seed)
    recording.case("expanded", batch_shape=list(wide.batch_shape), y=wide.sample())


def divergence(p_kind, p, q_kind, q):
    (p_dist, p_leaves), (q_dist, q_leaves) = made(p_kind, p), made(q_kind, q)
    y = D.kl_divergence(p_dist, q_dist)
    leaves = {f"p_{n}": x for n, x in p_leaves.items()} | {f"q_{n}": x for n, x in q_leaves.items()}
    given = {f"p_{n}": x for n, x in p.items()} | {f"q_{n}": x for n, x in q.items()}
    recording.case("KL", p=p_kind, q=q_kind, **given)
    recording.case("divergence", y=y, **gradients(y, leaves))


def positive(x):
    return x.abs() + 0.25


for dtype in (torch.float32, torch.float64):
    torch.manual_seed(7)
    randn = lambda *shape: rounded(torch.randn(shape, dtype=dtype))
    rand = lambda *shape: rounded(torch.rand(shape, dtype=dtype) * 0.98 + 0.01)
    one = lambda x: torch.tensor(x, dtype=dtype)

    record("Normal", dict(loc=one(0.5), scale=one(2.0)), [one([0.0, -3.0, 4.5])])
    record("Normal", dict(loc=randn(2, 3), scale=positive(randn(3))), [randn(2, 3), randn(4, 1, 3)])
    record("Normal", dict(loc=randn(2, 3), scale=positive(randn(2, 3))), [randn(2, 3)], event=1)
    record("Uniform", dict(low=one(-1.0), high=one(2.0)), [one([-1.0, 0.3, 2.0])])
    record("Uniform", dict(low=randn(3), high=randn(2, 1) + 5), [randn(2, 3) * 0.1 + 3])
    record("Exponential", dict(rate=one(0.7)), [one([0.0, 0.3, 9.0])])
    record("Exponential", dict(rate=positive(randn(2, 3))), [positive(randn(2, 3))])
    concentrations = one([0.05, 0.4, 1.0, 2.5, 7.5, 12.0, 60.0])
    record("Gamma", dict(concentration=one(2.0), rate=one(0.5)), [one([0.1, 1.0, 7.0])])
    record("Gamma", dict(concentration=concentrations, rate=one(1.5)), [positive(randn(2, 7))], shapes=((), (5,)))
    record("Beta", dict(concentration1=one(0.5), concentration0=one(0.5)), [one([0.1, 0.5])])
    small, large = one([0.3, 1.0, 4.0, 9.0, 30.0]), one([0.5, 2.0, 1.5, 8.0, 45.0])
    record("Beta", dict(concentration1=small, concentration0=large), [rand(2, 5)], shapes=((), (5,)))
    record("Dirichlet", dict(concentration=one([0.5, 1.5, 4.0])), [one([0.25, 0.25, 0.5])])
    record("Dirichlet", dict(concentration=one([[0.5, 0.2, 0.9], [9.0, 12.0, 30.0]])), [one([0.0, 0.25, 0.75])])
    record("Bernoulli", dict(probs=one(0.3)), [one([0.0, 1.0])])
    record("Bernoulli", dict(probs=one([[0.0, 0.5, 1.0], [0.2, 0.9, 0.5]])), [one([0.0, 1.0, 1.0])])
    record("Bernoulli", dict(logits=randn(2, 3)), [one([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])])
    record("Bernoulli", dict(logits=randn(2, 3)), [one([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])], event=2)
    record("Categorical", dict(probs=one([1.0, 2.0, 0.0, 5.0])), [torch.tensor([1, 3]), one(2.0)])
    record("Categorical", dict(probs=rand(2, 3, 4)), [torch.tensor([1, 3, 0]), torch.tensor([[1, 3, 0], [2, 2, 1]])])
    record("Categorical", dict(logits=randn(3, 5)), [torch.tensor([4, 0, 2]), torch.tensor([[3], [1]])])
    mix = rounded(torch.randn(3, 3, dtype=dtype))
    definite = rounded(mix @ mix.mT + torch.eye(3, dtype=dtype))
    definite = (definite + definite.mT) / 2
    lower = rounded(torch.linalg.cholesky(definite))
    for name, matrix in (("covariance_matrix", definite), ("precision_matrix", definite), ("scale_tril", lower)):
        record("MultivariateNormal", {"loc": randn(3), name: matrix}, [randn(3), randn(2, 3)])
        record("MultivariateNormal", {"loc": randn(2, 3), name: matrix}, [randn(2, 3), randn(4, 2, 3)])
        batch = torch.stack([matrix, matrix * 2])
        record("MultivariateNormal", {"loc": randn(3), name: batch}, [randn(3), randn(4, 2, 3)])

    kinds = {
        "Normal": lambda: dict(loc=randn(3), scale=positive(randn(3))),
        "Uniform": lambda: dict(low=one([0.0, 0.25, -1.0]), high=one([1.0, 0.75, 2.0])),
        "Exponential": lambda: dict(rate=positive(randn(3))),
        "Gamma": lambda: dict(concentration=positive(randn(3)), rate=positive(randn(3))),
        "Beta": lambda: dict(concentration1=positive(randn(3)), concentration0=positive(randn(3))),
    }
    for p_kind, p in kinds.items():
        for q_kind, q in kinds.items():
            divergence(p_kind, p(), q_kind, q())
    divergence("Uniform", dict(low=one([0.0, 0.3]), high=one([1.0, 0.6])), "Uniform", dict(low=one([0.1, 0.2]), high=one([2.0, 0.7])))
    divergence("Bernoulli", dict(probs=rand(2, 3)), "Bernoulli", dict(logits=randn(2, 3)))
    divergence("Bernoulli", dict(probs=one([0.0, 1.0, 0.5, 0.5])), "Bernoulli", dict(probs=one([0.5, 0.5, 0.0, 1.0])))
    divergence("Categorical", dict(logits=randn(2, 4)), "Categorical", dict(probs=rand(2, 4)))
    divergence("Categorical", dict(probs=one([0.0, 0.5, 0.5])), "Categorical", dict(probs=one([0.5, 0.5, 0.0])))
    divergence("Dirichlet", dict(concentration=positive(randn(2, 3))), "Dirichlet", dict(concentration=positive(randn(2, 3))))
    divergence("MultivariateNormal", dict(loc=randn(3), scale_tril=lower), "MultivariateNormal", dict(loc=randn(3), covariance_matrix=definite))
    divergence("MultivariateNormal", dict(loc=randn(2, 3), scale_tril=lower), "MultivariateNormal", dict(loc=randn(3), covariance_matrix=torch.stack([definite, definite * 2])))

nan = float("nan")
t = torch.tensor
REFUSED = {
    "D.Categorical(t([-1., 2.]))",
    "D.Categorical(t([0., 0.]))",
    "D.Categorical(t(1.))",
    "D.Categorical(logits=t(1.))",
    "D.Categorical(logits=t([1., nan]))",
    "D.Categorical(t([1., 1.])).log_prob(t(2))",
    "D.Categorical(t([1., 1.])).log_prob(t(0.5))",
    "D.Categorical(t([[1., 1.], [1., 1.], [1., 1.]])).log_prob(t([0, 1]))",
    "D.Normal(0., -1.)",
    "D.Normal(t([0., nan]), 1.)",
    "D.Normal(0., 1.).log_prob(t(nan))",
    "D.Uniform(1., 0.)",
    "D.Uniform(t([0., 1.]), 1.)",
    "D.Uniform(0., 1.).log_prob(t(2.))",
    "D.Bernoulli(2.)",
    "D.Bernoulli(t([0.5, 1.5]))",
    "D.Bernoulli(logits=nan)",
    "D.Bernoulli(0.5).log_prob(t(0.5))",
    "D.Gamma(0., 1.)",
    "D.Gamma(1., 1.).log_prob(t(-1.))",
    "D.Beta(-1., 1.)",
    "D.Beta(1., 1.).log_prob(t(-1.))",
    "D.Dirichlet(t([1., -1.]))",
    "D.Dirichlet(t(1.))",
    "D.Dirichlet(t([1., 1.])).log_prob(t([0.5, 0.6]))",
    "D.Dirichlet(t([1., 1.])).log_prob(t([0.5, 0.25, 0.25]))",
    "D.Exponential(0.)",
    "D.Exponential(1.).log_prob(t(-1.))",
    "D.MultivariateNormal(t([0., 0.]), t([[1., 2.], [2., 1.]]))",
    "D.MultivariateNormal(t([0., 0.]), t([[1., 2.], [1., 1.]]))",
    "D.MultivariateNormal(t([0., 0.]), scale_tril=t([[1., 2.], [1., 1.]]))",
    "D.MultivariateNormal(t(0.), t([[1.]]))",
    "D.MultivariateNormal(t([0., 0.]), t([[1., 0.], [0., 1.]])).log_prob(t([0., nan]))",
    "D.Independent(D.Normal(0., 1.), 1)",
    "D.Independent(D.Bernoulli(t([0.5])), 1).enumerate_support()",
}
for expression in sorted(REFUSED):
    try:
        eval(expression)
    except (ValueError, RuntimeError, NotImplementedError) as error:
        recording.case("Refused", expression=expression, words=str(error))
recording.write()
