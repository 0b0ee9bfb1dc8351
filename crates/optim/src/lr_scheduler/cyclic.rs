use std::fmt;
use std::sync::Arc;

use nn::{OptionValue, Value};
use serde::{Deserialize, Serialize};

use super::per_group::{set_momentum, start_momentum, uses_beta1};
use super::{Clock, PerGroup, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// Up and down between two rates, a step per batch: `torch.optim.lr_scheduler.CyclicLR` (Smith, *Cyclical
/// Learning Rates for Training Neural Networks*, 2015). The momentum, or Adam's β₁, moves the other way.
#[derive(Clone)]
pub struct CyclicLR {
    clock: Clock,
    max_lrs: Vec<f64>,
    total_size: f64,
    step_ratio: f64,
    mode: CyclicMode,
    gamma: f64,
    scale: Option<ScaleBy>,
    cycle_momentum: bool,
    beta1: bool,
    base_momentums: Vec<f64>,
    max_momentums: Vec<f64>,
}

/// How the height of the cycles changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CyclicMode {
    /// It does not.
    #[default]
    Triangular,
    /// Each cycle is half as high as the one before.
    Triangular2,
    /// It shrinks as `gamma` to the power of the steps.
    ExpRange,
}

tensor::option_value!(CyclicMode);

/// A scaling function of one's own, by its argument.
#[derive(Clone)]
pub enum ScaleBy {
    /// The number of the cycle, counted from 1.
    Cycle(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
    /// The number of steps.
    Iterations(Arc<dyn Fn(f64) -> f64 + Send + Sync>),
}

impl fmt::Debug for ScaleBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ScaleBy::Cycle(_) => "Cycle(..)",
            ScaleBy::Iterations(_) => "Iterations(..)",
        })
    }
}

/// The options of [`CyclicLR`], with torch's defaults.
#[derive(Clone, Debug)]
pub struct CyclicLROptions {
    /// The lowest rate; must be set.
    pub base_lr: PerGroup,
    /// The highest rate of the first cycle; must be set.
    pub max_lr: PerGroup,
    /// Steps from the lowest to the highest: 2000.
    pub step_size_up: usize,
    /// Steps from the highest to the lowest: as many as up.
    pub step_size_down: Option<usize>,
    /// How the height changes: [`CyclicMode::Triangular`].
    pub mode: CyclicMode,
    /// The base for [`CyclicMode::ExpRange`]: 1.
    pub gamma: f64,
    /// A function for the height that takes the place of the mode's.
    pub scale_fn: Option<ScaleBy>,
    /// Whether the momentum moves: yes.
    pub cycle_momentum: bool,
    /// The momentum at the highest rate: 0.8.
    pub base_momentum: PerGroup,
    /// The momentum at the lowest rate: 0.9.
    pub max_momentum: PerGroup,
}

impl Default for CyclicLROptions {
    fn default() -> Self {
        CyclicLROptions {
            base_lr: PerGroup::All(f64::NAN),
            max_lr: PerGroup::All(f64::NAN),
            step_size_up: 2000,
            step_size_down: None,
            mode: CyclicMode::Triangular,
            gamma: 1.0,
            scale_fn: None,
            cycle_momentum: true,
            base_momentum: PerGroup::All(0.8),
            max_momentum: PerGroup::All(0.9),
        }
    }
}

impl CyclicLR {
    /// Triangles between two rates, 2000 steps up and 2000 down.
    ///
    /// # Panics
    /// As [`CyclicLR::with`].
    #[track_caller]
    pub fn new(
        optimizer: &mut dyn Optimizer,
        base_lr: impl Into<PerGroup>,
        max_lr: impl Into<PerGroup>,
    ) -> CyclicLR {
        let (base_lr, max_lr) = (base_lr.into(), max_lr.into());
        CyclicLR::with(optimizer, CyclicLROptions { base_lr, max_lr, ..Default::default() })
    }

