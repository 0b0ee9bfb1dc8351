//! `#[derive(Module)]`, the one macro of Rushlight's `nn`.
//!
//! From the declaration of a struct's fields it writes the `Module` implementation (names, parameters,
//! buffers, children, settings, training mode, building from a file) and `Display`, torch's `repr`.
//! The attributes are read in `attributes.rs`, the code is written in `expand.rs`, and what each kind of
//! field does is ordinary Rust in `nn`: the macro never looks at a field's type.
#![forbid(unsafe_code)]

mod attributes;
mod expand;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements `nn::Module` and `Display` for a struct, from its fields.
///
/// A field without an attribute is part of the module: a `Parameter`, a `Buffer`, the `Training` flag,
/// another module, `Box<dyn Layer>`, `Arc<…>` of a module (shared), or an `Option` or `Vec` of these. Its
/// name in Rust is its name in `state_dict`. A field declared as `bias: Option<Parameter>` has a name only
/// while it is `Some`.
///
/// # On a field
/// - `#[module(config)]`: a setting. It is printed as `name=value` between the parentheses, saved with the
///   architecture and read back from it; its type implements serde's `Serialize` and `Deserialize`.
/// - `#[module(skip)]`: no part of the module. Not saved; a module built from a file gets its `Default`.
/// - `#[module(name = "0")]`: another name than the field's, in files and in print; without a dot.
///
/// # On the struct
/// - `#[module(name = "mine::Linear")]`: another name than the struct's, in files and in print.
/// - `#[module(extra_repr = Self::describe)]`: a `fn(&Self) -> String` for the text between the
///   parentheses, instead of `name=value, name=value`.
/// - `#[module(check = Self::check)]`: a `fn(&Self) -> Result<(), String>` that a module built from a file
///   must pass. Use it wherever `forward` relies on shapes or ranges that a damaged file could break.
///
/// `nn` shows it at work where it re-exports this macro.
#[proc_macro_derive(Module, attributes(module))]
pub fn derive_module(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::module(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
