//! `#[derive(Module)]` and `#[derive(Options)]`, the macros of Rushlight's `nn`.
//!
//! From the declaration of a struct's fields `Module` writes the implementation of that trait (names,
//! parameters, buffers, children, settings, training mode, building from a file) and `Display`, torch's
//! `repr`; its attributes are read in `attributes.rs` and its code is written in `expand.rs`. `Options`
//! (`options.rs`) writes the trait of that name and `Default`. The work that each kind of field needs is
//! ordinary Rust in `nn` and `tensor`: the macros never look at a field's type.
#![forbid(unsafe_code)]

mod attributes;
mod expand;
mod hooks;
mod options;

use proc_macro::TokenStream;
use syn::{DeriveInput, Result, parse_macro_input, parse_quote};

/// Implements `nn::Module` and `Display` for a struct, from its fields.
///
/// A field without an attribute is part of the module: a `Parameter`, a `Buffer`, the `Training` flag,
/// another module, `Box<dyn Layer>` or `Box<dyn Module>`, `Arc<…>` of a module (shared), or an `Option` or
/// `Vec` of these. Its name in Rust is its name in `state_dict`. A field declared as
/// `bias: Option<Parameter>` has a name only while it is `Some`.
///
/// # On a field
/// - `#[module(config)]`: a setting. It is printed as `name=value` between the parentheses, saved with the
///   architecture and read back from it; its type implements serde's `Serialize` and `Deserialize`.
/// - `#[module(options)]`: a struct of options, with `#[derive(Options)]`. Each is a setting under its own
///   name; torch's choice of them is printed, and their checks hold for files too.
/// - `#[module(skip)]`: no part of the module. Not saved; a module built from a file gets its `Default`.
/// - `#[module(name = "0")]`: another name than the field's, in files and in print; without a dot.
///
/// # On the struct
/// - `#[module(name = "Conv2d")]`: another name than the struct's, in files and in print. It can be any
///   expression, also of the constants that the struct is generic over.
/// - `#[module(extra_repr = Self::describe)]`: a `fn(&Self) -> String` for the text between the
///   parentheses, instead of `name=value, name=value`.
/// - `#[module(check = Self::check)]`: a `fn(&Self) -> Result<(), String>` that a module built from a file
///   must pass. Use it wherever `forward` relies on shapes or ranges that a damaged file could break.
/// - `#[module(hooks)]`: its `Forward` has [`hooks`](macro@hooks) for every value of the parameters that the
///   struct is generic over; where it is implemented at once for all of them, that is known.
///
/// `nn` shows it at work where it re-exports this macro.
#[proc_macro_derive(Module, attributes(module))]
pub fn derive_module(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    written(expand::module(&input, &parse_quote!(::nn)))
}

/// [`derive(Module)`](macro@Module) for programs that depend on `rushlight` instead of `nn`.
#[proc_macro_derive(ModuleOfRushlight, attributes(module))]
pub fn derive_module_of_rushlight(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    written(expand::module(&input, &parse_quote!(::rushlight::nn)))
}

/// Implements `tensor::Options` and `Default` for a struct whose fields are options, in torch's order.
///
/// The type of an option is a `tensor::OptionValue`. Its name in Rust is its name in files and in print.
///
/// # On a field, as `#[option(…)]`
/// - `default = 1e-3`: the default, which the documentation of `default()` repeats; else the type's own.
/// - `check(lr >= 0.0, "Invalid learning rate: {lr}")`: a condition on the options, which stand there under
///   their names, and a message, both as `assert!` takes them. There may be several.
/// - `int_if_zero`: torch writes the integer 0 for it, where it is 0; `int_if_whole`: an integer where it is
///   whole, in a tuple too.
/// - `shown = never`: torch does not print it; `shown = changed`: it does where it is not the default.
/// - `skip`: an option that torch does not have, or keeps elsewhere: it is saved and printed only where it
///   is not the default.
/// - `followed_by(foreach = None, capturable = false)`: keys that torch has after this one and there is no
///   choice for here. They are printed and saved with these values; other values are accepted and left.
///
/// # On the struct, as `#[options(…)]`
/// - `check(condition, "message")`: a condition on several options.
/// - `shown = never`: for all fields that do not say otherwise.
/// - `crate = tensor`: the crate to find `Options` and its companions in, where it is not `nn`.
#[proc_macro_derive(Options, attributes(option, options))]
pub fn derive_options(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    written(options::options(&input, &parse_quote!(::nn)))
}

/// [`derive(Options)`](macro@Options) for programs that depend on `rushlight` instead of `nn`.
#[proc_macro_derive(OptionsOfRushlight, attributes(option, options))]
pub fn derive_options_of_rushlight(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    written(options::options(&input, &parse_quote!(::rushlight::nn)))
}

/// Lets a layer of your own have hooks: it stands on `impl Forward for …`, and the struct has a field
/// `training: Training`, which keeps them.
///
/// Every call of `forward` then goes through the hooks that `register_forward_hook` and its siblings have
/// registered. The layers of `nn` have this. A generic layer whose `Forward` is implemented for single
/// values of its parameters says `#[module(hooks)]` on the struct, too.
#[proc_macro_attribute]
pub fn hooks(_: TokenStream, item: TokenStream) -> TokenStream {
    written(hooks::hooks(item.into(), &parse_quote!(::nn)))
}

/// [`hooks`](macro@hooks) for programs that depend on `rushlight` instead of `nn`.
#[proc_macro_attribute]
pub fn hooks_of_rushlight(_: TokenStream, item: TokenStream) -> TokenStream {
    written(hooks::hooks(item.into(), &parse_quote!(::rushlight::nn)))
}

fn written(code: Result<proc_macro2::TokenStream>) -> TokenStream {
    code.unwrap_or_else(|error| error.to_compile_error()).into()
}
