use nn::Value;

use super::LRScheduler;
use super::part::{Part, load_children, save_children};
use crate::{Error, Fields, Optimizer};

/// Several schedules at once, each changing what the ones before left:
/// `torch.optim.lr_scheduler.ChainedScheduler`.
///
/// ```
/// use optim::lr_scheduler::{ChainedScheduler, ConstantLR, ExponentialLR, LRScheduler};
/// use optim::SGD;
///
/// let mut optim = SGD::new([nn::Parameter::new(tensor::zeros([2]))], 1.0);
/// let warm_up = ConstantLR::new(&mut optim, 0.5, 2);
/// let decay = ExponentialLR::new(&mut optim, 0.5);
/// let mut scheduler = ChainedScheduler::new(&optim, vec![Box::new(warm_up), Box::new(decay)]);
/// scheduler.step(&mut optim);
/// assert_eq!(scheduler.get_last_lr(), [0.25]);
/// scheduler.step(&mut optim);
/// assert_eq!(scheduler.get_last_lr(), [0.25]); // the warm-up is over: 1.0 · 0.5²
/// ```
pub struct ChainedScheduler {
    last_lr: Vec<f64>,
    schedulers: Vec<Box<dyn LRScheduler>>,
}

impl ChainedScheduler {
    /// The schedules, made for this optimizer, in the order in which they act.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    pub fn new(optimizer: &dyn Optimizer, schedulers: Vec<Box<dyn LRScheduler>>) -> ChainedScheduler {
        assert!(
            !schedulers.is_empty(),
            "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler."
        );
        ChainedScheduler { last_lr: rates(optimizer), schedulers }
    }
}

fn rates(optimizer: &dyn Optimizer) -> Vec<f64> {
    optimizer.param_groups().iter().map(|group| group.lr()).collect()
}

impl LRScheduler for ChainedScheduler {
    fn get_last_lr(&self) -> &[f64] {
        &self.last_lr
    }

    fn state_dict(&self) -> Value {
        let mut last_lr = self.last_lr.clone();
        Fields::save(|f| {
            f.floats("_last_lr", &mut last_lr);
            save_children(f, &self.schedulers);
        })
    }

    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        let mut last_lr = self.last_lr.clone();
        Fields::load(state_dict, |f| f.floats("_last_lr", &mut last_lr))?;
        load_children(state_dict, &mut self.schedulers)?;
        self.last_lr = last_lr;
        Ok(())
    }
}

impl Part for ChainedScheduler {
    #[track_caller]
    fn go(&mut self, metric: Option<f64>, optimizer: &mut dyn Optimizer) {
        for scheduler in &mut self.schedulers {
            scheduler.go(metric, optimizer);
        }
        self.last_lr = rates(optimizer);
    }

    /// An ordinary step, as torch takes it here.
    #[track_caller]
    fn start(&mut self, optimizer: &mut dyn Optimizer) {
        self.step(optimizer);
    }

    #[track_caller]
    fn restart(&mut self, optimizer: &mut dyn Optimizer) {
        for scheduler in &mut self.schedulers {
            scheduler.restart(optimizer);
        }
        self.last_lr = rates(optimizer);
    }

    fn rewind(&mut self) {
        self.schedulers.iter_mut().for_each(|scheduler| scheduler.rewind());
    }
}
