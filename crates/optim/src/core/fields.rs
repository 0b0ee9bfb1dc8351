use nn::Value;
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
        let Some(dict) = self.loading else {
            return self.saved.push((Value::Str(key.into()), write(field)));
        };
        match dict.get(key) {
            None => self.problems.push(format!("missing {key}")),
            Some(value) => match read(value) {
                Some(value) => *field = value,
                None => self.problems.push(format!("{key} must be {kind}, not {value}")),
            },
        }
    }

    /// A number.
    pub fn float(&mut self, key: &str, field: &mut f64) {
        self.any(key, field, "a number", |&x| Value::Float(x), number);
    }

    /// A number that torch keeps as an `F32` tensor without axes, as it does in the state of optimizers.
    pub fn scalar(&mut self, key: &str, field: &mut f32) {
        let write = |&x: &f32| Value::Tensor(Tensor::from_vec(vec![x], ()));
        self.any(key, field, "a number", write, |value| number(value).map(|x| x as f32));
    }

    /// A tensor, which may be missing: torch has no entry then, or `None`.
    pub fn tensor(&mut self, key: &str, field: &mut Option<Tensor>) {
        match (self.loading, &*field) {
            (None, None) => {}
            (Some(dict), _) if matches!(dict.get(key), None | Some(Value::None)) => *field = None,
            _ => {
                let write = |t: &Option<Tensor>| t.clone().map_or(Value::None, Value::Tensor);
                self.any(key, field, "a tensor", write, |value| Some(Some(value.as_tensor()?.clone())));
            }
        }
    }

    /// A list of tensors of any length.
    pub fn tensors(&mut self, key: &str, field: &mut Vec<Tensor>) {
        let write = |ts: &Vec<Tensor>| Value::List(ts.iter().cloned().map(Value::Tensor).collect());
        let read = |value: &Value| value.as_list()?.iter().map(|t| t.as_tensor().cloned()).collect();
        self.any(key, field, "a list of tensors", write, read);
    }

    /// A whole number.
    pub fn int(&mut self, key: &str, field: &mut i64) {
        self.any(key, field, "a whole number", |&i| Value::Int(i), whole);
    }

    /// A flag.
    pub fn flag(&mut self, key: &str, field: &mut bool) {
        self.any(key, field, "a flag", |&b| Value::Bool(b), Value::as_bool);
    }

    /// One of a few values, by its name.
    pub fn choice<T: Copy + PartialEq>(&mut self, key: &str, field: &mut T, values: &[(&str, T)]) {
        let kinds: Vec<String> = values.iter().map(|(name, _)| format!("'{name}'")).collect();
        let name =
            |value: &T| values.iter().find(|(_, v)| v == value).expect("all values have a name").0.into();
        let read =
            |found: &Value| values.iter().find(|(name, _)| found.as_str() == Some(name)).map(|(_, v)| *v);
        self.any(key, field, &kinds.join(" or "), name, read);
    }

    /// A list of numbers, as long as it is now.
    pub fn floats(&mut self, key: &str, field: &mut Vec<f64>) {
        let (n, write) =
            (field.len(), |xs: &Vec<f64>| Value::List(xs.iter().map(|&x| Value::Float(x)).collect()));
        let read = |value: &Value| {
            let xs: Option<Vec<f64>> = value.as_list()?.iter().map(number).collect();
            xs.filter(|xs| xs.len() == n)
        };
        self.any(key, field, &format!("a list of {n} numbers"), write, read);
    }

    /// An entry that is always the same: written, and passed over when loading.
    pub fn constant(&mut self, key: &str, value: Value) {
        if self.loading.is_none() {
            self.saved.push((Value::Str(key.into()), value));
        }
    }
}

/// A whole number, also when it was saved as a float, as Python's division leaves it.
fn whole(value: &Value) -> Option<i64> {
    number(value).filter(|x| x.fract() == 0.0 && x.abs() < 9e15).map(|x| x as i64)
}

/// A number as Python would accept it for one: a float, an integer, or a tensor of one element.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Tensor(t) if t.numel() == 1 => Some(t.item()),
        value => value.as_float(),
    }
}

/// A number whose default in torch is the integer 0: that is what 0 is printed and saved as.
pub(crate) fn int_if_zero(x: f64) -> Value {
    if x == 0.0 { Value::Int(0) } else { Value::Float(x) }
}
