use nn::Value;

use super::Clock;
use super::part::Part;
use crate::{AnyGroup, Error, Fields, Optimizer};

/// A schedule of learning rates; see the [module](super). One of your own is a [`Schedule`].
pub trait LRScheduler: Part + Send {
    /// Goes one epoch on and sets the rates of the optimizer's groups.
    ///
    /// # Panics
    /// If the optimizer has another number of groups than when the schedule was made, and if it is a schedule
    /// that needs to be told a number.
    #[track_caller]
    fn step(&mut self, optimizer: &mut dyn Optimizer) {
        self.go(None, optimizer);
    }

    /// A step that tells the schedule the watched number of the epoch, torch's `step(metrics)`. Of the
    /// schedules here [`ReduceLROnPlateau`](super::ReduceLROnPlateau) looks at it, also as a part of others;
    /// the rest take a [`step`](LRScheduler::step).
    ///
    /// # Panics
    /// As [`step`](LRScheduler::step).
    #[track_caller]
    fn step_with(&mut self, metric: f64, optimizer: &mut dyn Optimizer) {
        self.go(Some(metric), optimizer);
    }

    /// The rates that were set last, one per group.
    fn get_last_lr(&self) -> &[f64];

    /// The schedule's state under torch's keys.
    fn state_dict(&self) -> Value;

    /// Takes over a state dict, ours or torch's. The optimizer's own state dict carries the rates themselves.
    ///
    /// # Errors
    /// If entries are missing or of the wrong kind, or a length that is divided by is not above 0; the
    /// schedule is then unchanged.
    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error>;
}

/// A schedule that computes each rate from the epoch and the current rate. Every one is an [`LRScheduler`].
///
/// ```
/// use optim::lr_scheduler::{Clock, LRScheduler, Schedule};
/// use optim::{AnyGroup, Fields, SGD};
///
/// /// `lr / √(1 + epoch)`.
/// #[derive(Clone)]
/// struct InverseRoot { clock: Clock }
///
/// impl Schedule for InverseRoot {
///     fn clock(&self) -> &Clock { &self.clock }
///     fn clock_mut(&mut self) -> &mut Clock { &mut self.clock }
///     fn get_lr(&self, _groups: &mut [&mut dyn AnyGroup]) -> Vec<f64> {
///         let root = (1.0 + self.clock.last_epoch as f64).sqrt();
///         self.clock.base_lrs.iter().map(|lr| lr / root).collect()
///     }
///     fn fields(&mut self, _fields: &mut Fields<'_>) {}
/// }
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 0.5);
/// let mut scheduler = InverseRoot { clock: Clock::new(&mut optim) }.begin(&mut optim);
/// (0..3).for_each(|_| scheduler.step(&mut optim));
/// assert_eq!(optim.param_groups()[0].options.lr, 0.25);
/// ```
pub trait Schedule: Clone + Send {
    /// The schedule after the first step, which sets the rates of epoch 0: what its constructor gives.
    #[track_caller]
    fn begin(mut self, optimizer: &mut dyn Optimizer) -> Self {
        self.start(optimizer);
        self
    }

    /// Its counters.
    fn clock(&self) -> &Clock;

    /// Its counters, to change.
    fn clock_mut(&mut self) -> &mut Clock;

    /// The rates of epoch `clock().last_epoch`, given the groups as the epoch before left them. May set other
    /// hyper-parameters, such as the momentum.
    fn get_lr(&self, groups: &mut [&mut dyn AnyGroup]) -> Vec<f64>;

    /// The rates as a function of the epoch alone, where torch has such a form.
    fn closed_form(&self) -> Option<Vec<f64>> {
        None
    }

    /// Counts a step.
    fn advance(&mut self) {
        let clock = self.clock_mut();
        clock.step_count += 1;
        clock.last_epoch += 1;
    }

    /// Names the fields that its state dict holds before those of the clock.
    fn fields(&mut self, fields: &mut Fields<'_>);

    /// Names the fields that its state dict holds after those of the clock.
    fn fields_after(&mut self, _fields: &mut Fields<'_>) {}
}

impl<S: Schedule> LRScheduler for S {
    fn get_last_lr(&self) -> &[f64] {
        &self.clock().last_lr
    }

    fn state_dict(&self) -> Value {
        Fields::save(|f| all_fields(&mut self.clone(), f))
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        let mut loaded = self.clone();
        Fields::load(state_dict, |f| all_fields(&mut loaded, f))?;
        *self = loaded;
        Ok(())
    }
}

impl<S: Schedule> Part for S {
    #[track_caller]
    fn go(&mut self, _: Option<f64>, optimizer: &mut dyn Optimizer) {
        self.advance();
        let mut groups = optimizer.param_groups_mut();
        let lrs = self.get_lr(&mut groups);
        self.clock_mut().set(&mut groups, &lrs);
    }

    #[track_caller]
    fn start(&mut self, optimizer: &mut dyn Optimizer) {
        self.clock_mut().step_count = 0;
        self.clock_mut().is_initial = true;
        self.step(optimizer);
        self.clock_mut().is_initial = false;
    }

    #[track_caller]
    fn restart(&mut self, optimizer: &mut dyn Optimizer) {
        self.clock_mut().last_epoch = 0;
        let mut groups = optimizer.param_groups_mut();
        let lrs = self.closed_form().unwrap_or_else(|| self.get_lr(&mut groups));
        self.clock_mut().set(&mut groups, &lrs);
    }

    fn rewind(&mut self) {
        self.clock_mut().last_epoch -= 1;
    }
}

fn all_fields<S: Schedule>(schedule: &mut S, f: &mut Fields<'_>) {
    schedule.fields(f);
    schedule.clock_mut().fields(f);
    schedule.fields_after(f);
}
