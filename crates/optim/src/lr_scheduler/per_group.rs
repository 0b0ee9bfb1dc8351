use nn::Value;
use serde::{Deserialize, Serialize};

use crate::{AnyGroup, Optimizer};

/// A setting of a schedule: one number for all groups, or one for each.
///
/// Made from `0.1`, `[0.1, 0.01]` or a vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a number or a list of numbers")]
pub enum PerGroup {
    /// The same for every group.
    All(f64),
    /// One for each group, in order.
    Each(Vec<f64>),
}

tensor::option_value!(PerGroup);

impl PerGroup {
    /// As many numbers as there are groups.
    #[track_caller]
    pub(crate) fn expand(&self, name: &str, optimizer: &dyn Optimizer) -> Vec<f64> {
        let groups = optimizer.param_groups().len();
        match self {
            PerGroup::All(x) => vec![*x; groups],
            PerGroup::Each(xs) if xs.len() == groups => xs.clone(),
            PerGroup::Each(xs) => panic!(
                "{name} must have the same length as optimizer.param_groups. {name} has {} values, param_groups has {groups}.",
                xs.len()
            ),
        }
    }
}

impl From<f64> for PerGroup {
    fn from(x: f64) -> PerGroup {
        PerGroup::All(x)
    }
}

impl From<Vec<f64>> for PerGroup {
    fn from(xs: Vec<f64>) -> PerGroup {
        PerGroup::Each(xs)
    }
}

impl<const N: usize> From<[f64; N]> for PerGroup {
    fn from(xs: [f64; N]) -> PerGroup {
        PerGroup::Each(xs.into())
    }
}

/// Which hyper-parameter a schedule that cycles the momentum moves: Adam's β₁ if
/// there are betas, else the momentum.
#[track_caller]
pub(super) fn uses_beta1(optimizer: &dyn Optimizer) -> bool {
    let has = |key| optimizer.param_groups().iter().any(|group| group.get(key).is_some());
    assert!(
        has("momentum") || has("betas"),
        "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
    );
    has("betas")
}

pub(super) fn set_momentum(group: &mut dyn AnyGroup, beta1: bool, momentum: f64) {
    if beta1 {
        let betas = group.get("betas").unwrap_or(Value::None);
        let rest = betas.as_list().and_then(|betas| betas.get(1..)).unwrap_or_default();
        let betas = [Value::Float(momentum)].into_iter().chain(rest.iter().cloned());
        group.set("betas", Value::Tuple(betas.collect()));
    } else {
        group.set("momentum", momentum.into());
    }
}

/// Notes the ends of the cycle in the groups and goes to its start, as torch does.
pub(super) fn start_momentum(optimizer: &mut dyn Optimizer, beta1: bool, base: &[f64], max: &[f64]) {
    for ((group, &base), &max) in optimizer.param_groups_mut().iter_mut().zip(base).zip(max) {
        set_momentum(*group, beta1, max);
        group.set("max_momentum", max.into());
        group.set("base_momentum", base.into());
    }
}
