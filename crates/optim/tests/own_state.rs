//! An optimizer of one's own, on the public parts of the crate, whose state is a number, a tensor of another
//! shape, and a list.

use nn::{Options, Parameter, Value};
use optim::{Core, Fields, Memory, Optimizer, Rule};
use tensor::Tensor;
use testing::assert_bits;

/// Steps along the mean of the last gradients, each row by its largest gradient so far.
type Rows = Core<RowsOptions>;

#[derive(Clone, Copy, Debug, PartialEq, Options)]
struct RowsOptions {
    #[option(default = 0.1, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    lr: f64,
    #[option(default = 3)]
    history_size: usize,
}

#[derive(Clone, Debug, Default)]
struct RowsMemory {
    /// Sum of the rates so far.
    length: f32,
    /// `[rows, 1]` for a parameter of `[rows, columns]`.
    row_max: Option<Tensor>,
    old_grads: Vec<Tensor>,
}

impl Memory for RowsMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.scalar("length", &mut self.length);
        fields.tensor("row_max", &mut self.row_max);
        fields.value("old_grads", &mut self.old_grads);
    }
}

impl Rule for RowsOptions {
    const NAME: &'static str = "Rows";
    type Memory = RowsMemory;

    fn step(core: &mut Core<Self>) {
        core.each(|options, data, grad, state| {
            let memory = &mut state.memory;
            memory.length += options.lr as f32;
            let rows = grad.abs().amax(1, true);
            let row_max = memory.row_max.take().map_or(rows.clone(), |old| old.maximum(&rows));
            memory.old_grads.push(grad.clone());
            let surplus = memory.old_grads.len().saturating_sub(options.history_size);
            memory.old_grads.drain(..surplus);
            let count = memory.old_grads.len() as f64;
            let sum = memory.old_grads.iter().skip(1).fold(memory.old_grads[0].clone(), |sum, g| sum + g);
            *data -= &(sum / &row_max * (options.lr / count));
            memory.row_max = Some(row_max);
        });
    }
}

fn step(optim: &mut Rows, w: &Parameter, t: usize) {
    let noise = (0..6).map(|i| ((7 * t + i) as f32).sin()).collect();
    w.set_grad(Some(w.data() * 0.5 + Tensor::from_vec(noise, [2, 3])));
    optim.step();
}

#[test]
fn state_of_any_kind_is_saved_and_resumed() {
    let w = Parameter::new(tensor::ones([2, 3]));
    let mut optim = Rows::new([w.clone()], 0.1);
    assert_eq!(optim.state_dict().get("state").unwrap().to_string(), "{}");
    (0..5).for_each(|t| step(&mut optim, &w, t));
    let (middle, saved) = (w.data(), optim.state_dict());
    let state = saved.get("state").and_then(|states| Some(&states.as_dict()?[0].1)).unwrap();
    let keys: Vec<_> = state.as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap()).collect();
    assert_eq!(keys, ["step", "length", "row_max", "old_grads"]);
    assert_eq!(state.get("length").unwrap().as_tensor().unwrap().ndim(), 0);
    assert_eq!(state.get("row_max").unwrap().as_tensor().unwrap().shape(), [2, 1]);
    assert_eq!(state.get("old_grads").unwrap().as_list().unwrap().len(), 3);
    (5..9).for_each(|t| step(&mut optim, &w, t));

    let resumed = Parameter::new(middle);
    let mut again = Rows::with([resumed.clone()], RowsOptions { lr: 0.7, history_size: 1 });
    again.load_state_dict(&saved).unwrap();
    (5..9).for_each(|t| step(&mut again, &resumed, t));
    assert_bits("resumed", &resumed.data(), &w.data());
    assert_eq!(again.state()[0].step, 9.0);
    assert_eq!(again.state_dict(), optim.state_dict());
}

#[test]
fn a_state_that_lacks_a_field_is_refused_and_changes_nothing() {
    let w = Parameter::new(tensor::ones([2, 3]));
    let mut optim = Rows::new([w.clone()], 0.1);
    step(&mut optim, &w, 0);
    let before = optim.state_dict();
    let state = Value::dict([("step", Value::Float(1.0)), ("old_grads", Value::List(vec![Value::Int(1)]))]);
    let groups = before.get("param_groups").unwrap().clone();
    let state = Value::Dict(vec![(Value::Int(0), state)]);
    let error = optim.load_state_dict(&Value::dict([("state", state), ("param_groups", groups)]));
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains(
            "state 0: missing length\nstate 0: old_grads cannot be [1]: expected a tensor, found an int"
        ),
        "{error}"
    );
    assert_eq!(optim.state_dict(), before);
}

/// Steps that fade; a sum and a peak of the gradients if asked for, and no learning rate.
type Fading = Core<FadingOptions>;

#[derive(Clone, Copy, Debug, PartialEq, Options)]
struct FadingOptions {
    #[option(default = true)]
    sum: bool,
    #[option(default = true)]
    peak: bool,
}

#[derive(Clone, Debug, Default)]
struct FadingMemory {
    length: f32,
}

impl Memory for FadingMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.scalar("length", &mut self.length);
    }
}

impl Rule for FadingOptions {
    const NAME: &'static str = "Fading";
    const SLOTS: &'static [&'static str] = &["sum", "peak"];
    type Memory = FadingMemory;

    fn uses(&self, i: usize) -> bool {
        [self.sum, self.peak][i]
    }

    fn step(core: &mut Core<Self>) {
        core.each(|_, data, grad, state| {
            let share = 1.0 / state.step as f64;
            state.memory.length += share as f32;
            if let Some(sum) = state.slot_mut(0) {
                *sum += grad;
            }
            if let Some(peak) = state.slot_mut(1) {
                *peak = peak.maximum(grad);
            }
            let [sum, peak] = [0, 1].map(|i| state.slot(i).unwrap_or(grad));
            *data -= &((sum + peak) * share);
        });
    }
}

/// Whichever slots the options use, none among them, and although there is no learning rate to look for.
#[test]
fn a_state_resumes_without_the_slots_that_its_options_do_not_use() {
    for (sum, peak) in [(false, false), (true, false), (false, true), (true, true)] {
        let start = || Parameter::new(tensor::ones([2, 3]));
        let step = |optim: &mut Fading, w: &Parameter| {
            w.set_grad(Some(w.data().cos()));
            optim.step();
        };
        let w = start();
        let mut optim = Fading::with([w.clone()], FadingOptions { sum, peak });
        (0..3).for_each(|_| step(&mut optim, &w));
        let (middle, saved) = (w.data(), optim.state_dict());
        (3..6).for_each(|_| step(&mut optim, &w));

        let resumed = Parameter::new(middle);
        let mut again = Fading::with([resumed.clone()], FadingOptions::default());
        again.load_state_dict(&saved).unwrap();
        assert_eq!(again.state()[0].step, 3.0);
        (3..6).for_each(|_| step(&mut again, &resumed));
        assert_bits(format!("{sum} {peak}"), &resumed.data(), &w.data());
        assert_eq!(again.state_dict(), optim.state_dict());
    }
}
