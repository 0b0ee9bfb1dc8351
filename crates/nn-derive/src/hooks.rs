//! The code that `#[hooks]` writes.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Path, Result};

/// The `impl Forward for …` in `item` as the computation behind the hooks, and a `Forward` that calls both.
pub(crate) fn hooks(item: TokenStream, root: &Path) -> Result<TokenStream> {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let wrong = || Error::new_spanned(&item, "`#[hooks]` stands on `impl Forward for …`");
    let is = |at: usize, name: &str| matches!(&tokens[at], TokenTree::Ident(ident) if ident == name);
    let last = tokens.len().checked_sub(1).ok_or_else(wrong)?;
    let at = (0..last).find(|&at| is(at, "Forward") && is(at + 1, "for")).ok_or_else(wrong)?;
    let TokenTree::Group(body) = &tokens[last] else { return Err(wrong()) };
    let start = start_of_path(&tokens, at);
    let [before, path, after] = [&tokens[..start], &tokens[start..=at], &tokens[at + 1..last]]
        .map(|tokens| tokens.iter().cloned().collect::<TokenStream>());

    // What stands before the function: its documentation, and `#[track_caller]` if it has that.
    let inside: Vec<TokenTree> = body.stream().into_iter().collect();
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == "fn");
    let function = inside.iter().position(is_fn).ok_or_else(wrong)?;
    let attributes = &inside[..function];
    // Its own name, since in its body `forward` means that of other modules.
    let computed = inside.get(function + 2..).ok_or_else(wrong)?;
    let computed = quote! { #(#attributes)* fn __computed #(#computed)* };
    let called = quote! {
        #(#attributes)*
        fn forward(&self, x: &#root::__Variable) -> #root::__Variable {
            #root::__call_with_hooks(self, x)
        }
    };
    let called = Group::new(Delimiter::Brace, called);
    Ok(quote! {
        #before #root::__Hooked #after { #computed }
        #before #path #after #called
    })
}

/// Where the path that ends at `end` begins: `nn::Forward` three tokens before.
fn start_of_path(tokens: &[TokenTree], end: usize) -> usize {
    let colon = |at: usize, spacing: Spacing| matches!(&tokens[at], TokenTree::Punct(p) if p.as_char() == ':' && p.spacing() == spacing);
    let mut start = end;
    while start >= 2 && colon(start - 1, Spacing::Alone) && colon(start - 2, Spacing::Joint) {
        start -= 2;
        if start > 0 && matches!(&tokens[start - 1], TokenTree::Ident(ident) if ident != "impl") {
            start -= 1;
        }
    }
    start
}
