//! Runs the cases and gathers what differs.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use autograd::Variable;
use tensor::{DType, Tensor};

use super::compare::difference;
use super::deviations::DEVIATIONS;
use super::input::Input;
use super::op::{Bound, Op, Output, Table};
use super::recording::{Answer, Gradients, Recording, Values};
use super::{Failures, input_lines};

/// The outcome.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) cases: usize,
    pub(crate) operations: usize,
    pub(crate) failures: Failures,
    /// Operations with a case that the recording lacks.
    pub(crate) unrecorded: BTreeSet<String>,
    /// Deviations that no case shows any more.
    pub(crate) stale_deviations: Vec<&'static str>,
}

pub(crate) fn all(tables: &[Table]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut deviates = [false; DEVIATIONS.len()];
    let run = || tables.iter().for_each(|table| subject(table, &mut outcome, &mut deviates));
    quiet(run);
    let names = tables.iter().flat_map(|table| &table.ops).map(|op| op.name);
    outcome.operations = names.collect::<BTreeSet<_>>().len();
    let stale = DEVIATIONS.iter().zip(deviates).filter(|(_, occurs)| !occurs);
    outcome.stale_deviations = stale.map(|(d, _)| d.reason).collect();
    outcome
}

fn subject(table: &Table, outcome: &mut Outcome, deviates: &mut [bool]) {
    let recording = Recording::of(table.subject);
    let stale = input_lines(table).into_iter().find(|line| recording.answer(line).is_none());
    if let Some(line) = stale {
        outcome.unrecorded.insert(format!("inputs of {} ({line})", table.subject));
    }
    let mut inputs: HashMap<&str, Tensor> = HashMap::new();
    for op in &table.ops {
        for (line, names) in op.lines().zip(&op.inputs) {
            let Some(answer) = recording.answer(&line) else {
                outcome.unrecorded.insert(op.name.to_owned());
                continue;
            };
            let answer = Answer::parse(answer);
            let given: Vec<Tensor> = names
                .split(' ')
                .filter(|&name| name != "-")
                .map(|name| inputs.entry(name).or_insert_with(|| Input::named(name).tensor()).clone())
                .collect();
            let known = DEVIATIONS.iter().position(|d| (d.covers)(&op.torch, names));
            let variables =
                op.on_variables.as_ref().map(|_| refusal(|| on_variables(op, names, &given, &answer)));
            let tensors = op.on_tensors.as_ref().map(|_| refusal(|| on_tensors(op, names, &given, &answer)));
            for (kind, result) in [("Variable", variables), ("Tensor", tensors)] {
                let Some(result) = result else { continue };
                outcome.cases += 1;
                // A result that cannot be read is one that differs.
                let Err(why) = result.unwrap_or_else(Err) else { continue };
                match known {
                    Some(i) => deviates[i] = true,
                    None => outcome
                        .failures
                        .entry(format!("{kind}::{}", op.name))
                        .or_default()
                        .push(format!("{} of {names}: {why}", op.torch)),
                }
            }
        }
    }
}

fn on_tensors(op: &Op, names: &str, inputs: &[Tensor], answer: &Answer) -> Result<(), String> {
    let call = op.on_tensors.as_ref().expect("the caller asked");
    let outputs = match (refusal(|| call(inputs)), answer) {
        (Err(_), Answer::Raises) => return Ok(()),
        (Err(words), _) => return Err(format!("panics ({words}), torch does not")),
        (Ok(_), Answer::Raises) => return Err("torch raises, we do not".into()),
        (Ok(outputs), _) => outputs,
    };
    let Answer::Gives { outputs: torch, .. } = answer else { unreachable!("the case above") };
    compare_outputs(&outputs, torch, beside(op.bound, names))
}

