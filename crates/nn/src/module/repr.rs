//! Printing modules as torch's `repr` does.

use std::fmt;

use crate::module::deep::one_deeper;
use crate::{Module, Parameter};

#[track_caller]
pub(crate) fn module(module: &dyn Module) -> String {
    let extra = module.extra_repr();
    let members = module.members();
    let entries =
        || members.modules().map(|(name, child, _)| format!("({name}): {}", child.repr())).collect();
    let children: Vec<_> = one_deeper(entries);
    entry(module.kind(), &extra, children)
}

/// `Kind(extra)`, or with children one line for each, indented.
pub(crate) fn entry(kind: &str, extra: &str, children: Vec<String>) -> String {
    if children.is_empty() && !extra.contains('\n') {
        return format!("{kind}({extra})");
    }
    block(kind, extra.lines().map(str::to_owned).chain(children))
}

/// A list whose equal neighbours stand in one line, `(0-2): 3 x Linear(…)`.
#[track_caller]
pub(crate) fn list(module: &dyn Module) -> String {
    let members = module.members();
    let mut runs: Vec<(usize, usize, String)> = Vec::new();
    for (i, (_, child, _)) in members.modules().enumerate() {
        let text = one_deeper(|| child.repr());
        match runs.last_mut() {
            Some((_, last, same)) if *same == text => *last = i,
            _ => runs.push((i, i, text)),
        }
    }
    if runs.is_empty() {
        let parameters =
            members.parameters().map(|(name, parameter)| listed(name, parameter, parameter.dtype().name()));
        return entry(module.kind(), &parameters.collect::<Vec<_>>().join("\n"), Vec::new());
    }
    block(
        module.kind(),
        runs.into_iter().map(|(first, last, text)| {
            if first == last {
                format!("({first}): {text}")
            } else {
                format!("({first}-{last}): {} x {text}", last - first + 1)
            }
        }),
    )
}

/// A parameter in a list, with what it is of.
pub(crate) fn listed(name: &str, parameter: &Parameter, kind: &str) -> String {
    let size: Vec<_> = parameter.shape().iter().map(ToString::to_string).collect();
    format!("  ({name}): Parameter containing: [torch.{kind} of size {}]", size.join("x"))
}

/// `name=value, name=value`.
#[doc(hidden)]
pub fn named_values<T: fmt::Display>(values: impl IntoIterator<Item = (&'static str, T)>) -> String {
    values.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(", ")
}

fn block(kind: &str, entries: impl Iterator<Item = String>) -> String {
    let mut text = format!("{kind}(\n");
    for line in entries.flat_map(|entry| entry.split('\n').map(str::to_owned).collect::<Vec<_>>()) {
        text.push_str("  ");
        text.push_str(&line);
        text.push('\n');
    }
    text.push(')');
    text
}
