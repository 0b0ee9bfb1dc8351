//! Distributions against torch's: draws to the bit, and probabilities, entropies, moments, divergences and
//! the gradients of all of them; and how they print.

use autograd::Variable;
use autograd::distributions::{
    Bernoulli, Beta, Categorical, Dirichlet, Distribution, Exponential, Gamma, Independent,
    MultivariateNormal, Normal, Uniform, kl_divergence,
};
use tensor::{DType, Tensor, manual_seed};
use testing::{Case, Within, alone, assert_bits, assert_close, ramp, recording};

/// What a recorded case is made of.
struct Given<'a> {
    case: &'a Case,
    /// Before the names of the parameters.
    prefix: &'static str,
    leaves: Vec<(String, Variable)>,
}

impl<'a> Given<'a> {
    fn new(case: &'a Case, prefix: &'static str) -> Given<'a> {
        let names = case.tensors().into_iter().filter(|name| name.starts_with(prefix));
        let leaves =
            names.map(|name| (name.to_owned(), Variable::new(case.tensor(name)).requires_grad_(true)));
        Given { case, prefix, leaves: leaves.collect() }
    }

    fn get(&self, name: &str) -> Option<&Variable> {
        let name = format!("{}{name}", self.prefix);
        self.leaves.iter().find(|(key, _)| *key == name).map(|(_, x)| x)
    }

    #[track_caller]
    fn leaf(&self, name: &str) -> &Variable {
        self.get(name).unwrap_or_else(|| panic!("{:?}: no {name}", self.case))
    }
}

/// A distribution that a recording names.
trait Recorded: Distribution + Sized + 'static {
    fn made(given: &Given<'_>) -> Self;
}

macro_rules! recorded {
    ($($D:ident |$given:ident| $made:expr;)*) => {
        $(impl Recorded for $D {
            fn made($given: &Given<'_>) -> $D {
                $made
            }
        })*

        /// Checks everything that is recorded of a distribution.
        fn check(name: &str, all: Check<'_>) {
            match name {
                $(stringify!($D) => all.of::<$D>(),)*
                _ => panic!("no distribution {name}"),
            }
        }
    };
}

recorded! {
    Normal |x| Normal::new(x.leaf("loc"), x.leaf("scale"));
    Uniform |x| Uniform::new(x.leaf("low"), x.leaf("high"));
    Exponential |x| Exponential::new(x.leaf("rate"));
    Gamma |x| Gamma::new(x.leaf("concentration"), x.leaf("rate"));
    Beta |x| Beta::new(x.leaf("concentration1"), x.leaf("concentration0"));
    Dirichlet |x| Dirichlet::new(x.leaf("concentration"));
    Bernoulli |x| match x.get("probs") {
        Some(probs) => Bernoulli::new(probs),
        None => Bernoulli::from_logits(x.leaf("logits")),
    };
    Categorical |x| match x.get("probs") {
        Some(probs) => Categorical::new(probs),
        None => Categorical::from_logits(x.leaf("logits")),
    };
    MultivariateNormal |x| {
        let loc = x.leaf("loc");
        match (x.get("covariance_matrix"), x.get("precision_matrix")) {
            (Some(covariance), _) => MultivariateNormal::new(loc, covariance),
            (_, Some(precision)) => MultivariateNormal::from_precision_matrix(loc, precision),
            _ => MultivariateNormal::from_scale_tril(loc, x.leaf("scale_tril")),
        }
    };
}

/// A case with its parts.
struct Check<'a> {
    case: &'a Case,
    parts: &'a [&'a Case],
}

impl Check<'_> {
    fn of<D: Recorded>(self) {
        match self.case.get_number("event") {
            None => self.all(D::made),
            Some(axes) => self.all(|given| Independent::new(D::made(given), axes as usize)),
        }
    }

    fn all<D: Distribution>(&self, made: impl Fn(&Given<'_>) -> D) {
        let plain = made(&Given {
            case: self.case,
            prefix: "",
            leaves: self.case.tensors().iter().map(|n| (n.to_string(), self.case.tensor(n).into())).collect(),
        });
        let shape = |key: &str| self.case.sizes(key);
        assert_eq!(plain.to_string(), self.case.text("repr"));
        assert_eq!(plain.batch_shape(), shape("batch_shape"), "{:?}", self.case);
        assert_eq!(plain.event_shape(), shape("event_shape"), "{:?}", self.case);
        for part in self.parts {
            let what = format!("{:?}: {:?}", self.case, part);
            let given = Given::new(self.case, "");
            let d = made(&given);
            let value = || Variable::new(part.tensor("value"));
            manual_seed(3);
            match part.name() {
                "sample" => {
                    let y = plain.sample_shape(&part.sizes("shape"));
                    drawn(&what, &y, &part.tensor("y"), self.case);
                    assert!(!d.sample().requires_grad());
                }
                "rsample" => {
                    assert!(d.has_rsample());
                    let y = d.rsample_shape(&part.sizes("shape"));
                    drawn(&what, &y, &part.tensor("y"), self.case);
                    gradients(&what, &y, part, &given.leaves);
                }
                "log_prob" => {
                    let value = value();
                    let value = if value.dtype().is_float() { value.requires_grad_(true) } else { value };
                    let y = d.log_prob(&value);
                    close(&what, &y, &part.tensor("y"));
                    let mut leaves = given.leaves.clone();
                    leaves.push(("value".into(), value));
                    gradients(&what, &y, part, &leaves);
                }
                "cdf" => close(&what, &d.cdf(&value()), &part.tensor("y")),
                "icdf" => close(&what, &d.icdf(&value()), &part.tensor("y")),
                "entropy" => {
                    let y = d.entropy();
                    close(&what, &y, &part.tensor("y"));
                    gradients(&what, &y, part, &given.leaves);
                }
                "moments" => {
                    close(&what, &d.mean(), &part.tensor("mean"));
                    close(&what, &d.mode(), &part.tensor("mode"));
                    close(&what, &d.variance(), &part.tensor("variance"));
                    close(&what, &d.stddev(), &part.tensor("stddev"));
                    close(&what, &d.perplexity(), &part.tensor("perplexity"));
                }
                "support" => {
                    assert!(d.has_enumerate_support());
                    assert_bits(&what, &d.enumerate_support(true).data(), &part.tensor("y"));
                    assert_bits(&what, &d.enumerate_support(false).data(), &part.tensor("unexpanded"));
                }
                "expanded" => {
                    let wide = plain.expand(&[&[2], plain.batch_shape()].concat());
                    assert_eq!(wide.batch_shape(), part.sizes("batch_shape"));
                    drawn(&what, &wide.sample(), &part.tensor("y"), self.case);
                }
                other => panic!("{other}: not checked"),
            }
        }
    }
}

