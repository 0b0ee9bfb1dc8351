use std::collections::HashSet;
use std::fmt;
use std::io::{Write, stderr};
use std::panic::Location;

use nn::Value;
use tensor::DType;

use crate::param_group::groups_from;
use crate::places::Places;
use crate::{Entry, ParamGroup, State};

/// What is particular to one kind of optimizer, besides its arithmetic.
pub struct Spec {
    /// torch's name, under which it prints.
    pub name: &'static str,
    /// Whether the state counts steps.
    pub step: bool,
    /// torch's names of the state tensors, at most three.
    pub slots: &'static [&'static str],
    /// How many of them every state has; the others depend on options.
    pub required: usize,
    /// The hyper-parameters of a group that does not set its own, `lr` among them, in torch's order.
    pub defaults: Vec<(&'static str, Value)>,
}

/// The part all optimizers share: parameter groups, the state of every parameter, state dicts, printing.
///
/// The crate's page shows how a new optimizer is built around one.
pub struct Core {
    pub(crate) spec: Spec,
    pub(crate) groups: Vec<ParamGroup>,
    /// One for every parameter, group after group.
    pub(crate) state: Vec<State>,
    pub(crate) places: Places,
}

impl Core {
    /// A core over parameters, named parameters or groups.
    ///
    /// # Panics
    /// If there are none, if a parameter appears in two groups, if parameters, named ones and groups are
    /// mixed, or if there are more than three slots.
    #[track_caller]
    pub fn new(spec: Spec, params: impl IntoIterator<Item = impl Into<Entry>>) -> Core {
        assert!(spec.slots.len() <= 3, "{}: at most three state tensors per parameter", spec.name);
        let mut core = Core { spec, groups: Vec::new(), state: Vec::new(), places: Places::default() };
        for group in groups_from(params) {
            core.add_param_group(group);
        }
        core
    }

    /// The groups of parameters.
    pub fn param_groups(&self) -> &[ParamGroup] {
        &self.groups
    }

    /// The groups, to change their hyper-parameters.
    pub fn param_groups_mut(&mut self) -> &mut [ParamGroup] {
        &mut self.groups
    }

    /// The state of every parameter, group after group. That of a parameter listed twice is at its last
    /// place.
    pub fn state(&self) -> &[State] {
        &self.state
    }

    /// The value that a group gets for a hyper-parameter it does not set; `None` if
    /// this optimizer has no such key.
    pub fn default_of(&self, key: &str) -> Option<&Value> {
        self.spec.defaults.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
    }

    /// Adds a group, filling in the hyper-parameters it does not set. A parameter that the group lists twice
    /// is updated twice in every step; a warning says so, as in torch.
    ///
    /// # Panics
    /// If a parameter is neither `F32` nor `F64`, is not a leaf or already belongs to this optimizer, or only
    /// some of the groups carry names.
    #[track_caller]
    pub fn add_param_group(&mut self, mut group: ParamGroup) {
        assert!(group.params.iter().all(|p| p.is_leaf()), "can't optimize a non-leaf Tensor");
        for dtype in group.params.iter().map(|p| p.dtype()) {
            let float = matches!(dtype, DType::F32 | DType::F64);
            assert!(float, "{}: parameters are F32 or F64, not {dtype}", self.spec.name);
        }
        let here: HashSet<_> = group.params.iter().map(|p| p.id()).collect();
        assert!(
            !self.groups.iter().flat_map(|g| &g.params).any(|p| here.contains(&p.id())),
            "some parameters appear in more than one parameter group"
        );
        let named = |g: &ParamGroup| g.get("param_names").is_some();
        assert!(
            self.groups.iter().all(|g| named(g) == named(&group)),
            "all optimizer param groups should be with/without names. cannot add param group {} names to the optimizer",
            if named(&group) { "with" } else { "without" }
        );
        for (key, default) in &self.spec.defaults {
            match group.get(key) {
                Some(_) => {}
                // The field set directly, before the group had the key.
                None if *key == "lr" && !group.lr.is_nan() => group.set(key, group.lr),
                None => group.set(key, default.clone()),
            }
        }
        self.state.extend(group.params.iter().map(|_| State::default()));
        let repeated = here.len() < group.params.len();
        self.groups.push(group);
        if repeated {
            self.places = Places::new(&self.groups);
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; \
                 see github.com/pytorch/pytorch/issues/40967 for more information",
            );
        }
    }

    /// Removes every gradient.
    pub fn zero_grad(&self) {
        for p in self.groups.iter().flat_map(|g| &g.params) {
            p.zero_grad();
        }
    }
}

/// Writes a warning to stderr, with the line of the program that it is about.
#[track_caller]
fn warn(warning: &str) {
    let text = format!("{}: warning: {warning}\n", Location::caller());
    let _ = stderr().write_all(text.as_bytes()); // a closed stderr is no reason to stop
}

impl fmt::Display for Core {
    /// torch's `repr`: the keys of every group, sorted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.spec.name)?;
        for (i, group) in self.groups.iter().enumerate() {
            write!(f, "\nParameter Group {i}\n")?;
            let mut keys: Vec<&str> = group.options.iter().map(|(key, _)| key.as_str()).collect();
            keys.sort_unstable();
            for key in keys {
                let value = group.get(key).expect("one of the group's own keys");
                match value {
                    Value::Str(text) => writeln!(f, "    {key}: {text}")?,
                    other => writeln!(f, "    {key}: {other}")?,
                }
            }
        }
        f.write_str(")")
    }
}
