use std::any::type_name;
use std::borrow::Cow;
use std::sync::Arc;

use crate::{Buffer, Builder, Error, Layer, Module, Parameter, Training};

/// The named parts of a module that hold state, in order of declaration.
///
/// ```
/// use nn::{Linear, Member, Module};
///
/// let linear = Linear::new(2, 4);
/// let members = linear.members();
/// let names: Vec<_> = members.iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["weight", "bias", "training"]);
/// ```
#[derive(Default)]
pub struct Members<'a>(Vec<(Cow<'a, str>, Member<'a>)>);

/// One part of a module.
#[derive(Clone, Copy)]
pub enum Member<'a> {
    /// A parameter, to be trained.
    Parameter(&'a Parameter),
    /// A buffer, kept and saved but not trained.
    Buffer(&'a Buffer),
    /// The flag that `train()` and `eval()` set.
    Training(&'a Training),
    /// A module that only this one owns.
    Module(&'a dyn Module),
    /// A module behind an `Arc`, which may be part of several; the number is the same wherever it is.
    Shared(&'a dyn Module, SharedId),
}

impl<'a> Member<'a> {
    fn module(self) -> Option<(&'a dyn Module, Option<SharedId>)> {
        match self {
            Member::Module(module) => Some((module, None)),
            Member::Shared(module, id) => Some((module, Some(id))),
            _ => None,
        }
    }
}

/// Identifies a shared module: the same for all clones of one `Arc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SharedId(usize);

impl SharedId {
    pub(crate) fn of<M: ?Sized>(shared: &Arc<M>) -> Self {
        Self(Arc::as_ptr(shared).cast::<()>().addr())
    }
}

impl<'a> Members<'a> {
    /// No parts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field under its name; a field that is `None` adds nothing.
    pub fn add(&mut self, name: impl Into<Cow<'a, str>>, field: &'a impl Field) {
        if let Some(member) = field.member() {
            self.0.push((name.into(), member));
        }
    }

    /// Takes a part out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// The items of a list, called `0`, `1` and so on.
    pub fn numbered(items: &'a [impl Field]) -> Self {
        let mut members = Self::new();
        items.iter().enumerate().for_each(|(i, item)| members.add(i.to_string(), item));
        members
    }

    /// The parts with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Member<'a>)> {
        self.0.iter().map(|(name, member)| (&**name, *member))
    }

    pub(crate) fn modules(&self) -> impl Iterator<Item = (&str, &'a dyn Module, Option<SharedId>)> {
        self.iter().filter_map(|(name, member)| member.module().map(|(module, id)| (name, module, id)))
    }

    /// The first module from the part at `start` on, and the place where it is.
    pub(crate) fn module_from(
        &self,
        start: usize,
    ) -> Option<(usize, &str, &'a dyn Module, Option<SharedId>)> {
        let mut rest = self.0.iter().enumerate().skip(start);
        rest.find_map(|(i, (name, member))| member.module().map(|(module, id)| (i, &**name, module, id)))
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &'a Parameter)> {
        self.iter().filter_map(|(name, member)| match member {
            Member::Parameter(parameter) => Some((name, parameter)),
            _ => None,
        })
    }

    pub(crate) fn buffers(&self) -> impl Iterator<Item = (&str, &'a Buffer)> {
        self.iter().filter_map(|(name, member)| match member {
            Member::Buffer(buffer) => Some((name, buffer)),
            _ => None,
        })
    }

    pub(crate) fn training(&self) -> Option<&'a Training> {
        self.0.iter().find_map(|(_, member)| match member {
            Member::Training(training) => Some(*training),
            _ => None,
        })
    }
}

/// A type that can be a field of a derived module, other than a setting.
///
/// Implemented for [`Parameter`], [`Buffer`], [`Training`], every [`Module`], an `Arc` of one, `Box` and
/// `Arc` of `dyn Layer` and `dyn Module`, and for `Option` of each. A `Vec` of these is itself a module whose
/// parts are called `0`, `1`, and so on, like torch's `ModuleList` and `ParameterList`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a part of a module",
    label = "neither a parameter, nor a buffer, nor a module",
    note = "parts of a module are `Parameter`, `Buffer`, `Training`, types with `#[derive(Module)]`, \
            `Box<dyn Layer>`, `Box<dyn Module>`, `Arc` of a module, and `Option` or `Vec` of these",
    note = "mark a setting with `#[module(config)]` and anything else with `#[module(skip)]`"
)]
pub trait Field: Send + Sync + Sized + 'static {
    /// The role of this field in its module; `None` if it is not there.
    fn member(&self) -> Option<Member<'_>>;

    /// Reads the field called `name` of the module that is being built.
    ///
    /// # Errors
    /// If the file does not describe it, or not as this type.
    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error>;

    /// How the kind of a generic module spells this type.
    #[doc(hidden)]
    fn kind_as_parameter() -> String {
        type_name::<Self>().to_owned()
    }

    /// The kind of a `Vec` of these.
    #[doc(hidden)]
    fn list_kind() -> &'static str {
        "ModuleList"
    }

    /// Whether the file has this field at all: what decides between `Some` and `None`.
    fn is_described(builder: &Builder<'_>, name: &str) -> bool {
        builder.has_child(name)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Module> Field for M {
    fn member(&self) -> Option<Member<'_>> {
        Some(Member::Module(self.as_module()))
    }

    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
        M::build(&mut builder.child(name)?)
    }

    fn kind_as_parameter() -> String {
        M::kind_path()
    }
}

