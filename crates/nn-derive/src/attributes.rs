//! The attributes `#[module(…)]` of a struct and of its fields.

use proc_macro2::{TokenStream, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Expr, LitStr, Result, Token};

/// Attributes of the struct.
#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) name: Option<TokenStream>,
    pub(crate) extra_repr: Option<Expr>,
    pub(crate) check: Option<Expr>,
    pub(crate) hooks: Option<()>,
}

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        each("module", attributes, |meta| {
            if meta.path.is_ident("name") {
                set(&meta, &mut found.name, expression(&meta)?)
            } else if meta.path.is_ident("extra_repr") {
                set(&meta, &mut found.extra_repr, meta.value()?.parse()?)
            } else if meta.path.is_ident("check") {
                set(&meta, &mut found.check, meta.value()?.parse()?)
            } else if meta.path.is_ident("hooks") {
                set(&meta, &mut found.hooks, ())
            } else {
                Err(meta.error(
                    "unknown attribute: a struct takes `name = expression`, `extra_repr = function`, \
                     `check = function` and `hooks`",
                ))
            }
        })?;
        Ok(found)
    }
}

/// The part that a field plays in its module.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// Part of the tree: parameter, buffer, training flag or child; its type says which.
    #[default]
    Member,
    /// A setting, saved and printed.
    Config,
    /// A struct of options, saved and printed one by one.
    Options,
    /// None of the module's business.
    Skip,
}

/// Attributes of one field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) role: Role,
    pub(crate) name: Option<LitStr>,
}

impl FieldAttributes {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut role = None;
        let mut renamed = None;
        each("module", attributes, |meta| {
            if meta.path.is_ident("config") {
                set_role(&meta, &mut role, Role::Config)
            } else if meta.path.is_ident("options") {
                set_role(&meta, &mut role, Role::Options)
            } else if meta.path.is_ident("skip") {
                set_role(&meta, &mut role, Role::Skip)
            } else if meta.path.is_ident("name") {
                let name = not_empty(meta.value()?.parse()?)?;
                if name.value().contains('.') {
                    return Err(Error::new_spanned(name, "a part's name cannot contain \".\""));
                }
                set(&meta, &mut renamed, name)
            } else {
                Err(meta
                    .error("unknown attribute: a field takes `config`, `options`, `skip` and `name = \"…\"`"))
            }
        })?;
        if let (Some(Role::Skip | Role::Options), Some(name)) = (role, &renamed) {
            return Err(Error::new_spanned(name, "a skipped field and a struct of options have no name"));
        }
        Ok(Self { role: role.unwrap_or_default(), name: renamed })
    }
}

/// Reads each item of the attributes called `name`.
pub(crate) fn each(
    name: &str,
    attributes: &[Attribute],
    mut read: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    attributes.iter().filter(|a| a.path().is_ident(name)).try_for_each(|a| a.parse_nested_meta(&mut read))
}

/// Refuses the attributes called `name`, which would have no effect.
pub(crate) fn refuse(name: &str, attributes: &[Attribute], why: &str) -> Result<()> {
    match attributes.iter().find(|a| a.path().is_ident(name)) {
        Some(attribute) => Err(Error::new_spanned(attribute, why)),
        None => Ok(()),
    }
}

pub(crate) fn set<T>(meta: &ParseNestedMeta<'_>, slot: &mut Option<T>, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error("given twice")),
    }
}

fn set_role(meta: &ParseNestedMeta<'_>, slot: &mut Option<Role>, role: Role) -> Result<()> {
    match slot.replace(role) {
        None => Ok(()),
        Some(before) if before == role => Err(meta.error("given twice")),
        Some(_) => Err(meta.error("a field is one of `config`, `options` and `skip`")),
    }
}

/// The tokens of a name, since `syn` without all its features does not know every expression.
fn expression(meta: &ParseNestedMeta<'_>) -> Result<TokenStream> {
    let value = meta.value()?;
    if value.peek(LitStr) {
        not_empty(value.fork().parse()?)?;
    }
    let mut tokens = TokenStream::from(value.parse::<TokenTree>()?);
    while !value.is_empty() && !value.peek(Token![,]) {
        tokens.extend([value.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

fn not_empty(name: LitStr) -> Result<LitStr> {
    if name.value().is_empty() {
        return Err(Error::new_spanned(name, "a name cannot be empty"));
    }
    Ok(name)
}
