use std::collections::HashMap;

use nn::Value;
use tensor::Tensor;

use super::Fields;
use crate::{Core, Error, Memory, Rule, State};

impl<R: Rule> Core<R> {
    /// State and options in torch's layout and key order.
    ///
    /// Parameters are numbered through the groups; one that has no state yet has no entry. `step` is a 0-dim
    /// `f32` tensor, as in torch. Tensors are shared with the optimizer until it steps again.
    pub fn state_dict(&self) -> Value {
        let states = self.state.iter().enumerate();
        let states = states.filter_map(|(i, state)| Some((Value::Int(i as i64), self.pack_state(state)?)));
        let mut first = 0;
        let groups = self.groups.iter().map(|group| {
            let ids = first..first + group.params().len();
            first = ids.end;
            let ids = ids.map(|entry| Value::Int(self.places.of(entry) as i64)).collect();
            Value::dict(group.entries().into_iter().chain([("params", Value::List(ids))]))
        });
        let groups = Value::List(groups.collect());
        Value::dict([("state", Value::Dict(states.collect())), ("param_groups", groups)])
    }

    fn pack_state(&self, state: &State<R::Memory>) -> Option<Value> {
        let mut state = state.clone();
        let packed = Fields::save(|f| {
            state_fields::<R>(&mut state, f);
            for (name, slot) in R::SLOTS.iter().zip(&mut state.slots) {
                f.tensor(name, slot);
            }
        });
        (state.begun && packed.as_dict().is_some_and(|entries| !entries.is_empty())).then_some(packed)
    }

    /// Takes over a state dict, ours or torch's.
    ///
    /// Keys that the file adds to a group stay in the group; keys it lacks are taken from this
    /// optimizer's own options, so that files of older versions load. Options out of their ranges are taken,
    /// as torch takes them. State that this kind of optimizer does not keep is left out.
    ///
    /// # Errors
    /// See [`Error`]; the optimizer is then unchanged.
    pub fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), Error> {
        let mut problems = Vec::new();
        let entries = |key: &str| state_dict.get(key);
        let (Some(Value::List(saved)), Some(Value::Dict(states))) =
            (entries("param_groups"), entries("state"))
        else {
            return Err(Error::Mismatch(vec!["it needs a list 'param_groups' and a dict 'state'".into()]));
        };
        if saved.len() != self.groups.len() {
            return Err(Error::GroupCount { expected: self.groups.len(), found: saved.len() });
        }
        let mut groups = Vec::with_capacity(saved.len());
        let mut ids = Vec::with_capacity(self.state.len());
        for (i, (saved, group)) in saved.iter().zip(&self.groups).enumerate() {
            let (Value::Dict(options), Some(Value::List(params))) = (saved, saved.get("params")) else {
                return Err(Error::Mismatch(vec![format!(
                    "group {i}: a dict with a list 'params' was expected"
                )]));
            };
            if params.len() != group.params().len() {
                let (expected, found) = (group.params().len(), params.len());
                return Err(Error::GroupSize { group: i, expected, found });
            }
            ids.extend(params);
            let mut wrong = Vec::new();
            let group = group.loaded(options, &self.defaults, &mut wrong);
            if let Err(problem) = group.options.possible() {
                wrong.push(problem.to_string());
            }
            groups.push(group);
            problems.extend(wrong.into_iter().map(|problem| format!("group {i}: {problem}")));
        }
        let saved_states = saved_states(states);
        let mut state: Vec<_> = self.state.iter().map(|_| State::new::<R>()).collect();
        let params = groups.iter().flat_map(|group| group.params().iter().map(move |p| (&group.options, p)));
        for (entry, ((options, p), id)) in params.zip(ids).enumerate() {
            if let Some(saved) = id_of(id).and_then(|id| saved_states.get(&id)) {
                let mut wrong = Vec::new();
                state[self.places.of(entry)] = load_state(saved, options, &p.data(), &mut wrong);
                problems.extend(wrong.into_iter().map(|problem| format!("state {id}: {problem}")));
            }
        }
        if !problems.is_empty() {
            return Err(Error::Mismatch(problems));
        }
        (self.groups, self.state) = (groups, state);
        Ok(())
    }
}

/// The fields of a state before its slots.
fn state_fields<R: Rule>(state: &mut State<R::Memory>, f: &mut Fields<'_>) {
    if R::COUNTS {
        f.scalar("step", &mut state.step);
    }
    state.memory.fields(f);
}

/// The state of the parameter `w` as the file has it; what is wrong with it goes to `problems`.
fn load_state<R: Rule>(
    saved: &Value,
    options: &R,
    w: &Tensor,
    problems: &mut Vec<String>,
) -> State<R::Memory> {
    let mut state = State::new::<R>();
    let has_slot = R::SLOTS.iter().any(|name| matches!(saved.get(name), Some(Value::Tensor(_))));
    let needs_slot = (0..R::SLOTS.len()).any(|i| options.uses(i));
    // A file may be older than an option that was switched on since, which `usual` has off.
    let usual = R::default();
    for (i, (slot, name)) in state.slots.iter_mut().zip(R::SLOTS).enumerate() {
        match saved.get(name) {
            Some(Value::Tensor(t)) if t.shape() == w.shape() => {
                *slot = Some(t.to_dtype(w.dtype()).contiguous());
            }
            Some(Value::Tensor(t)) => {
                problems.push(misshapen(name, t, w));
            }
            Some(Value::None) | None if has_slot && usual.uses(i) && options.uses(i) => {
                problems.push(format!("missing {name}"))
            }
            Some(Value::None) | None => {}
            Some(other) => problems.push(format!("{name} must be a tensor, not {other}")),
        }
    }
    if has_slot || !needs_slot {
        problems.extend(Fields::read(saved, |f| state_fields::<R>(&mut state, f)));
        state.memory.cast(w.dtype());
        problems.extend(state.memory.misfit(w).map(|(name, t)| misshapen(name, t, w)));
        if state.step.is_nan() || state.step < 0.0 {
            problems.push("step must be a number of steps".into());
        }
        state.begun = true;
    }
    state
}

fn misshapen(name: &str, t: &Tensor, w: &Tensor) -> String {
    format!("{name} has shape {:?}, the parameter {:?}", t.shape(), w.shape())
}

/// How a file calls a parameter: torch numbers them.
#[derive(PartialEq, Eq, Hash)]
enum Id<'a> {
    Int(i64),
    Str(&'a str),
}

fn id_of(key: &Value) -> Option<Id<'_>> {
    match key {
        Value::Int(i) => Some(Id::Int(*i)),
        Value::Str(s) => Some(Id::Str(s)),
        _ => None,
    }
}

/// The states by their ids; of several under one id the first counts.
fn saved_states(states: &[(Value, Value)]) -> HashMap<Id<'_>, &Value> {
    states.iter().rev().filter_map(|(key, state)| Some((id_of(key)?, state))).collect()
}