/// Draws are torch's to the bit, but for those that are products with a triangle: torch rounds each in one of
/// several ways, by shapes and by who requires a gradient.
#[track_caller]
fn drawn(what: &str, y: &Variable, expected: &Tensor, case: &Case) {
    match case.name() {
        "MultivariateNormal" => close(what, y, expected),
        _ => assert_bits(what, &y.data(), expected),
    }
}

#[track_caller]
fn close(what: &str, y: &Variable, expected: &Tensor) {
    let bound = if expected.dtype() == DType::F32 { 2e-6 } else { 1e-13 };
    assert_close(what, &y.data(), expected, Within::relative(bound).plus(bound));
}

/// The gradients that are recorded, and no others.
#[track_caller]
fn gradients(what: &str, y: &Variable, part: &Case, leaves: &[(String, Variable)]) {
    let recorded: Vec<&str> = part.tensors().into_iter().filter(|name| name.starts_with("d_")).collect();
    if y.requires_grad() {
        y.backward_with(ramp(&y.data()));
    }
    for (name, leaf) in leaves {
        let key = format!("d_{name}");
        match (leaf.grad(), part.get_tensor(&key)) {
            (Some(grad), Some(expected)) => {
                let bound = if expected.dtype() == DType::F32 { 1e-5 } else { 1e-12 };
                assert_close(format!("{what} {key}"), &grad, &expected, Within::relative(bound).plus(bound));
            }
            (None, None) => {}
            (found, expected) => panic!("{what}: {key} is {found:?}, torch has {expected:?}"),
        }
    }
    assert!(recorded.iter().all(|key| leaves.iter().any(|(name, _)| *key == format!("d_{name}"))), "{what}");
}

#[test]
fn everything_is_torchs() {
    let _alone = alone();
    let recording = recording!("distributions");
    let mut seen = 0;
    let cases = recording.cases();
    let mut at = 0;
    while at < cases.len() {
        let case = &cases[at];
        let parts: Vec<&Case> =
            cases[at + 1..].iter().take_while(|case| case.name().starts_with(char::is_lowercase)).collect();
        at += 1 + parts.len();
        if !matches!(case.name(), "KL" | "Refused") {
            check(case.name(), Check { case, parts: &parts });
            seen += parts.len();
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn divergences_are_torchs() {
    let recording = recording!("distributions");
    let groups = recording.cases().windows(2).filter(|pair| pair[0].name() == "KL");
    let mut pairs = 0;
    for pair in groups {
        let (case, result) = (&pair[0], &pair[1]);
        let (p, q) = (Given::new(case, "p_"), Given::new(case, "q_"));
        macro_rules! divergence {
            ($($P:ident: $($Q:ident)*;)*) => {
                match (case.text("p"), case.text("q")) {
                    $($((stringify!($P), stringify!($Q)) => kl_divergence(&$P::made(&p), &$Q::made(&q)),)*)*
                    (p, q) => panic!("no divergence of {p} from {q}"),
                }
            };
        }
        let y = divergence! {
            Normal: Normal Uniform Exponential Gamma Beta;
            Uniform: Normal Uniform Exponential Gamma Beta;
            Exponential: Normal Uniform Exponential Gamma Beta;
            Gamma: Normal Uniform Exponential Gamma Beta;
            Beta: Normal Uniform Exponential Gamma Beta;
            Bernoulli: Bernoulli;
            Categorical: Categorical;
            Dirichlet: Dirichlet;
            MultivariateNormal: MultivariateNormal;
        };
        let what = format!("{case:?}");
        close(&what, &y, &result.tensor("y"));
        gradients(&what, &y, result, &[p.leaves.clone(), q.leaves.clone()].concat());
        pairs += 1;
    }
    assert_eq!(pairs, 2 * (25 + 8));
}

#[test]
fn independent_parts_add_their_divergences() {
    let p = Independent::new(Normal::new(Tensor::from([1.0f32, 2.0]), 1.0), 1);
    let q = Independent::new(Normal::new(Tensor::from([0.0f32, 0.0]), 1.0), 1);
    assert_eq!(kl_divergence(&p, &q).item(), 0.5 + 2.0);
}
