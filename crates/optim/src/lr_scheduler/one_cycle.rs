use std::f64::consts::PI;

use nn::{Options, Value};
use serde::{Deserialize, Serialize};

use super::per_group::{set_momentum, start_momentum, uses_beta1};
use super::{Clock, PerGroup, Schedule};
use crate::{AnyGroup, Fields, Optimizer};

/// One rise to `max_lr` and one fall far below the start, a step per batch:
/// `torch.optim.lr_scheduler.OneCycleLR` (Smith & Topin, *Super-Convergence*, 2017). The momentum, or
/// Adam's β₁, moves the other way.
///
/// ```
/// use optim::lr_scheduler::{LRScheduler, OneCycleLR};
/// use optim::{SGD, SGDOptions};
///
/// let options = SGDOptions { momentum: 0.9, ..Default::default() };
/// let mut optim = SGD::with([nn::Parameter::new(tensor::zeros([2]))], options);
/// let mut scheduler = OneCycleLR::new(&mut optim, 0.5, 100);
/// assert!((optim.param_groups()[0].options.lr - 0.02).abs() < 1e-15); // max_lr / 25
/// (0..29).for_each(|_| scheduler.step(&mut optim));
/// assert!((optim.param_groups()[0].options.lr - 0.5).abs() < 1e-15);
/// ```
#[derive(Clone, Debug)]
pub struct OneCycleLR {
    clock: Clock,
    total_steps: i64,
    phases: Vec<Phase>,
    anneal: Anneal,
    cycle_momentum: bool,
    beta1: bool,
}

/// How a phase goes from one value to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anneal {
    /// Along half a cosine.
    #[default]
    Cos,
    /// Along a straight line.
    Linear,
}

tensor::option_value!(Anneal);

/// The options of [`OneCycleLR`], with torch's defaults.
#[derive(Clone, Debug, PartialEq, Options)]
pub struct OneCycleLROptions {
    /// The highest rate; must be set.
    #[option(default = f64::NAN.into())]
    pub max_lr: PerGroup,
    /// Steps in the whole cycle, batches per epoch times epochs; must be set.
    #[option(check(total_steps > 0, "Expected positive integer total_steps, but got {total_steps}"))]
    pub total_steps: usize,
    /// Share of the steps that the rise takes: 0.3.
    #[option(default = 0.3, check(
        (0.0..=1.0).contains(&pct_start),
        "Expected float between 0 and 1 pct_start, but got {pct_start}"
    ))]
    pub pct_start: f64,
    /// How it rises and falls: [`Anneal::Cos`].
    pub anneal: Anneal,
    /// Whether the momentum moves: yes.
    #[option(default = true)]
    pub cycle_momentum: bool,
    /// The momentum at the highest rate: 0.85.
    #[option(default = 0.85.into())]
    pub base_momentum: PerGroup,
    /// The momentum at the lowest rate: 0.95.
    #[option(default = 0.95.into())]
    pub max_momentum: PerGroup,
    /// `max_lr` over the first rate: 25.
    #[option(default = 25.0)]
    pub div_factor: f64,
    /// The first rate over the last one: 1e4.
    #[option(default = 1e4)]
    pub final_div_factor: f64,
    /// Whether it falls to the first rate and then on in a phase of its own: no.
    pub three_phase: bool,
}

/// A stretch of the cycle: until when, and between which keys of a group.
#[derive(Clone, Debug)]
struct Phase {
    end_step: f64,
    /// In the order of [`PHASE_KEYS`].
    keys: [String; 4],
}

const PHASE_KEYS: [&str; 4] = ["start_lr", "end_lr", "start_momentum", "end_momentum"];

impl Phase {
    fn new(end_step: f64, keys: [&str; 4]) -> Phase {
        Phase { end_step, keys: keys.map(String::from) }
    }

    /// The last phase ends on a whole step, which torch keeps as an integer.
    fn write(&self, last: bool) -> Value {
        let end_step = if last { Value::Int(self.end_step as i64) } else { Value::Float(self.end_step) };
        let keys = PHASE_KEYS.iter().zip(&self.keys).map(|(&key, value)| (key, Value::Str(value.clone())));
        Value::dict([("end_step", end_step)].into_iter().chain(keys))
    }

    fn read(value: &Value) -> Option<Phase> {
        let end_step = value.get("end_step")?.as_float()?;
        let mut keys = PHASE_KEYS.map(String::from);
        for key in &mut keys {
            *key = value.get(key)?.as_str()?.to_string();
        }
        Some(Phase { end_step, keys })
    }
}

