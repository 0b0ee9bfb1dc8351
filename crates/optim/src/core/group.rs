use nn::{OptionError, OptionValue, Options, Parameter, Value};

/// Parameters and the options of their own, as torch's `{'params': …, 'lr': …}`: what an optimizer is made
/// from where one set of options is not enough. The others it takes from the optimizer:
///
/// ```
/// use optim::{ParamGroup, SGD, SGDOptions};
///
/// let [w, b] = [[2, 2], [1, 2]].map(|shape| nn::Parameter::new(tensor::zeros(shape)));
/// let groups = [ParamGroup::new([w]), ParamGroup::new([b]).with("lr", 0.01).with("weight_decay", 0)];
/// let optim = SGD::with(groups, SGDOptions { lr: 0.1, weight_decay: 1e-4, ..Default::default() });
/// assert_eq!(optim.param_groups()[0].options.lr, 0.1);
/// assert_eq!(optim.param_groups()[1].options.lr, 0.01);
/// assert_eq!(optim.param_groups()[1].options.weight_decay, 0.0);
/// ```
#[derive(Clone)]
pub struct ParamGroup {
    params: Vec<Parameter>,
    own: Vec<(String, Value)>,
}

impl ParamGroup {
    /// A group of parameters that leaves every option to the optimizer.
    pub fn new(params: impl IntoIterator<Item = Parameter>) -> ParamGroup {
        ParamGroup { params: params.into_iter().collect(), own: Vec::new() }
    }

    /// A group of named parameters; the names travel in the state dict as `param_names`.
    pub fn named(params: impl IntoIterator<Item = (String, Parameter)>) -> ParamGroup {
        let (names, params): (Vec<_>, Vec<_>) = params.into_iter().unzip();
        let names: Vec<_> = names.into_iter().map(Value::Str).collect();
        ParamGroup::new(params).with("param_names", names)
    }

    /// The group with the option `key` set. The optimizer refuses a value of another type; it does not look
    /// at the range, as torch does not.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> ParamGroup {
        self.own.push((key.to_owned(), value.into()));
        self
    }
}

/// Keys of torch's groups that choose between its implementations: they are kept, printed and saved, and
/// mean nothing here.
const SWITCHES: [&str; 4] = ["foreach", "fused", "capturable", "differentiable"];

/// A group of parameters in an optimizer whose rule has the options `O`.
pub struct Group<O> {
    /// The options, read at every step.
    pub options: O,
    params: Vec<Parameter>,
    /// The keys of the group in the order in which it got them, and the values that are not in the options:
    /// the switches, and what a schedule or a file has added.
    keys: Vec<(String, Option<Value>)>,
}

impl<O: Options> Group<O> {
    pub(super) fn new(given: ParamGroup, defaults: &O) -> Result<Group<O>, OptionError> {
        let mut group = Group { options: defaults.clone(), params: given.params, keys: Vec::new() };
        for (key, value) in given.own {
            group.put(&key, value)?;
        }
        group.complete();
        Ok(group)
    }

    /// The group with the keys and values of a file; what is wrong with them goes to `problems`.
    pub(super) fn loaded(
        &self,
        saved: &[(Value, Value)],
        defaults: &O,
        problems: &mut Vec<String>,
    ) -> Group<O> {
        let mut group = Group { options: defaults.clone(), params: self.params.clone(), keys: Vec::new() };
        for (key, value) in saved {
            match key {
                Value::Str(key) if key == "params" => {}
                Value::Str(key) => {
                    if let Err(problem) = group.put(key, value.clone()) {
                        problems.push(problem.to_string());
                    }
                }
                other => problems.push(format!("a key must be a string, not {other}")),
            }
        }
        // Without it the file is no optimizer's of this kind: a rate must not be made up.
        if O::NAMES.contains(&"lr") && !group.keys.iter().any(|(key, _)| key == "lr") {
            problems.push("missing lr".into());
        }
        group.complete();
        if let (None, Some(names)) = (group.get("param_names"), self.get("param_names")) {
            group.keys.push(("param_names".into(), Some(names)));
        }
        group
    }

    /// The parameters, in order.
    pub fn params(&self) -> &[Parameter] {
        &self.params
    }

    /// The value of a key, if the group has it.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        let kept = self.keys.iter().find(|(k, _)| k == key).and_then(|(_, value)| value.clone());
        kept.or_else(|| self.options.get(key))
    }

    fn put(&mut self, key: &str, value: Value) -> Result<(), OptionError> {
        let option = O::NAMES.contains(&key) && !SWITCHES.contains(&key);
        if option {
            self.options.put(key, &value)?;
        }
        let kept = (!option).then_some(value);
        match self.keys.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = kept,
            None => self.keys.push((key.to_owned(), kept)),
        }
        Ok(())
    }

    /// Adds the keys of the options that are not among the group's yet.
    fn complete(&mut self) {
        for option in self.options.entries().iter().filter(|option| !option.own) {
            if !self.keys.iter().any(|(key, _)| key == option.name) {
                self.keys.push((option.name.to_owned(), None));
            }
        }
    }

    /// All keys with their values, in order.
    pub(super) fn entries(&self) -> Vec<(&str, Value)> {
        let options = self.options.entries();
        let value = |key: &str| options.iter().find(|option| option.name == key).map(|o| o.value.clone());
        let entries =
            self.keys.iter().filter_map(|(key, kept)| Some((&**key, kept.clone().or_else(|| value(key))?)));
        entries.collect()
    }
}

/// A group of parameters in an optimizer whose rule is not known: its options by torch's names. Schedules,
/// and programs that choose an optimizer at run time, see groups so.
pub trait AnyGroup {
    /// The parameters, in order.
    fn params(&self) -> &[Parameter];

    /// The value of an option, or of a key that a schedule or a file has added.
    fn get(&self, key: &str) -> Option<Value>;

    /// Sets an option, or a key of one's own, which is kept, printed and saved.
    ///
    /// # Panics
    /// If the option is of another type.
    #[track_caller]
    fn set(&mut self, key: &str, value: Value);

    /// The value of a key that is a number.
    ///
    /// # Panics
    /// If the group lacks it, or it is something else.
    #[track_caller]
    fn float(&self, key: &str) -> f64 {
        match self.get(key) {
            Some(value) => match f64::from_value(&value) {
                Ok(x) => x,
                Err(_) => panic!("{key:?} of the parameter group must be a number, not {value}"),
            },
            None => panic!("the parameter group has no {key:?}"),
        }
    }

    /// The learning rate.
    #[track_caller]
    fn lr(&self) -> f64 {
        self.float("lr")
    }

    /// Sets the learning rate.
    #[track_caller]
    fn set_lr(&mut self, lr: f64) {
        self.set("lr", Value::Float(lr));
    }
}

impl<O: Options> AnyGroup for Group<O> {
    fn params(&self) -> &[Parameter] {
        &self.params
    }

    fn get(&self, key: &str) -> Option<Value> {
        self.get(key)
    }

    #[track_caller]
    fn set(&mut self, key: &str, value: Value) {
        if let Err(problem) = self.put(key, value) {
            panic!("{problem}");
        }
    }
}

/// An argument that an optimizer is made from: a parameter, a named parameter, or a group.
///
/// `SGD::new(net.parameters(), lr)`, `SGD::new(net.named_parameters(), lr)` and
/// `SGD::new([ParamGroup::new(…), …], lr)` all work, as in torch.
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
