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
        fields.tensors("old_grads", &mut self.old_grads);
    }
}

impl Rule for RowsOptions {
    const NAME: &'static str = "Rows";
    type Memory = RowsMemory;

    fn step(core: &mut Core<Self>) {
        core.each(|options, data, grad, state| {
            let memory = &mut state.memory;
            memory.length += options.lr as f32;
            let rows = grad.abs().amax(&[1], true);
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
        error.contains("state 0: missing length\nstate 0: old_grads must be a list of tensors"),
        "{error}"
    );
    assert_eq!(optim.state_dict(), before);
}
