use nn::{OptionValue, Options, Value};
use serde::{Deserialize, Serialize};

use super::part::Part;
use super::{LRScheduler, PerGroup};
use crate::{Error, Fields, Optimizer};

/// `lr ← lr·factor` once a watched number has stopped improving:
/// `torch.optim.lr_scheduler.ReduceLROnPlateau`.
///
/// Its step takes the number; as an [`LRScheduler`] among others, which it may also be chained with or follow
/// on, that is [`step_with`](LRScheduler::step_with). In a sequence it goes on from the rates that it finds
/// (torch has no such sequences).
///
/// ```
/// use optim::lr_scheduler::{ReduceLROnPlateau, ReduceLROnPlateauOptions};
/// use optim::SGD;
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let options = ReduceLROnPlateauOptions { patience: 2, ..Default::default() };
/// let mut scheduler = ReduceLROnPlateau::with(&mut optim, options);
/// for loss in [1.0, 0.9, 0.9, 0.9, 0.9] {
///     scheduler.step(loss, &mut optim);
/// }
/// assert_eq!(optim.param_groups()[0].options.lr, 0.05);
/// ```
#[derive(Clone, Debug)]
pub struct ReduceLROnPlateau {
    factor: f64,
    default_min_lr: Option<f64>,
    min_lrs: Vec<f64>,
    patience: i64,
    cooldown: i64,
    eps: f64,
    last_epoch: i64,
    last_lr: Vec<f64>,
    mode: PlateauMode,
    threshold: f64,
    threshold_mode: ThresholdMode,
    best: f64,
    cooldown_counter: i64,
    num_bad_epochs: i64,
}

/// Which way the watched number should go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlateauMode {
    /// Down, as a loss.
    #[default]
    Min,
    /// Up, as an accuracy.
    Max,
}

/// How the threshold of an improvement is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThresholdMode {
    /// As a share of the best value.
    #[default]
    Rel,
    /// As a difference from it.
    Abs,
}

tensor::option_value!(PlateauMode, ThresholdMode);

/// The options of [`ReduceLROnPlateau`], with torch's defaults.
#[derive(Clone, Debug, PartialEq, Options)]
pub struct ReduceLROnPlateauOptions {
    /// Which way is better: [`PlateauMode::Min`].
    pub mode: PlateauMode,
    /// The factor of a reduction, below 1: 0.1.
    #[option(default = 0.1, check(factor < 1.0, "Factor should be < 1.0."))]
    pub factor: f64,
    /// Epochs without improvement that are borne: 10.
    #[option(default = 10)]
    pub patience: usize,
    /// The least change that is an improvement: 1e-4.
    #[option(default = 1e-4)]
    pub threshold: f64,
    /// How it is meant: [`ThresholdMode::Rel`].
    pub threshold_mode: ThresholdMode,
    /// Epochs after a reduction in which nothing is held against the number: 0.
    pub cooldown: usize,
    /// The lowest rate: 0.
    #[option(default = 0.0.into())]
    pub min_lr: PerGroup,
    /// A smaller change of the rate is not made: 1e-8.
    #[option(default = 1e-8)]
    pub eps: f64,
}

impl ReduceLROnPlateau {
    /// A tenth of the rate after ten epochs in which the number has not fallen.
    pub fn new(optimizer: &mut dyn Optimizer) -> ReduceLROnPlateau {
        ReduceLROnPlateau::with(optimizer, ReduceLROnPlateauOptions::default())
    }

    /// With options.
    ///
    /// # Panics
    /// If `factor` is not below 1, or `min_lr` is a list not as long as the groups are many.
    #[track_caller]
    pub fn with(optimizer: &mut dyn Optimizer, options: ReduceLROnPlateauOptions) -> ReduceLROnPlateau {
        options.assert_valid("ReduceLROnPlateau");
        let mut schedule = ReduceLROnPlateau {
            factor: options.factor,
            default_min_lr: if let PerGroup::All(lr) = options.min_lr { Some(lr) } else { None },
            min_lrs: options.min_lr.expand("min_lr", optimizer),
            patience: options.patience as i64,
            cooldown: options.cooldown as i64,
            eps: options.eps,
            last_epoch: 0,
            last_lr: Vec::new(),
            mode: options.mode,
            threshold: options.threshold,
            threshold_mode: options.threshold_mode,
            best: worst(options.mode),
            cooldown_counter: 0,
            num_bad_epochs: 0,
        };
        schedule.note_lr(optimizer);
        schedule
    }

