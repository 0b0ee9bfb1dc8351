use nn::{OptionValue, Value};

use super::LRScheduler;
use super::part::{Part, load_children, save_children};
use crate::{Error, Fields, Optimizer};

/// One schedule after another, changing over at the milestones: `torch.optim.lr_scheduler.SequentialLR`.
///
/// The [module's page](super) shows a warm-up followed by a decay.
pub struct SequentialLR {
    milestones: Vec<i64>,
    last_epoch: i64,
    last_lr: Vec<f64>,
    schedulers: Vec<Box<dyn LRScheduler>>,
}

impl SequentialLR {
    /// The schedules, made for this optimizer, and the epochs at which each but the first begins.
    ///
    /// # Panics
    /// If there are no schedules, or not one milestone fewer than schedules.
    #[track_caller]
    pub fn new(
        optimizer: &mut dyn Optimizer,
        schedulers: Vec<Box<dyn LRScheduler>>,
        milestones: Vec<usize>,
    ) -> SequentialLR {
        assert!(!schedulers.is_empty(), "SequentialLR expects at least one scheduler, but got no scheduler.");
        assert!(
            milestones.len() == schedulers.len() - 1,
            "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone \
             points, but got number of schedulers {} and the number of milestones to be equal to {}",
            schedulers.len(),
            milestones.len()
        );
        let milestones = milestones.into_iter().map(|epoch| epoch as i64).collect();
        let mut sequential = SequentialLR { milestones, last_epoch: 0, last_lr: Vec::new(), schedulers };
        // Each schedule took its first step when it was made; only the one whose turn it is should have.
        sequential.rewind();
        sequential.restart(optimizer);
        sequential
    }

    /// The schedule whose turn it is.
    fn current(&self) -> usize {
        self.milestones.partition_point(|&milestone| milestone <= self.last_epoch)
    }
}

impl LRScheduler for SequentialLR {
    fn get_last_lr(&self) -> &[f64] {
        &self.last_lr
    }

    fn state_dict(&self) -> Value {
        let (mut milestones, mut last_epoch, mut last_lr) =
            (self.milestones.clone(), self.last_epoch, self.last_lr.clone());
        Fields::save(|f| {
            own_fields(f, &mut milestones, &mut last_epoch, &mut last_lr);
            save_children(f, &self.schedulers);
        })
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        let (mut milestones, mut last_epoch, mut last_lr) =
            (self.milestones.clone(), self.last_epoch, self.last_lr.clone());
        Fields::load(state_dict, |f| own_fields(f, &mut milestones, &mut last_epoch, &mut last_lr))?;
        load_children(state_dict, &mut self.schedulers)?;
        (self.milestones, self.last_epoch, self.last_lr) = (milestones, last_epoch, last_lr);
        Ok(())
    }
}

impl Part for SequentialLR {
    #[track_caller]
    fn go(&mut self, metric: Option<f64>, optimizer: &mut dyn Optimizer) {
        self.last_epoch += 1;
        let i = self.current();
        let scheduler = &mut self.schedulers[i];
        if i > 0 && self.milestones[i - 1] == self.last_epoch {
            scheduler.restart(optimizer);
        } else {
            scheduler.go(metric, optimizer);
        }
        self.last_lr = scheduler.get_last_lr().to_vec();
    }

    /// torch takes an ordinary step here, so that a sequence inside another one is an epoch ahead.
    #[track_caller]
    fn start(&mut self, optimizer: &mut dyn Optimizer) {
        self.step(optimizer);
    }

    #[track_caller]
    fn restart(&mut self, optimizer: &mut dyn Optimizer) {
        for group in optimizer.param_groups_mut() {
            if group.get("initial_lr").is_some() {
                group.set_lr(group.float("initial_lr"));
            }
        }
        self.last_epoch = 0;
        let i = self.current();
        self.schedulers[i].start(optimizer);
        self.last_lr = self.schedulers[i].get_last_lr().to_vec();
    }

    fn rewind(&mut self) {
        self.schedulers.iter_mut().for_each(|scheduler| scheduler.rewind());
    }
}

fn own_fields(f: &mut Fields<'_>, milestones: &mut Vec<i64>, last_epoch: &mut i64, last_lr: &mut Vec<f64>) {
    let n = milestones.len();
    let read = |value: &Value| Vec::from_value(value).ok().filter(|xs: &Vec<i64>| xs.len() == n);
    f.any("_milestones", milestones, "a list of as many epochs as there are changes", Vec::to_value, read);
    f.int("last_epoch", last_epoch);
    f.floats("_last_lr", last_lr);
}
