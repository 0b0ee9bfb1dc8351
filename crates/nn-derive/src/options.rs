//! The code that `#[derive(Options)]` writes.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, LitStr, Path, Result, Token, parenthesized,
};

use crate::attributes::{each, refuse, set};

/// The implementations for `input`, where the crate at `root` has the names that the code uses.
pub(crate) fn options(input: &DeriveInput, root: &Path) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`#[derive(Options)]` is for structs"));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(Error::new_spanned(
            &input.ident,
            "options have names: the fields of a struct with braces",
        ));
    };
    let attributes = StructAttributes::parse(&input.attrs)?;
    let given = attributes.root.as_ref().map(|root| quote!(::#root));
    let root = given.unwrap_or_else(|| root.to_token_stream());
    let mut fields = Vec::new();
    for field in &named.named {
        let ident = field.ident.as_ref().expect("the field has a name");
        let span = field.ty.span().resolved_at(Span::call_site());
        fields.push((ident, span, FieldAttributes::parse(&field.attrs)?));
    }

    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let idents: Vec<_> = fields.iter().map(|(ident, ..)| ident).collect();
    let defaults = fields.iter().map(|(ident, span, attributes)| match &attributes.default {
        Some(default) => quote!(#ident: #default),
        None => quote_spanned!(*span=> #ident: ::core::default::Default::default()),
    });
    let documented = fields.iter().filter_map(|(ident, _, attributes)| {
        let default = attributes.default.as_ref()?;
        let default = default.to_token_stream().to_string().replace(" :: ", "::");
        Some(format!("`{ident}: {default}`"))
    });
    let documented = documented.collect::<Vec<_>>().join(", ");
    let documented = if documented.is_empty() { documented } else { format!("Sets {documented}.") };
    let names: Vec<_> = fields.iter().flat_map(|(ident, _, attributes)| attributes.names(ident)).collect();
    let entries = fields.iter().map(|(ident, span, field)| {
        let name = name(ident);
        let int_if_zero = field.int_if_zero.then(|| quote!(.int_if_zero()));
        let int_if_whole = field.int_if_whole.then(|| quote!(.int_if_whole()));
        let own = field.skip.then(|| quote!(.own()));
        let shown = field.shown.as_ref().or(attributes.shown.as_ref());
        let shown = shown.map(|shown| quote!(.shown(#root::Shown::#shown)));
        let constants = field.followed_by.iter().map(|(ident, value)| {
            let name = self::name(ident);
            quote!(#root::OptionEntry::constant(#name, &#value),)
        });
        quote_spanned! {*span=>
            #root::OptionEntry::new(#name, &self.#ident, &default.#ident) #int_if_zero #int_if_whole #shown #own,
            #(#constants)*
        }
    });
    let arms = fields.iter().map(|(ident, span, field)| {
        let name = name(ident);
        let constants = field.followed_by.iter().map(|(ident, _)| self::name(ident));
        quote_spanned! {*span=>
            #name => match #root::OptionValue::from_value(value) {
                ::core::result::Result::Ok(value) => self.#ident = value,
                ::core::result::Result::Err(error) => {
                    return ::core::result::Result::Err(#root::OptionError::new(
                        ::std::format!("{name} cannot be {value}: {error}"),
                    ));
                }
            },
            #(#constants => {})*
        }
    });
    let checks: Vec<_> =
        fields.iter().flat_map(|(.., field)| &field.checks).chain(&attributes.checks).collect();
    let checks = if checks.is_empty() {
        quote!(::core::result::Result::Ok(()))
    } else {
        let checks = checks.into_iter().map(|Check { holds, message }| {
            quote! {
                let holds: bool = #holds;
                if !holds {
                    problems.note(::core::result::Result::Err(
                        #root::OptionError::new(::std::format!(#message)),
                    ));
                }
            }
        });
        quote! {
            #[allow(unused_variables)]
            let Self { #(#idents),* } = ::core::clone::Clone::clone(self);
            let mut problems = #root::OptionError::default();
            #(#checks)*
            problems.or(())
        }
    };

    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::core::default::Default for #ident #type_generics #where_clause {
            #[doc = #documented]
            fn default() -> Self {
                Self { #(#defaults),* }
            }
        }

        #[automatically_derived]
        impl #impl_generics #root::Options for #ident #type_generics #where_clause {
            const NAMES: &'static [&'static str] = &[#(#names),*];

            fn entries(&self) -> ::std::vec::Vec<#root::OptionEntry> {
                let default = <Self as ::core::default::Default>::default();
                ::std::vec![#(#entries)*]
            }

            fn put(
                &mut self,
                name: &str,
                value: &#root::Value,
            ) -> ::core::result::Result<(), #root::OptionError> {
                match name {
                    #(#arms)*
                    _ => return ::core::result::Result::Err(#root::OptionError::unknown(name, Self::NAMES)),
                }
                ::core::result::Result::Ok(())
            }

            fn check(&self) -> ::core::result::Result<(), #root::OptionError> {
                #checks
            }
        }
    })
}

fn name(ident: &Ident) -> LitStr {
    LitStr::new(&ident.unraw().to_string(), ident.span())
}

/// Attributes of the struct.
#[derive(Default)]
struct StructAttributes {
    root: Option<Path>,
    shown: Option<Ident>,
    checks: Vec<Check>,
}

impl StructAttributes {
    fn parse(attributes: &[Attribute]) -> Result<Self> {
        refuse("option", attributes, "`option` is for a field: a struct takes `#[options(…)]`")?;
        let mut found = Self::default();
        each("options", attributes, |meta| {
            if meta.path.is_ident("crate") {
                set(&meta, &mut found.root, meta.value()?.parse()?)
            } else if meta.path.is_ident("shown") {
                set(&meta, &mut found.shown, shown(&meta)?)
            } else if meta.path.is_ident("check") {
                found.checks.push(Check::parse(&meta)?);
                Ok(())
            } else {
                Err(meta.error(
                    "unknown attribute: a struct takes `crate = name`, `shown = …` and `check(condition, \
                     \"message\")`",
                ))
            }
        })?;
        Ok(found)
    }
}

/// Attributes of one field.
#[derive(Default)]
struct FieldAttributes {
    default: Option<Expr>,
    checks: Vec<Check>,
    shown: Option<Ident>,
    int_if_zero: bool,
    int_if_whole: bool,
    skip: bool,
    /// Names and values of the keys that torch has behind this one.
    followed_by: Vec<(Ident, TokenStream)>,
}

impl FieldAttributes {
    fn parse(attributes: &[Attribute]) -> Result<Self> {
        refuse("options", attributes, "`options` is for the struct: a field takes `#[option(…)]`")?;
        let mut found = Self::default();
        each("option", attributes, |meta| {
            if meta.path.is_ident("default") {
                set(&meta, &mut found.default, meta.value()?.parse()?)
            } else if meta.path.is_ident("check") {
                found.checks.push(Check::parse(&meta)?);
                Ok(())
            } else if meta.path.is_ident("shown") {
                set(&meta, &mut found.shown, shown(&meta)?)
            } else if meta.path.is_ident("int_if_zero") {
                found.int_if_zero = true;
                Ok(())
            } else if meta.path.is_ident("int_if_whole") {
                found.int_if_whole = true;
                Ok(())
            } else if meta.path.is_ident("skip") {
                found.skip = true;
                Ok(())
            } else if meta.path.is_ident("followed_by") {
                meta.parse_nested_meta(|meta| {
                    let name = meta.path.require_ident()?.clone();
                    let value: Expr = meta.value()?.parse()?;
                    let value = value.to_token_stream();
                    let none = value.to_string() == "None";
                    found.followed_by.push((name, if none { quote!(()) } else { value }));
                    Ok(())
                })
            } else {
                Err(meta.error(
                    "unknown attribute: an option takes `default = …`, `check(condition, \"message\")`, \
                     `shown = …`, `int_if_zero`, `int_if_whole`, `skip` and `followed_by(name = value)`",
                ))
            }
        })?;
        Ok(found)
    }

    /// The name of the field, and of what follows it.
    fn names(&self, ident: &Ident) -> Vec<LitStr> {
        [ident].into_iter().chain(self.followed_by.iter().map(|(ident, _)| ident)).map(name).collect()
    }
}

/// The arguments of an `assert!` about the options by their names.
struct Check {
    holds: TokenStream,
    message: TokenStream,
}

impl Check {
    fn parse(meta: &ParseNestedMeta<'_>) -> Result<Self> {
        let content;
        parenthesized!(content in meta.input);
        // As it stands, since `syn` without all its features does not know every expression.
        let mut holds = TokenStream::new();
        while !content.peek(Token![,]) {
            holds.extend([content.parse::<TokenTree>()?]);
        }
        content.parse::<Token![,]>()?;
        Ok(Self { holds, message: content.parse()? })
    }
}

/// A variant of `Shown`.
fn shown(meta: &ParseNestedMeta<'_>) -> Result<Ident> {
    let given: Ident = meta.value()?.parse()?;
    let variant = match given.to_string().as_str() {
        "always" => "Always",
        "changed" => "Changed",
        "never" => "Never",
        _ => return Err(Error::new(given.span(), "an option is shown `always`, if `changed`, or `never`")),
    };
    Ok(Ident::new(variant, given.span()))
}
