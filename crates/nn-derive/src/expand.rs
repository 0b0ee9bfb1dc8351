//! The code that `#[derive(Module)]` writes.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    ConstParam, Data, DeriveInput, Error, GenericParam, Generics, LitStr, Member, Path, Result, Type,
    TypeParam, parse_quote,
};

use crate::attributes::{FieldAttributes, Role, StructAttributes};

/// The implementations for `input`, where the crate at `root` has the names that the code uses.
pub(crate) fn module(input: &DeriveInput, root: &Path) -> Result<TokenStream> {
    let attributes = StructAttributes::parse(&input.attrs)?;
    let fields = fields(input)?;
    let ident = &input.ident;
    if let Some(lifetime) = input.generics.lifetimes().next() {
        return Err(Error::new_spanned(lifetime, "a module owns what it holds: it cannot have a lifetime"));
    }
    let name = attributes.name.unwrap_or_else(|| ident.unraw().to_string().to_token_stream());
    let parameters = input.generics.params.iter().map(|parameter| as_parameter(parameter, &fields, root));
    let generics = bounded(&input.generics, &fields, root);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();

    let members =
        fields.iter().filter(|f| f.role == Role::Member).map(|Field { member, name, span, .. }| {
            quote_spanned! {*span=> members.add(#name, &self.#member); }
        });
    let config = fields.iter().map(|Field { member, name, span, role, .. }| match role {
        Role::Config => quote_spanned! {*span=>
            config.push((#name, #root::setting(&self.#member)));
        },
        Role::Options => quote_spanned! {*span=> config.extend(#root::Options::saved(&self.#member)); },
        Role::Member | Role::Skip => TokenStream::new(),
    });
    let build = fields.iter().map(|Field { member, name, span, role, .. }| {
        let value = match role {
            Role::Member => quote_spanned! {*span=> builder.field(#name)? },
            Role::Config => quote_spanned! {*span=> builder.config(#name)? },
            Role::Options => quote_spanned! {*span=> builder.options()? },
            Role::Skip => quote_spanned! {*span=> ::core::default::Default::default() },
        };
        quote! { #member: #value }
    });
    let shown = fields.iter().map(|Field { member, name, span, role, .. }| match role {
        Role::Config => quote_spanned! {*span=>
            shown.push((#name, #root::setting(&self.#member).to_string()));
        },
        Role::Options => quote_spanned! {*span=> shown.extend(#root::Options::repr(&self.#member)); },
        Role::Member | Role::Skip => TokenStream::new(),
    });
    let extra_repr = match attributes.extra_repr {
        Some(describe) => Some(quote!((#describe)(self))),
        None => fields.iter().any(|f| f.role == Role::Options).then(|| {
            quote! {
                let mut shown = ::std::vec::Vec::new();
                #(#shown)*
                #root::named_values(shown)
            }
        }),
    };
    let extra_repr = extra_repr.map(|text| {
        quote! {
            fn extra_repr(&self) -> ::std::string::String {
                #text
            }
        }
    });
    // Which types have hooks, only their `impl Forward` knows: a trait that they may implement is asked.
    let is_hooked = match attributes.hooks {
        Some(()) => quote!(true),
        None => quote! {
            #[allow(unused_imports)]
            use #root::__probe::{Plain as _, WithHooks as _};
            (&#root::__probe::Probe::<Self>::new()).is_hooked()
        },
    };
    let check = attributes.check.map(|check| {
        quote! { builder.check((#check)(&module))?; }
    });

    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #root::Module for #ident #type_generics #where_clause {
            fn kind_name() -> &'static str {
                #name
            }

            fn kind_path() -> ::std::string::String {
                #root::kind_path(::core::module_path!(), Self::kind_name(), &[#(#parameters),*])
            }

            fn members(&self) -> #root::Members<'_> {
                #[allow(unused_mut)]
                let mut members = #root::Members::new();
                #(#members)*
                members
            }

            fn config(&self) -> ::std::vec::Vec<(&'static str, #root::Value)> {
                #[allow(unused_mut)]
                let mut config = ::std::vec::Vec::new();
                #(#config)*
                config
            }

            #extra_repr

            fn is_hooked(&self) -> bool {
                #is_hooked
            }

            fn build(builder: &mut #root::Builder<'_>) -> ::core::result::Result<Self, #root::Error> {
                builder.expect_kind::<Self>()?;
                let module = Self { #(#build),* };
                #check
                ::core::result::Result::Ok(module)
            }
        }

        #[automatically_derived]
        impl #impl_generics ::core::fmt::Display for #ident #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&#root::Module::repr(self))
            }
        }
    })
}

struct Field {
    member: Member,
    name: LitStr,
    /// Where errors about the field's type belong: at the type, whatever macro that came through.
    span: Span,
    ty: Type,
    role: Role,
}

/// The generics with what the fields of generic types have to be: `L: Field` for `inner: L`.
fn bounded(generics: &Generics, fields: &[Field], root: &Path) -> Generics {
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
                Role::Member => parse_quote! { #ty: #root::Field },
                Role::Config => parse_quote! { #ty: #root::Setting },
                Role::Options => parse_quote! { #ty: #root::Options },
                Role::Skip => parse_quote! { #ty: ::core::default::Default },
            });
        }
    }
    bounded
}

/// How the kind spells a parameter: a constant by its value, a type by its own kind if a field has that type,
/// so that it is known to be part of a module, and else by its name.
fn as_parameter(parameter: &GenericParam, fields: &[Field], root: &Path) -> TokenStream {
    match parameter {
        GenericParam::Const(ConstParam { ident, .. }) => quote!(::std::string::ToString::to_string(&#ident)),
        GenericParam::Type(TypeParam { ident, .. }) => {
            let is_part = |field: &Field| {
                field.role == Role::Member && matches!(&field.ty, Type::Path(ty) if ty.path.is_ident(ident))
            };
            match fields.iter().any(is_part) {
                true => quote!(<#ident as #root::Field>::kind_as_parameter()),
                false => quote!(::std::string::ToString::to_string(::core::any::type_name::<#ident>())),
            }
        }
        GenericParam::Lifetime(_) => TokenStream::new(),
    }
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
        let named = |role: Role| matches!(role, Role::Member | Role::Config);
        let taken = |f: &&Field| named(f.role) && f.name.value() == name.value();
        if named(role) && fields.iter().find(taken).is_some() {
            return Err(Error::new_spanned(&name, format!("two fields are called \"{}\"", name.value())));
        }
        let span = field.ty.span().resolved_at(Span::call_site());
        fields.push(Field { member, name, span, ty: field.ty.clone(), role });
    }
    Ok(fields)
}
