use nn::{Parameter, Value};

/// Parameters that share hyper-parameters, as one of torch's `param_groups`.
///
/// The learning rate is a field; the other hyper-parameters go by torch's names, because a schedule or a file
/// may add keys of its own. (`foreach`, `fused`, `capturable` and `differentiable` choose between torch's
/// implementations: they are kept, printed and saved, and mean nothing here.) A group handed to an optimizer
/// need only set what differs from the optimizer's own values:
///
/// ```
/// use optim::{Optimizer, ParamGroup, Sgd, SgdConfig};
///
/// let [w, b] = [[2, 2], [1, 2]].map(|shape| nn::Parameter::new(tensor::zeros(shape)));
/// let groups = [ParamGroup::new([w]), ParamGroup::new([b]).with("lr", 0.01).with("weight_decay", 0)];
/// let optim = Sgd::with(groups, SgdConfig { lr: 0.1, weight_decay: 1e-4, ..Default::default() });
/// assert_eq!(optim.param_groups()[0].lr, 0.1);
/// assert_eq!(optim.param_groups()[1].lr, 0.01);
/// assert_eq!(optim.param_groups()[1].float("weight_decay"), 0.0);
/// ```
#[derive(Clone)]
pub struct ParamGroup {
    /// The learning rate, read at every step. NaN in a group that has not been handed to an
    /// optimizer and does not set it.
    pub lr: f64,
    pub(crate) params: Vec<Parameter>,
    /// In torch's order. The entry "lr" only holds its place among the keys: its value is the field.
    pub(crate) options: Vec<(String, Value)>,
}

impl ParamGroup {
    /// A group of parameters that leaves every hyper-parameter to the optimizer.
    pub fn new(params: impl IntoIterator<Item = Parameter>) -> ParamGroup {
        ParamGroup { lr: f64::NAN, params: params.into_iter().collect(), options: Vec::new() }
    }

    /// A group of named parameters; the names travel in the state dict as `param_names`.
    pub fn named(params: impl IntoIterator<Item = (String, Parameter)>) -> ParamGroup {
        let (names, params): (Vec<_>, Vec<_>) = params.into_iter().unzip();
        let names = Value::List(names.into_iter().map(Value::Str).collect());
        ParamGroup { options: vec![("param_names".into(), names)], ..ParamGroup::new(params) }
    }

    /// The group with the hyper-parameter `key` set.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> ParamGroup {
        self.set(key, value);
        self
    }

    /// The parameters, in order.
    pub fn params(&self) -> &[Parameter] {
        &self.params
    }

    /// The value of a key, `"lr"` included, if the group has it.
    pub fn get(&self, key: &str) -> Option<Value> {
        let (_, value) = self.options.iter().find(|(k, _)| k == key)?;
        Some(if key == "lr" { Value::Float(self.lr) } else { value.clone() })
    }

    /// Sets a key, `"lr"` included; a new one goes to the end.
    ///
    /// # Panics
    /// If `"lr"` is given something that is not a number.
    #[track_caller]
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        let value = value.into();
        if key == "lr" {
            let Some(lr) = number(&value) else { panic!("lr must be a number, not {value:?}") };
            self.lr = lr;
        }
        match self.options.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => self.options.push((key.to_string(), value)),
        }
    }

    /// A hyper-parameter that is a number.
    ///
    /// # Panics
    /// If the group lacks it or it is not a number.
    #[track_caller]
    pub fn float(&self, key: &str) -> f64 {
        if key == "lr" {
            return self.lr;
        }
        number(self.expect(key)).unwrap_or_else(|| self.wrong_kind(key, "a number"))
    }

    /// A hyper-parameter that is a flag.
    ///
    /// # Panics
    /// If the group lacks it or it is not a flag.
    #[track_caller]
    pub fn flag(&self, key: &str) -> bool {
        match self.expect(key) {
            Value::Bool(flag) => *flag,
            _ => self.wrong_kind(key, "a flag"),
        }
    }

    /// A hyper-parameter that is a pair of numbers, such as Adam's `betas`.
    ///
    /// # Panics
    /// If the group lacks it or it is not a pair.
    #[track_caller]
    pub fn pair(&self, key: &str) -> (f64, f64) {
        pair(self.expect(key)).unwrap_or_else(|| self.wrong_kind(key, "a pair of numbers"))
    }

    #[track_caller]
    fn expect(&self, key: &str) -> &Value {
        match self.options.iter().find(|(k, _)| k == key) {
            Some((_, value)) => value,
            None => panic!("the parameter group has no {key:?}"),
        }
    }

    #[cold]
    #[track_caller]
    fn wrong_kind(&self, key: &str, kind: &str) -> ! {
        panic!("{key:?} of the parameter group must be {kind}, not {:?}", self.expect(key))
    }
}

/// A number as Python would accept it for one: a float, an integer, or a tensor of one element.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(x) => Some(*x),
        Value::Int(x) => Some(*x as f64),
        Value::Tensor(t) if t.numel() == 1 => Some(t.item()),
        _ => None,
    }
}

pub(crate) fn pair(value: &Value) -> Option<(f64, f64)> {
    match value {
        Value::Tuple(xs) | Value::List(xs) => match &xs[..] {
            [a, b] => Some((number(a)?, number(b)?)),
            _ => None,
        },
        _ => None,
    }
}

/// A hyper-parameter whose default in torch is the integer 0: that is what 0 is printed and saved as.
pub(crate) fn int_if_zero(x: f64) -> Value {
    if x == 0.0 { Value::Int(0) } else { Value::Float(x) }
}

/// What an optimizer can be made from: parameters, named parameters, or groups.
///
/// `Sgd::new(net.parameters(), lr)`, `Sgd::new(net.named_parameters(), lr)` and
/// `Sgd::new([ParamGroup::new(…), …], lr)` all work, as in torch.
pub enum Entry {
    /// A parameter of the one group.
    Parameter(Parameter),
    /// A parameter of the one group, with its name.
    Named(String, Parameter),
    /// A whole group.
    Group(ParamGroup),
}

impl From<Parameter> for Entry {
    fn from(p: Parameter) -> Entry {
        Entry::Parameter(p)
    }
}

impl From<&Parameter> for Entry {
    fn from(p: &Parameter) -> Entry {
        Entry::Parameter(p.clone())
    }
}

impl From<(String, Parameter)> for Entry {
    fn from((name, p): (String, Parameter)) -> Entry {
        Entry::Named(name, p)
    }
}

impl From<ParamGroup> for Entry {
    fn from(group: ParamGroup) -> Entry {
        Entry::Group(group)
    }
}

/// Sorts what an optimizer was given into groups, refusing mixtures as torch does.
#[track_caller]
pub(crate) fn groups_from(entries: impl IntoIterator<Item = impl Into<Entry>>) -> Vec<ParamGroup> {
    let (mut params, mut named, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry.into() {
            Entry::Parameter(p) => params.push(p),
            Entry::Named(name, p) => named.push((name, p)),
            Entry::Group(group) => groups.push(group),
        }
    }
    match (params.is_empty(), named.is_empty(), groups.is_empty()) {
        (true, true, true) => panic!("optimizer got an empty parameter list"),
        (false, true, true) => vec![ParamGroup::new(params)],
        (true, false, true) => vec![ParamGroup::named(named)],
        (true, true, false) => groups,
        (false, false, true) => {
            panic!("all optimizer params should be with/without names. Some param names are missing")
        }
        _ => panic!("an optimizer takes either parameters or groups of them, not a mixture"),
    }
}
