//! What distributions refuse, in torch's words.

use autograd::Variable;
use autograd::distributions::{
    Bernoulli, Beta, Categorical, Dirichlet, Distribution, Exponential, Gamma, Independent,
    MultivariateNormal, Normal, Uniform,
};
use tensor::Tensor;
use testing::{recording, refusal};

type Call = fn();

/// The calls of the recording, as they are written here.
const REFUSED: &[(&str, Call)] = &[
    ("D.Categorical(t([-1., 2.]))", || drop(Categorical::new(t([-1.0, 2.0])))),
    ("D.Categorical(t([0., 0.]))", || drop(Categorical::new(t([0.0, 0.0])))),
    ("D.Categorical(t(1.))", || drop(Categorical::new(Tensor::from(1.0f32)))),
    ("D.Categorical(logits=t(1.))", || drop(Categorical::from_logits(Tensor::from(1.0f32)))),
    ("D.Categorical(logits=t([1., nan]))", || drop(Categorical::from_logits(t([1.0, f32::NAN])))),
    ("D.Categorical(t([1., 1.])).log_prob(t(2))", || {
        drop(Categorical::new(t([1.0, 1.0])).log_prob(&Tensor::from(2i64).into()))
    }),
    ("D.Categorical(t([1., 1.])).log_prob(t(0.5))", || {
        drop(Categorical::new(t([1.0, 1.0])).log_prob(&number(0.5)))
    }),
    ("D.Categorical(t([[1., 1.], [1., 1.], [1., 1.]])).log_prob(t([0, 1]))", || {
        drop(Categorical::new(tensor::ones([3, 2])).log_prob(&Tensor::from([0i64, 1]).into()))
    }),
    ("D.Normal(0., -1.)", || drop(Normal::new(0.0, -1.0))),
    ("D.Normal(t([0., nan]), 1.)", || drop(Normal::new(t([0.0, f32::NAN]), 1.0))),
    ("D.Normal(0., 1.).log_prob(t(nan))", || drop(Normal::new(0, 1).log_prob(&number(f32::NAN)))),
    ("D.Uniform(1., 0.)", || drop(Uniform::new(1.0, 0.0))),
    ("D.Uniform(t([0., 1.]), 1.)", || drop(Uniform::new(t([0.0, 1.0]), 1.0))),
    ("D.Uniform(0., 1.).log_prob(t(2.))", || drop(Uniform::new(0.0, 1.0).log_prob(&number(2.0)))),
    ("D.Bernoulli(2.)", || drop(Bernoulli::new(2.0))),
    ("D.Bernoulli(t([0.5, 1.5]))", || drop(Bernoulli::new(t([0.5, 1.5])))),
    ("D.Bernoulli(logits=nan)", || drop(Bernoulli::from_logits(f64::NAN))),
    ("D.Bernoulli(0.5).log_prob(t(0.5))", || drop(Bernoulli::new(0.5).log_prob(&number(0.5)))),
    ("D.Gamma(0., 1.)", || drop(Gamma::new(0.0, 1.0))),
    ("D.Gamma(1., 1.).log_prob(t(-1.))", || drop(Gamma::new(1.0, 1.0).log_prob(&number(-1.0)))),
    ("D.Beta(-1., 1.)", || drop(Beta::new(-1.0, 1.0))),
    ("D.Beta(1., 1.).log_prob(t(-1.))", || drop(Beta::new(1.0, 1.0).log_prob(&number(-1.0)))),
    ("D.Dirichlet(t([1., -1.]))", || drop(Dirichlet::new(t([1.0, -1.0])))),
    ("D.Dirichlet(t(1.))", || drop(Dirichlet::new(Tensor::from(1.0f32)))),
    ("D.Dirichlet(t([1., 1.])).log_prob(t([0.5, 0.6]))", || {
        drop(Dirichlet::new(t([1.0, 1.0])).log_prob(&t([0.5, 0.6]).into()))
    }),
    ("D.Dirichlet(t([1., 1.])).log_prob(t([0.5, 0.25, 0.25]))", || {
        drop(Dirichlet::new(t([1.0, 1.0])).log_prob(&Tensor::from([0.5f32, 0.25, 0.25]).into()))
    }),
    ("D.Exponential(0.)", || drop(Exponential::new(0.0))),
    ("D.Exponential(1.).log_prob(t(-1.))", || drop(Exponential::new(1.0).log_prob(&number(-1.0)))),
    ("D.MultivariateNormal(t([0., 0.]), t([[1., 2.], [2., 1.]]))", || {
        drop(MultivariateNormal::new(t([0.0, 0.0]), Tensor::from([[1.0f32, 2.0], [2.0, 1.0]])))
    }),
    ("D.MultivariateNormal(t([0., 0.]), t([[1., 2.], [1., 1.]]))", || {
        drop(MultivariateNormal::new(t([0.0, 0.0]), Tensor::from([[1.0f32, 2.0], [1.0, 1.0]])))
    }),
    ("D.MultivariateNormal(t([0., 0.]), scale_tril=t([[1., 2.], [1., 1.]]))", || {
        drop(MultivariateNormal::from_scale_tril(t([0.0, 0.0]), Tensor::from([[1.0f32, 2.0], [1.0, 1.0]])))
    }),
    ("D.MultivariateNormal(t(0.), t([[1.]]))", || {
        drop(MultivariateNormal::new(Tensor::from(0.0f32), tensor::eye(1)))
    }),
    ("D.MultivariateNormal(t([0., 0.]), t([[1., 0.], [0., 1.]])).log_prob(t([0., nan]))", || {
        drop(MultivariateNormal::new(t([0.0, 0.0]), tensor::eye(2)).log_prob(&t([0.0, f32::NAN]).into()))
    }),
    ("D.Independent(D.Normal(0., 1.), 1)", || drop(Independent::new(Normal::new(0.0, 1.0), 1))),
    ("D.Independent(D.Bernoulli(t([0.5])), 1).enumerate_support()", || {
        drop(Independent::new(Bernoulli::new(Tensor::from([0.5f32])), 1).enumerate_support(true))
    }),
];

fn t(x: [f32; 2]) -> Tensor {
    Tensor::from(x)
}

fn number(x: f32) -> Variable {
    Variable::new(Tensor::from(x))
}

#[test]
fn what_is_refused_is_refused_in_torchs_words() {
    let recording = recording!("distributions");
    let recorded = recording.named("Refused");
    assert_eq!(recorded.len(), REFUSED.len());
    for case in recorded {
        let expression = case.text("expression");
        let call = REFUSED.iter().find(|(e, _)| *e == expression);
        let (_, call) = call.unwrap_or_else(|| panic!("{expression} is not here"));
        assert_eq!(refusal(call), case.text("words"), "{expression}");
    }
}

#[test]
fn what_has_no_whole_number_between_is_no_derivative() {
    for d in [&Bernoulli::new(0.5) as &dyn Distribution, &Categorical::new(tensor::ones(3))] {
        assert!(!d.has_rsample());
        assert_eq!(refusal(|| d.rsample()), format!("{d}: rsample is not implemented"));
    }
    assert!(refusal(|| Normal::new(0.0, 1.0).enumerate_support(true)).contains("is not implemented"));
}