    /// Takes the watched number of one more epoch, and reduces the rates if it is time.
    ///
    /// # Panics
    /// If a group was added since, and `min_lr` was given for each group.
    #[track_caller]
    pub fn step(&mut self, metric: f64, optimizer: &mut dyn Optimizer) {
        self.last_epoch += 1;
        if self.is_better(metric) {
            self.best = metric;
            self.num_bad_epochs = 0;
        } else {
            self.num_bad_epochs += 1;
        }
        if self.cooldown_counter > 0 {
            self.cooldown_counter -= 1;
            self.num_bad_epochs = 0;
        }
        if self.num_bad_epochs > self.patience {
            self.reduce(optimizer);
            self.cooldown_counter = self.cooldown;
            self.num_bad_epochs = 0;
        }
        self.note_lr(optimizer);
    }

    fn is_better(&self, metric: f64) -> bool {
        match (self.mode, self.threshold_mode) {
            (PlateauMode::Min, ThresholdMode::Rel) => metric < self.best * (1.0 - self.threshold),
            (PlateauMode::Min, ThresholdMode::Abs) => metric < self.best - self.threshold,
            (PlateauMode::Max, ThresholdMode::Rel) => metric > self.best * (self.threshold + 1.0),
            (PlateauMode::Max, ThresholdMode::Abs) => metric > self.best + self.threshold,
        }
    }

    #[track_caller]
    fn reduce(&mut self, optimizer: &mut dyn Optimizer) {
        let mut groups = optimizer.param_groups_mut();
        if groups.len() != self.min_lrs.len() {
            let Some(min_lr) = self.default_min_lr else {
                panic!(
                    "The number of param groups in the `optimizer` ({}) differs from when `ReduceLROnPlateau` was \
                     initialized ({}), usually due to a new param group being added to the optimizer.",
                    groups.len(),
                    self.min_lrs.len()
                )
            };
            self.min_lrs = vec![min_lr; groups.len()];
        }
        for (group, &min_lr) in groups.iter_mut().zip(&self.min_lrs) {
            let lr = (group.lr() * self.factor).max(min_lr);
            if group.lr() - lr > self.eps {
                group.set_lr(lr);
            }
        }
    }

    fn note_lr(&mut self, optimizer: &dyn Optimizer) {
        self.last_lr = optimizer.param_groups().iter().map(|group| group.lr()).collect();
    }

    fn fields(&mut self, f: &mut Fields<'_>) {
        f.value("factor", &mut self.factor);
        let write = |lr: &Option<f64>| lr.to_value().int_if_zero();
        let read = |value: &Value| Option::from_value(value).ok();
        f.any("default_min_lr", &mut self.default_min_lr, "a number or None", write, read);
        let write = |lrs: &Vec<f64>| Value::List(lrs.iter().map(|lr| lr.to_value().int_if_zero()).collect());
        let read = |value: &Value| Vec::from_value(value).ok();
        f.any("min_lrs", &mut self.min_lrs, "a list of numbers", write, read);
        f.int("patience", &mut self.patience);
        f.int("cooldown", &mut self.cooldown);
        f.value("eps", &mut self.eps);
        f.int("last_epoch", &mut self.last_epoch);
        f.floats("_last_lr", &mut self.last_lr);
        f.constant("mode_worse", Value::Float(worst(self.mode)));
        f.value("mode", &mut self.mode);
        f.value("threshold", &mut self.threshold);
        f.value("threshold_mode", &mut self.threshold_mode);
        f.value("best", &mut self.best);
        f.int("cooldown_counter", &mut self.cooldown_counter);
        f.int("num_bad_epochs", &mut self.num_bad_epochs);
    }
}

impl LRScheduler for ReduceLROnPlateau {
    fn get_last_lr(&self) -> &[f64] {
        &self.last_lr
    }

    fn state_dict(&self) -> Value {
        Fields::save(|f| self.clone().fields(f))
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        let mut loaded = self.clone();
        Fields::load(state_dict, |f| loaded.fields(f))?;
        *self = loaded;
        Ok(())
    }
}

/// It has no rates of its own to begin with.
impl Part for ReduceLROnPlateau {
    #[track_caller]
    fn go(&mut self, metric: Option<f64>, optimizer: &mut dyn Optimizer) {
        match metric {
            Some(metric) => self.step(metric, optimizer),
            None => panic!(
                "ReduceLROnPlateau.step() needs the watched number: scheduler.step_with(metric, optimizer)"
            ),
        }
    }

    fn start(&mut self, optimizer: &mut dyn Optimizer) {
        self.note_lr(optimizer);
    }

    fn restart(&mut self, optimizer: &mut dyn Optimizer) {
        self.note_lr(optimizer);
    }

    fn rewind(&mut self) {}
}

/// The value that every number is better than.
fn worst(mode: PlateauMode) -> f64 {
    match mode {
        PlateauMode::Min => f64::INFINITY,
        PlateauMode::Max => f64::NEG_INFINITY,
    }
}
