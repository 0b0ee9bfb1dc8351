use nn::{OptionValue, Value};
use tensor::Tensor;

use crate::Error;

/// The entries of a state dict, named once for saving and loading both.
///
/// A schedule, or the [`Memory`](crate::Memory) of a rule, lists its fields by key; saving reads them and
/// loading sets them.
pub struct Fields<'a> {
    loading: Option<&'a Value>,
    saved: Vec<(Value, Value)>,
    problems: Vec<String>,
}

impl Fields<'_> {
    pub(crate) fn save(list: impl FnOnce(&mut Fields<'_>)) -> Value {
        let mut fields = Fields { loading: None, saved: Vec::new(), problems: Vec::new() };
        list(&mut fields);
        Value::Dict(fields.saved)
    }

    pub(crate) fn load(state_dict: &Value, list: impl FnOnce(&mut Fields<'_>)) -> Result<(), Error> {
        let problems = Fields::read(state_dict, list);
        if problems.is_empty() { Ok(()) } else { Err(Error::Mismatch(problems)) }
    }

    /// Loads, and gives all that is wrong.
    pub(crate) fn read(state_dict: &Value, list: impl FnOnce(&mut Fields<'_>)) -> Vec<String> {
        let mut fields = Fields { loading: Some(state_dict), saved: Vec::new(), problems: Vec::new() };
        list(&mut fields);
        fields.problems
    }

    /// A number, a flag, a choice, a text, a tensor, or a list of these: whatever an option can be.
    pub fn value<T: OptionValue>(&mut self, key: &str, field: &mut T) {
        let read =
            |value: &Value| T::from_value(value).map_err(|error| format!("{key} cannot be {value}: {error}"));
        self.entry(key, field, T::to_value, read);
    }

    /// A field of any type, by the way it is written and read; reading gives `None`
    /// for a value of the wrong kind.
    pub fn any<T>(
        &mut self,
        key: &str,
        field: &mut T,
        kind: &str,
        write: impl FnOnce(&T) -> Value,
        read: impl FnOnce(&Value) -> Option<T>,
    ) {
        let read = |value: &Value| read(value).ok_or_else(|| format!("{key} must be {kind}, not {value}"));
        self.entry(key, field, write, read);
    }

    fn entry<T>(
        &mut self,
        key: &str,
        field: &mut T,
        write: impl FnOnce(&T) -> Value,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) {
        let Some(dict) = self.loading else {
            return self.saved.push((Value::Str(key.into()), write(field)));
        };
        match dict.get(key).map_or_else(|| Err(format!("missing {key}")), read) {
            Ok(value) => *field = value,
            Err(problem) => self.problems.push(problem),
        }
    }

    /// A number that torch keeps as an `F32` tensor without axes, as it does in the state of optimizers.
    pub fn scalar(&mut self, key: &str, field: &mut f32) {
        let write = |&x: &f32| Value::Tensor(Tensor::from_vec(vec![x], ()));
        self.any(key, field, "a number", write, |value| f64::from_value(value).ok().map(|x| x as f32));
    }

    /// A tensor, which may be missing: torch has no entry then, or `None`.
    pub fn tensor(&mut self, key: &str, field: &mut Option<Tensor>) {
        self.optional(key, field);
    }

    /// A field that may be missing: torch has no entry then, or `None`.
    pub fn optional<T: OptionValue>(&mut self, key: &str, field: &mut Option<T>) {
        match (self.loading, &*field) {
            (None, None) => {}
            (Some(dict), _) if dict.get(key).is_none() => *field = None,
            _ => self.value(key, field),
        }
    }

    /// A whole number, also when it was saved as a float, as Python's division leaves it.
    pub fn int(&mut self, key: &str, field: &mut i64) {
        self.any(key, field, "a whole number", |&i| Value::Int(i), whole);
    }

    /// A whole number that is divided by.
    pub fn length(&mut self, key: &str, field: &mut i64) {
        let read = |value: &Value| whole(value).filter(|&i| i > 0);
        self.any(key, field, "a whole number above 0", |&i| Value::Int(i), read);
    }

    /// A list of numbers, as long as it is now.
    pub fn floats(&mut self, key: &str, field: &mut Vec<f64>) {
        let n = field.len();
        let read = |value: &Value| Vec::from_value(value).ok().filter(|xs: &Vec<f64>| xs.len() == n);
        self.any(key, field, &format!("a list of {n} numbers"), Vec::to_value, read);
    }

    /// An entry that is always the same: written, and passed over when loading.
    pub fn constant(&mut self, key: &str, value: Value) {
        if self.loading.is_none() {
            self.saved.push((Value::Str(key.into()), value));
        }
    }
}

fn whole(value: &Value) -> Option<i64> {
    let x = f64::from_value(value).ok()?;
    (x.fract() == 0.0 && x.abs() < 9e15).then_some(x as i64)
}
