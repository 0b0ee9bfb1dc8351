//! The part all optimizers share.

mod fields;
mod group;
mod hooks;
mod optimizer;
mod places;
mod rule;
mod state;
mod state_dict;
mod step;

use std::collections::HashSet;
use std::fmt;

use nn::Value;
use tensor::{DType, warn};

pub use fields::Fields;
pub use group::{AnyGroup, Entry, Group, ParamGroup};
pub use hooks::{StepHook, StepHooks};
pub use optimizer::Optimizer;
use places::Places;
pub use rule::{At, Rule, Update};
pub use state::{Memory, State};

/// An optimizer: parameter groups with their options, the state of every parameter, state dicts, printing;
/// and a [`Rule`] for the rest.
///
/// [`SGD`](crate::SGD) and the others are `Core`s; the crate's page shows how one more is written.
///
/// ```
/// use optim::Adam;
///
/// let w = nn::Parameter::new(tensor::ones([2]));
/// let mut optim = Adam::new([w], 0.1);
/// optim.param_groups_mut()[0].options.betas = (0.8, 0.99); // optim.param_groups[0]['betas'] = (0.8, 0.99)
/// assert!(optim.to_string().contains("    betas: (0.8, 0.99)\n"));
/// ```
pub struct Core<R: Rule> {
    /// The options of a group that does not set its own.
    defaults: R,
    groups: Vec<Group<R>>,
    /// One for every parameter, group after group.
    state: Vec<State<R::Memory>>,
    places: Places,
    hooks: StepHooks,
}

impl<R: Rule> Core<R> {
    /// An optimizer over parameters, named parameters or groups, with this learning rate and otherwise the
    /// default options.
    ///
    /// # Panics
    /// As [`Core::with`], and if the rule has no option `lr`.
    #[track_caller]
    pub fn new(params: impl IntoIterator<Item = impl Into<Entry>>, lr: f64) -> Self {
        let mut options = R::default();
        if let Err(problem) = options.put("lr", &Value::Float(lr)) {
            panic!("{}: {problem}", R::NAME);
        }
        Self::with(params, options)
    }

    /// An optimizer over parameters, named parameters or groups, with options.
    ///
    /// # Panics
    /// If one of `options` is out of its range, in torch's words; if there are no parameters, one appears in
    /// two groups, or parameters, named ones and groups are mixed; and as [`Core::add_param_group`].
    #[track_caller]
    pub fn with(params: impl IntoIterator<Item = impl Into<Entry>>, mut options: R) -> Self {
        options.assert_valid(R::NAME);
        options.complete();
        let (groups, state) = (Vec::new(), Vec::new());
        let (places, hooks) = (Places::default(), StepHooks::default());
        let mut core = Core { defaults: options, groups, state, places, hooks };
        for group in group::groups_from(params) {
            core.add_param_group(group);
        }
        core
    }

    /// The groups of parameters with their options.
    pub fn param_groups(&self) -> &[Group<R>] {
        &self.groups
    }

    /// The groups, to change their options.
    pub fn param_groups_mut(&mut self) -> &mut [Group<R>] {
        &mut self.groups
    }

    /// The state of every parameter, group after group. That of a parameter listed twice is at its last
    /// place.
    pub fn state(&self) -> &[State<R::Memory>] {
        &self.state
    }

    /// The state of every parameter, to change.
    pub fn state_mut(&mut self) -> &mut [State<R::Memory>] {
        &mut self.state
    }

    /// Adds a group, with this optimizer's own options for those it does not set. A parameter that the group
    /// lists twice is updated twice in every step; a warning says so, as in torch.
    ///
    /// The group's own options may be out of their ranges: torch does not look at them.
    ///
    /// # Panics
    /// If a parameter is neither `F32` nor `F64`, is not a leaf or already belongs to this optimizer, the
    /// rule does not take it or has one group only, an option is of another type, the options exclude each
    /// other, or only some of the groups carry names.
    #[track_caller]
    pub fn add_param_group(&mut self, group: ParamGroup) {
        assert!(
            !R::ONE_GROUP || self.groups.is_empty(),
            "{} doesn't support per-parameter options (parameter groups)",
            R::NAME
        );
        let group = match Group::new(group, &self.defaults) {
            Ok(group) => group,
            Err(problem) => panic!("{}: {problem}", R::NAME),
        };
        assert_possible(&group.options);
        assert!(group.params().iter().all(|p| p.is_leaf()), "can't optimize a non-leaf Tensor");
        if let Some(problem) = group.params().iter().find_map(|p| R::accepts(p).err()) {
            panic!("{}: {problem}", R::NAME);
        }
        for dtype in group.params().iter().map(|p| p.dtype()) {
            let float = matches!(dtype, DType::F32 | DType::F64);
            assert!(float, "{}: parameters are F32 or F64, not {dtype}", R::NAME);
        }
        let here: HashSet<_> = group.params().iter().map(|p| p.id()).collect();
        assert!(
            !self.groups.iter().flat_map(Group::params).any(|p| here.contains(&p.id())),
            "some parameters appear in more than one parameter group"
        );
        let named = |g: &Group<R>| g.get("param_names").is_some();
        assert!(
            self.groups.iter().all(|g| named(g) == named(&group)),
            "all optimizer param groups should be with/without names. cannot add param group {} names to the optimizer",
            if named(&group) { "with" } else { "without" }
        );
        let (first, count) = (self.state.len(), group.params().len());
        self.state.extend((0..count).map(|_| State::new::<R>()));
        self.groups.push(group);
        if here.len() < count {
            self.places = Places::new(&self.groups);
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; \
                 see github.com/pytorch/pytorch/issues/40967 for more information",
            );
        }
        if let (true, Some(group)) = (R::EAGER, self.groups.last()) {
            for (i, p) in group.params().iter().enumerate() {
                self.state[self.places.of(first + i)].make_slots(&group.options, &p.data());
            }
        }
    }
}

/// Refuses options that exclude each other.
#[track_caller]
fn assert_possible<R: Rule>(options: &R) {
    if let Err(problem) = options.possible() {
        panic!("{}: {problem}", R::NAME);
    }
}

impl<R: Rule> fmt::Display for Core<R> {
    /// torch's `repr`: the keys of every group, sorted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", R::NAME)?;
        for (i, group) in self.groups.iter().enumerate() {
            write!(f, "\nParameter Group {i}\n")?;
            let mut entries = group.entries();
            entries.sort_by_key(|(key, _)| *key);
            for (key, value) in entries {
                match value {
                    Value::Str(text) => writeln!(f, "    {key}: {text}")?,
                    other => writeln!(f, "    {key}: {other}")?,
                }
            }
        }
        f.write_str(")")
    }
}