impl Field for Parameter {
    fn member(&self) -> Option<Member<'_>> {
        Some(Member::Parameter(self))
    }

    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
        builder.parameter(name)
    }

    fn list_kind() -> &'static str {
        "ParameterList"
    }

    fn is_described(builder: &Builder<'_>, name: &str) -> bool {
        builder.has_parameter(name)
    }
}

impl Field for Buffer {
    fn member(&self) -> Option<Member<'_>> {
        Some(Member::Buffer(self))
    }

    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
        builder.buffer(name)
    }

    fn is_described(builder: &Builder<'_>, name: &str) -> bool {
        builder.has_buffer(name)
    }
}

impl Field for Training {
    fn member(&self) -> Option<Member<'_>> {
        Some(Member::Training(self))
    }

    fn build(builder: &mut Builder<'_>, _name: &str) -> Result<Self, Error> {
        Ok(Training::new(builder.training()))
    }
}

macro_rules! dynamic {
    ($trait:ident, $owned:ident, $shared:ident) => {
        impl Field for Box<dyn $trait> {
            fn member(&self) -> Option<Member<'_>> {
                Some(Member::Module((**self).as_module()))
            }

            fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
                builder.child(name)?.$owned()
            }
        }

        impl Field for Arc<dyn $trait> {
            fn member(&self) -> Option<Member<'_>> {
                Some(Member::Shared((**self).as_module(), SharedId::of(self)))
            }

            fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
                builder.child(name)?.$shared()
            }
        }
    };
}

dynamic!(Layer, layer, shared_layer);
dynamic!(Module, module, shared_module);

impl<M: Module> Field for Arc<M> {
    fn member(&self) -> Option<Member<'_>> {
        Some(Member::Shared((**self).as_module(), SharedId::of(self)))
    }

    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
        builder.child(name)?.shared()
    }
}

impl<F: Field> Field for Option<F> {
    fn member(&self) -> Option<Member<'_>> {
        self.as_ref().and_then(F::member)
    }

    fn build(builder: &mut Builder<'_>, name: &str) -> Result<Self, Error> {
        Self::is_described(builder, name).then(|| F::build(builder, name)).transpose()
    }

    fn is_described(builder: &Builder<'_>, name: &str) -> bool {
        F::is_described(builder, name)
    }
}