impl OneCycleLR {
    /// A cycle of `total_steps` steps up to `max_lr`.
    ///
    /// # Panics
    /// As [`OneCycleLR::with`].
    #[track_caller]
    pub fn new(optimizer: &mut dyn Optimizer, max_lr: impl Into<PerGroup>, total_steps: usize) -> OneCycleLR {
        OneCycleLR::with(
            optimizer,
            OneCycleLROptions { max_lr: max_lr.into(), total_steps, ..Default::default() },
        )
    }

    /// A cycle with options.
    ///
    /// # Panics
    /// If `max_lr` or `total_steps` is not set, `pct_start` is not between 0 and 1, a list is not as long as
    /// the groups are many, or the momentum is to move in an optimizer that has none.
    #[track_caller]
    pub fn with(optimizer: &mut dyn Optimizer, options: OneCycleLROptions) -> OneCycleLR {
        let OneCycleLROptions { total_steps, pct_start, anneal, cycle_momentum, three_phase, .. } = options;
        options.assert_valid("OneCycleLR");
        let max_lrs = options.max_lr.expand("max_lr", optimizer);
        assert!(max_lrs.iter().all(|lr| !lr.is_nan()), "OneCycleLR: max_lr must be set");
        let total = total_steps as f64;
        let up = ["initial_lr", "max_lr", "max_momentum", "base_momentum"];
        let mut phases = vec![Phase::new(pct_start * total - 1.0, up)];
        if three_phase {
            let down = ["max_lr", "initial_lr", "base_momentum", "max_momentum"];
            phases.push(Phase::new(2.0 * pct_start * total - 2.0, down));
            phases.push(Phase::new(total - 1.0, ["initial_lr", "min_lr", "max_momentum", "max_momentum"]));
        } else {
            phases.push(Phase::new(total - 1.0, ["max_lr", "min_lr", "base_momentum", "max_momentum"]));
        }
        for (group, &max_lr) in optimizer.param_groups_mut().iter_mut().zip(&max_lrs) {
            let initial_lr = max_lr / options.div_factor;
            group.set("initial_lr", initial_lr.into());
            group.set("max_lr", max_lr.into());
            group.set("min_lr", (initial_lr / options.final_div_factor).into());
        }
        let beta1 = cycle_momentum && uses_beta1(optimizer);
        if cycle_momentum {
            let max = options.max_momentum.expand("max_momentum", optimizer);
            let base = options.base_momentum.expand("base_momentum", optimizer);
            start_momentum(optimizer, beta1, &base, &max);
        }
        let clock = Clock::new(optimizer);
        let total_steps = total_steps as i64;
        OneCycleLR { clock, total_steps, phases, anneal, cycle_momentum, beta1 }.begin(optimizer)
    }

    /// The value at the share `pct` of the way.
    fn between(&self, start: f64, end: f64, pct: f64) -> f64 {
        match self.anneal {
            Anneal::Cos => end + (start - end) / 2.0 * ((PI * pct).cos() + 1.0),
            Anneal::Linear => (end - start) * pct + start,
        }
    }
}

impl Schedule for OneCycleLR {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn clock_mut(&mut self) -> &mut Clock {
        &mut self.clock
    }

    #[track_caller]
    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
        let (step, total) = (self.clock.last_epoch, self.total_steps);
        assert!(step <= total, "Tried to step {step} times. The specified number of total steps is {total}");
        let step = step as f64;
        let last = self.phases.len() - 1;
        let i = self.phases.iter().position(|phase| step <= phase.end_step).unwrap_or(last);
        let (phase, start_step) = (&self.phases[i], if i == 0 { 0.0 } else { self.phases[i - 1].end_step });
        let pct = (step - start_step) / (phase.end_step - start_step);
        let [start_lr, end_lr, start_momentum, end_momentum] = &phase.keys;
        let lrs = groups.iter_mut().map(|group| {
            if self.cycle_momentum {
                let (start, end) = (group.float(start_momentum), group.float(end_momentum));
                set_momentum(*group, self.beta1, self.between(start, end, pct));
            }
            self.between(group.float(start_lr), group.float(end_lr), pct)
        });
        lrs.collect()
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.int("total_steps", &mut self.total_steps);
        let write = |phases: &Vec<Phase>| {
            let last = phases.len() - 1;
            Value::List(phases.iter().enumerate().map(|(i, phase)| phase.write(i == last)).collect())
        };
        let read = |value: &Value| {
            let phases: Option<Vec<Phase>> = value.as_list()?.iter().map(Phase::read).collect();
            phases.filter(|phases| !phases.is_empty())
        };
        f.any("_schedule_phases", &mut self.phases, "a list of phases", write, read);
        f.value("_anneal_func_type", &mut self.anneal);
        f.value("cycle_momentum", &mut self.cycle_momentum);
        if self.cycle_momentum {
            f.value("use_beta1", &mut self.beta1);
        }
    }
}
