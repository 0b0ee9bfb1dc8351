//! The code that `#[derive(Module)]` writes.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Generics, LitStr, Member, Result, Type, parse_quote};

use crate::attributes::{FieldAttributes, Role, StructAttributes};

pub(crate) fn module(input: &DeriveInput) -> Result<TokenStream> {
    let attributes = StructAttributes::parse(&input.attrs)?;
    let fields = fields(input)?;
    let ident = &input.ident;
    if let Some(lifetime) = input.generics.lifetimes().next() {
        return Err(Error::new_spanned(lifetime, "a module owns what it holds: it cannot have a lifetime"));
    }
    let kind = attributes.name.unwrap_or_else(|| LitStr::new(&ident.unraw().to_string(), ident.span()));
    let generics = bounded(&input.generics, &fields);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let members =
        fields.iter().filter(|f| f.role == Role::Member).map(|Field { member, name, span, .. }| {
            quote_spanned! {*span=> members.add(#name, &self.#member); }
        });
    let config =
        fields.iter().filter(|f| f.role == Role::Config).map(|Field { member, name, span, .. }| {
            quote_spanned! {*span=> config.push((#name, ::nn::setting(&self.#member))); }
        });
    let build = fields.iter().map(|Field { member, name, span, role, .. }| {
        let value = match role {
            Role::Member => quote_spanned! {*span=> builder.field(#name)? },
            Role::Config => quote_spanned! {*span=> builder.config(#name)? },
            Role::Skip => quote_spanned! {*span=> ::core::default::Default::default() },
        };
        quote! { #member: #value }
    });
    let extra_repr = attributes.extra_repr.map(|describe| {
        quote! {
            fn extra_repr(&self) -> ::std::string::String {
                (#describe)(self)
            }
        }
    });
    let check = attributes.check.map(|check| {
        quote! { builder.check((#check)(&module))?; }
    });

    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::nn::Module for #ident #type_generics #where_clause {
            fn kind_name() -> &'static str {
                #kind
            }

            fn members(&self) -> ::nn::Members<'_> {
                #[allow(unused_mut)]
                let mut members = ::nn::Members::new();
                #(#members)*
                members
            }

            fn config(&self) -> ::std::vec::Vec<(&'static str, ::nn::Value)> {
                #[allow(unused_mut)]
                let mut config = ::std::vec::Vec::new();
                #(#config)*
                config
            }

            #extra_repr

            fn build(builder: &mut ::nn::Builder<'_>) -> ::core::result::Result<Self, ::nn::Error> {
                builder.expect_kind::<Self>()?;
                let module = Self { #(#build),* };
                #check
                ::core::result::Result::Ok(module)
            }
        }

        #[automatically_derived]
        impl #impl_generics ::core::fmt::Display for #ident #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&::nn::Module::repr(self))
            }
        }
    })
}

struct Field {
    member: Member,
    name: LitStr,
    /// Where errors about the field's type belong: at the type.
    span: Span,
    ty: Type,
    role: Role,
}

/// The generics with what the fields of generic types have to be: `L: Field` for `inner: L`.
fn bounded(generics: &Generics, fields: &[Field]) -> Generics {
    let parameters: Vec<_> = generics.type_params().map(|parameter| parameter.ident.clone()).collect();
    let mut bounded = generics.clone();
    let clause = bounded.make_where_clause();
    for parameter in &parameters {
        clause
            .predicates
            .push(parse_quote! { #parameter: ::core::marker::Send + ::core::marker::Sync + 'static });
    }
    for Field { ty, role, .. } in fields {
        if mentions(ty.to_token_stream(), &parameters) {
            clause.predicates.push(match role {
                Role::Member => parse_quote! { #ty: ::nn::Field },
                Role::Config => parse_quote! { #ty: ::nn::Setting },
                Role::Skip => parse_quote! { #ty: ::core::default::Default },
            });
        }
    }
    bounded
}

fn mentions(tokens: TokenStream, parameters: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => parameters.contains(&ident),
        TokenTree::Group(group) => mentions(group.stream(), parameters),
        _ => false,
    })
}

fn fields(input: &DeriveInput) -> Result<Vec<Field>> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(
            &input.ident,
            "`#[derive(Module)]` is for structs: the names of a module's parts are the names of its fields",
        ));
    };
    let mut fields = Vec::<Field>::new();
    for (member, field) in data.fields.members().zip(&data.fields) {
        let FieldAttributes { role, name } = FieldAttributes::parse(&field.attrs)?;
        let name = name.unwrap_or_else(|| {
            let text = match &member {
                Member::Named(ident) => ident.unraw().to_string(),
                Member::Unnamed(index) => index.index.to_string(),
            };
            LitStr::new(&text, member.span())
        });
        let taken = |f: &&Field| f.role != Role::Skip && f.name.value() == name.value();
        if role != Role::Skip && fields.iter().find(taken).is_some() {
            return Err(Error::new_spanned(&name, format!("two fields are called \"{}\"", name.value())));
        }
        fields.push(Field { member, name, span: field.ty.span(), ty: field.ty.clone(), role });
    }
    Ok(fields)
}
