use nn::Value;

use super::LRScheduler;
use crate::{Error, Fields, Optimizer};

/// The steps that [`SequentialLR`](super::SequentialLR) takes with the schedules it is made of. Every
/// [`Schedule`](super::Schedule) has them; nobody else needs them.
pub trait Part {
    /// Takes a step, which may come with the watched number of the epoch.
    #[track_caller]
    fn go(&mut self, metric: Option<f64>, optimizer: &mut dyn Optimizer);

    /// Takes the step of construction (again): how a sequence begins with its first schedule.
    #[track_caller]
    fn start(&mut self, optimizer: &mut dyn Optimizer);

    /// Sets the rates of epoch 0: how a sequence changes over to a schedule.
    #[track_caller]
    fn restart(&mut self, optimizer: &mut dyn Optimizer);

    /// Takes back the epoch counted at construction.
    fn rewind(&mut self);
}

/// Adds the states of the schedules that another one is made of.
pub(super) fn save_children(f: &mut Fields<'_>, schedulers: &[Box<dyn LRScheduler>]) {
    f.constant(
        "_schedulers",
        Value::List(schedulers.iter().map(|scheduler| scheduler.state_dict()).collect()),
    );
}

/// Loads the states of the schedules that another one is made of: all of them, or none.
pub(super) fn load_children(dict: &Value, schedulers: &mut [Box<dyn LRScheduler>]) -> Result<(), Error> {
    let saved =
        dict.get("_schedulers").and_then(Value::as_list).filter(|saved| saved.len() == schedulers.len());
    let Some(saved) = saved else {
        let problem = format!("_schedulers must be a list of {} state dicts", schedulers.len());
        return Err(Error::Mismatch(vec![problem]));
    };
    let before: Vec<Value> = schedulers.iter().map(|scheduler| scheduler.state_dict()).collect();
    let mut problems = Vec::new();
    for (i, (scheduler, saved)) in schedulers.iter_mut().zip(saved).enumerate() {
        if let Err(e) = scheduler.load_state_dict(saved) {
            problems.push(format!("schedule {i}: {e}"));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    for (scheduler, before) in schedulers.iter_mut().zip(&before) {
        scheduler.load_state_dict(before).expect("a schedule loads the state it has just given");
    }
    Err(Error::Mismatch(problems))
}
