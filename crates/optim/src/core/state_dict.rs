use std::collections::HashMap;

use nn::Value;
use tensor::Tensor;

use crate::param_group::{number, pair};
use crate::{Core, Error, ParamGroup, State};

impl Core {
    /// State and hyper-parameters in torch's layout and key order.
    ///
    /// Parameters are numbered through the groups; one that has no state yet has no entry. `step` is a 0-dim
    /// `f32` tensor, as in torch. Tensors are shared with the optimizer until it steps again.
    pub fn state_dict(&self) -> Value {
        let state = self.state.iter().enumerate().filter(|(_, s)| !s.is_empty());
        let state = state.map(|(i, s)| (Value::Int(i as i64), self.pack_state(s))).collect();
        let mut first = 0;
        let groups = self.groups.iter().map(|group| {
            let ids = first..first + group.params.len();
            first = ids.end;
            let mut packed: Vec<(Value, Value)> = Vec::with_capacity(group.options.len() + 1);
            for (key, _) in &group.options {
                packed.push((Value::Str(key.clone()), group.get(key).expect("one of the group's own keys")));
            }
            packed.push((
                Value::Str("params".into()),
                Value::List(ids.map(|entry| Value::Int(self.places.of(entry) as i64)).collect()),
            ));
            Value::Dict(packed)
        });
        let groups = Value::List(groups.collect());
        Value::Dict(vec![
            (Value::Str("state".into()), Value::Dict(state)),
            (Value::Str("param_groups".into()), groups),
        ])
    }

    fn pack_state(&self, state: &State) -> Value {
        let step = self.spec.step.then(|| ("step", Tensor::from_vec(vec![state.step], ())));
        let slots = self.spec.slots.iter().zip(&state.slots);
        let slots = slots.filter_map(|(&name, slot)| Some((name, slot.clone()?)));
        let entry = |(name, t): (&str, Tensor)| (Value::Str(name.into()), Value::Tensor(t));
        Value::Dict(step.into_iter().chain(slots).map(entry).collect())
    }

    /// Takes over a state dict, ours or torch's.
    ///
    /// Keys that the file adds to a group stay in the group; keys it lacks are taken from this
    /// optimizer's own values, so that files of older versions load. State that this kind of
    /// optimizer does not keep is left out.
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
            if params.len() != group.params.len() {
                let (expected, found) = (group.params.len(), params.len());
                return Err(Error::GroupSize { group: i, expected, found });
            }
            ids.extend(params);
            groups.push(self.load_group(i, group, options, &mut problems));
        }
        let saved_states = saved_states(states);
        let mut state: Vec<State> = self.state.iter().map(|_| State::default()).collect();
        for (entry, (p, id)) in self.groups.iter().flat_map(|g| &g.params).zip(ids).enumerate() {
            if let Some(saved) = id_of(id).and_then(|id| saved_states.get(&id)) {
                state[self.places.of(entry)] = self.load_state(saved, &p.data(), id, &mut problems);
            }
        }
        if !problems.is_empty() {
            return Err(Error::Mismatch(problems));
        }
        (self.groups, self.state) = (groups, state);
        Ok(())
    }

    /// The group as the file has it, over the parameters it has here.
    fn load_group(
        &self,
        i: usize,
        group: &ParamGroup,
        saved: &[(Value, Value)],
        problems: &mut Vec<String>,
    ) -> ParamGroup {
        let mut loaded = ParamGroup { lr: f64::NAN, params: group.params.clone(), options: Vec::new() };
        for (key, value) in saved {
            match key {
                Value::Str(key) if key == "params" => {}
                Value::Str(key) if key == "lr" && number(value).is_none() => {
                    problems.push(format!("group {i}: lr must be a number, not {value}"));
                }
                Value::Str(key) => loaded.set(key, value.clone()),
                other => problems.push(format!("group {i}: a key must be a string, not {other}")),
            }
        }
        for (key, default) in &self.spec.defaults {
            match loaded.get(key) {
                // Without it the file is no optimizer's of this kind: a rate must not be made up.
                None if *key == "lr" => problems.push(format!("group {i}: missing lr")),
                None => loaded.set(key, default.clone()),
                Some(value) if !same_kind(&value, default) => {
                    problems.push(format!("group {i}: {key} is {value}, where {default} is the default"));
                }
                Some(_) => {}
            }
        }
        if let (None, Some(names)) = (loaded.get("param_names"), group.get("param_names")) {
            loaded.set("param_names", names);
        }
        loaded
    }

    fn load_state(&self, saved: &Value, w: &Tensor, id: &Value, problems: &mut Vec<String>) -> State {
        let mut state = State::default();
        let has_any = self.spec.slots.iter().any(|name| matches!(saved.get(name), Some(Value::Tensor(_))));
        for (i, (slot, name)) in state.slots.iter_mut().zip(self.spec.slots).enumerate() {
            match saved.get(name) {
                Some(Value::Tensor(t)) if t.shape() == w.shape() => {
                    *slot = Some(t.to_dtype(w.dtype()).contiguous());
                }
                Some(Value::Tensor(t)) => {
                    problems.push(format!(
                        "state {id}: {name} has shape {:?}, the parameter {:?}",
                        t.shape(),
                        w.shape()
                    ));
                }
                Some(Value::None) | None if i < self.spec.required && has_any => {
                    problems.push(format!("state {id}: missing {name}"));
                }
                Some(Value::None) | None => {}
                Some(other) => problems.push(format!("state {id}: {name} must be a tensor, not {other}")),
            }
        }
        if self.spec.step && !state.is_empty() {
            match saved.get("step").and_then(number) {
                Some(step) if step >= 0.0 => state.step = step as f32,
                _ => problems.push(format!("state {id}: step must be a number of steps")),
            }
        }
        state
    }
}

/// What names a parameter in a file: torch numbers them.
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

/// Whether a loaded value can stand where `default` does. A flag may be undecided
/// (`None`), as torch's `foreach` is.
fn same_kind(value: &Value, default: &Value) -> bool {
    match default {
        Value::Bool(_) | Value::None => matches!(value, Value::Bool(_) | Value::None),
        Value::Int(_) | Value::Float(_) => number(value).is_some(),
        Value::Tuple(_) => pair(value).is_some(),
        _ => true,
    }
}