fn on_variables(op: &Op, names: &str, inputs: &[Tensor], answer: &Answer) -> Result<(), String> {
    let call = op.on_variables.as_ref().expect("the caller asked");
    // The smaller floats are moved and converted, not computed with, so they have no gradients.
    let leaves: Vec<Variable> = inputs
        .iter()
        .map(|x| Variable::new(x.clone()).requires_grad_(matches!(x.dtype(), DType::F32 | DType::F64)))
        .collect();
    let (outputs, torch, gradients) = match (refusal(|| call(&leaves)), answer) {
        // A mistake that torch finds in the backward pass may be found before.
        (Err(_), Answer::Raises | Answer::Gives { gradients: Gradients::Raises, .. }) => return Ok(()),
        (Err(words), _) => return Err(format!("panics ({words}), torch does not")),
        (Ok(_), Answer::Raises) => return Err("torch raises, we do not".into()),
        (Ok(ours), Answer::Gives { outputs, gradients }) => (ours, outputs, gradients),
    };
    compare_outputs(&outputs, torch, beside(op.bound, names))?;
    let backward = refusal(|| {
        for y in &outputs {
            if let Output::Variable(y) = y
                && y.requires_grad()
            {
                let data = y.data();
                let weights = tensor::arange(1, data.numel() as i64 + 1, 1).to_dtype(data.dtype());
                y.backward_with(weights.reshape(data.shape()));
            }
        }
    });
    let torch = match (backward, gradients) {
        (_, Gradients::Unasked) | (Err(_), Gradients::Raises) => return Ok(()),
        (Ok(()), Gradients::Raises) => return Err("torch raises in the backward pass, we do not".into()),
        (Err(words), _) => return Err(format!("panics in the backward pass ({words}), torch does not")),
        (Ok(()), Gradients::Given(torch)) => torch,
    };
    for (i, (leaf, torch)) in leaves.iter().zip(torch).enumerate() {
        let why = match (leaf.grad(), torch) {
            (None, None) => continue,
            (Some(_), None) => Some("we have one, torch none".into()),
            (None, Some(_)) => Some("torch has one, we none".into()),
            (Some(ours), Some(torch)) => difference(&ours, torch, beside(op.gradient_bound, names)),
        };
        if let Some(why) = why {
            return Err(format!("gradient {i}: {why}"));
        }
    }
    Ok(())
}

/// The bound for these inputs.
fn beside(bound: Bound, names: &str) -> Bound {
    let single = |name: &str| {
        !name.starts_with("f64")
            && [":plain:", ":special:", ":ties:", ":unit:"].iter().any(|pool| name.contains(pool))
    };
    let mixed = names.contains("f64") && names.split(' ').any(|name| single(name) || name.starts_with("f32"));
    Bound { by_way_of_f32: mixed, ..bound }
}

fn compare_outputs(ours: &[Output], torch: &[Values], bound: Bound) -> Result<(), String> {
    if ours.len() != torch.len() {
        return Err(format!("{} outputs, torch {}", ours.len(), torch.len()));
    }
    for (i, (ours, torch)) in ours.iter().zip(torch).enumerate() {
        let data = match ours {
            Output::Variable(y) => y.data(),
            Output::Tensor(y) => y.clone(),
        };
        let which = if i == 0 { String::new() } else { format!("output {i}: ") };
        if let Some(why) = difference(&data, torch, bound) {
            return Err(format!("{which}{why}"));
        }
    }
    Ok(())
}

/// The result of a call, or the words of its panic.
fn refusal<R>(call: impl FnOnce() -> R) -> Result<R, String> {
    let caught = QUIET.with(|quiet| {
        let before = quiet.replace(true);
        let caught = catch_unwind(AssertUnwindSafe(call));
        quiet.set(before);
        caught
    });
    caught.map_err(|payload| {
        let words = payload.downcast_ref::<String>().cloned();
        words.or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
    })
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs with panics of the cases unprinted; other tests of this process print theirs.
fn quiet(run: impl FnOnce()) {
    let before = take_hook();
    set_hook(Box::new(move |info| {
        if !QUIET.get() {
            before(info);
        }
    }));
    run();
    let _ = take_hook();
}
