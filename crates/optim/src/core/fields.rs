use nn::Value;

use super::LRScheduler;
use crate::Error;
use crate::param_group::number;

/// The entries of a state dict, named once for saving and loading both.
///
/// A schedule lists its fields by key; saving reads them and loading sets them.
pub struct Fields<'a> {
    loading: Option<&'a Value>,
    saved: Vec<(Value, Value)>,
    problems: Vec<String>,
}

impl Fields<'_> {
    pub(super) fn save(list: impl FnOnce(&mut Fields<'_>)) -> Value {
        let mut fields = Fields { loading: None, saved: Vec::new(), problems: Vec::new() };
        list(&mut fields);
        Value::Dict(fields.saved)
    }

    pub(super) fn load(state_dict: &Value, list: impl FnOnce(&mut Fields<'_>)) -> Result<(), Error> {
        let mut fields = Fields { loading: Some(state_dict), saved: Vec::new(), problems: Vec::new() };
        list(&mut fields);
        if fields.problems.is_empty() { Ok(()) } else { Err(Error::Mismatch(fields.problems)) }
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