    /// Cycles with options.
    ///
    /// # Panics
    /// If `base_lr` or `max_lr` is not set, a cycle has no steps, a list is not as long as the groups are
    /// many, or the momentum is to move in an optimizer that has none.
    #[track_caller]
    pub fn with(optimizer: &mut dyn Optimizer, options: CyclicLROptions) -> CyclicLR {
        let CyclicLROptions { mode, gamma, cycle_momentum, step_size_up, .. } = options;
        let base_lrs = options.base_lr.expand("base_lr", optimizer);
        let max_lrs = options.max_lr.expand("max_lr", optimizer);
        assert!(
            base_lrs.iter().chain(&max_lrs).all(|lr| !lr.is_nan()),
            "CyclicLR: base_lr and max_lr must be set"
        );
        let step_size_down = options.step_size_down.unwrap_or(step_size_up);
        let total_size = (step_size_up + step_size_down) as f64;
        assert!(total_size > 0.0, "CyclicLR: a cycle needs at least one step");
        for (group, &lr) in optimizer.param_groups_mut().iter_mut().zip(&base_lrs) {
            group.set_lr(lr);
        }
        let beta1 = cycle_momentum && uses_beta1(optimizer);
        let (mut base_momentums, mut max_momentums) = (Vec::new(), Vec::new());
        if cycle_momentum {
            base_momentums = options.base_momentum.expand("base_momentum", optimizer);
            max_momentums = options.max_momentum.expand("max_momentum", optimizer);
            start_momentum(optimizer, beta1, &base_momentums, &max_momentums);
        }
        let mut schedule = CyclicLR {
            clock: Clock::new(optimizer),
            max_lrs,
            total_size,
            step_ratio: step_size_up as f64 / total_size,
            mode,
            gamma,
            scale: options.scale_fn,
            cycle_momentum,
            beta1,
            base_momentums,
            max_momentums,
        }
        .begin(optimizer);
        // Not the `initial_lr` that a schedule before this one may have noted.
        schedule.clock.base_lrs = base_lrs;
        schedule
    }

    /// The height of this step's cycle, 1 for the first.
    fn height(&self, cycle: f64) -> f64 {
        let iterations = self.clock.last_epoch as f64;
        match (&self.scale, self.mode) {
            (Some(ScaleBy::Cycle(f)), _) => f(cycle),
            (Some(ScaleBy::Iterations(f)), _) => f(iterations),
            (None, CyclicMode::Triangular) => 1.0,
            (None, CyclicMode::Triangular2) => 1.0 / 2f64.powf(cycle - 1.0),
            (None, CyclicMode::ExpRange) => self.gamma.powf(iterations),
        }
    }
}

impl Schedule for CyclicLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let progress = self.clock.last_epoch as f64 / self.total_size;
        let cycle = (1.0 + progress).floor();
        let x = 1.0 + progress - cycle;
        let rise =
            if x <= self.step_ratio { x / self.step_ratio } else { (x - 1.0) / (self.step_ratio - 1.0) };
        let height = self.height(cycle);
        if self.cycle_momentum {
            for ((group, base), max) in groups.iter_mut().zip(&self.base_momentums).zip(&self.max_momentums) {
                set_momentum(*group, self.beta1, max - (max - base) * rise * height);
            }
        }
        let lrs = self.clock.base_lrs.iter().zip(&self.max_lrs);
        lrs.map(|(base, max)| base + (max - base) * rise * height).collect()
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.floats("max_lrs", &mut self.max_lrs);
        let read = |value: &Value| f64::from_value(value).ok().filter(|&size| size > 0.0);
        f.any("total_size", &mut self.total_size, "a number above 0", f64::to_value, read);
        f.value("step_ratio", &mut self.step_ratio);
        f.value("mode", &mut self.mode);
        f.value("gamma", &mut self.gamma);
        let by_iterations = match &self.scale {
            Some(scale) => matches!(scale, ScaleBy::Iterations(_)),
            None => self.mode == CyclicMode::ExpRange,
        };
        f.constant("scale_mode", if by_iterations { "iterations" } else { "cycle" }.into());
        f.value("cycle_momentum", &mut self.cycle_momentum);
        if self.cycle_momentum {
            f.value("use_beta1", &mut self.beta1);
            f.floats("base_momentums", &mut self.base_momentums);
            f.floats("max_momentums", &mut self.max_momentums);
        }
    }

    /// Functions cannot be saved.
    fn fields_after(&mut self, f: &mut Fields<'_>) {
        f.constant("_scale_fn_custom", Value::None);
    }
}
