//! A value as a list of nodes, and back.

use super::malformed;
use super::manifest::Node;
use crate::ErrorKind;
use crate::elements::Shared;
use nn::Value;
use std::collections::HashSet;
use tensor::Tensor;

type Named<'a> = Vec<(&'a str, &'a Tensor)>;

/// The tensors of a value with their names, and its nodes; no nodes for a state dict, whose names say
/// all there is, unless several of them name one tensor.
pub(super) fn flatten(value: &Value) -> Result<(Named<'_>, Option<Vec<Node<'_>>>), ErrorKind> {
    if let Some(named) = as_state_dict(value) {
        let mut shared = Shared::default();
        if named.iter().enumerate().all(|(i, (_, tensor))| shared.number(tensor, i) == i) {
            return Ok((named, None));
        }
    }
    let (mut tensors, mut nodes) = (Vec::new(), Vec::new());
    push(value, 0, &mut tensors, &mut nodes)?;
    Ok((tensors, Some(nodes)))
}

/// The nodes of a value without tensors.
pub(super) fn nodes(value: &Value) -> Result<Vec<Node<'_>>, ErrorKind> {
    let mut nodes = Vec::new();
    push(value, 0, &mut Vec::new(), &mut nodes)?;
    Ok(nodes)
}

/// The entries, if all are tensors under different names.
pub(crate) fn as_state_dict(value: &Value) -> Option<Named<'_>> {
    let mut seen = HashSet::new();
    let entries = value.as_dict()?.iter().map(|(key, value)| Some((key.as_str()?, value.as_tensor()?)));
    let named: Named<'_> = entries.collect::<Option<_>>()?;
    named.iter().all(|(name, _)| seen.insert(*name)).then_some(named)
}

fn push<'a>(
    value: &'a Value,
    depth: usize,
    tensors: &mut Named<'a>,
    nodes: &mut Vec<Node<'a>>,
) -> Result<(), ErrorKind> {
    if depth > Value::MAX_DEPTH {
        return Err(ErrorKind::unsupported(format!("a value nested more than {} deep", Value::MAX_DEPTH)));
    }
    nodes.push(match value {
        Value::None => Node::None,
        Value::Bool(x) => Node::Bool(*x),
        Value::Int(x) => Node::Int(*x),
        Value::Float(x) => Node::Float(*x),
        Value::Str(text) => Node::Str(text),
        Value::List(items) => Node::List(items.len() as u64),
        Value::Tuple(items) => Node::Tuple(items.len() as u64),
        Value::Dict(items) => Node::Dict(items.len() as u64),
        Value::Tensor(tensor) => {
            push_tensor(tensor, tensors.len(), tensors, nodes);
            return Ok(());
        }
    });
    match value {
        Value::List(items) | Value::Tuple(items) => {
            items.iter().try_for_each(|item| push(item, depth + 1, tensors, nodes))
        }
        Value::Dict(items) => {
            let mut shared = Shared::default();
            items.iter().try_for_each(|(key, value)| {
                push(key, depth + 1, tensors, nodes)?;
                match value {
                    Value::Tensor(tensor) => {
                        let number = shared.number(tensor, tensors.len());
                        push_tensor(tensor, number, tensors, nodes);
                        Ok(())
                    }
                    _ => push(value, depth + 1, tensors, nodes),
                }
            })
        }
        _ => Ok(()),
    }
}

/// Tensor number `number`, a new one or one before.
fn push_tensor<'a>(tensor: &'a Tensor, number: usize, tensors: &mut Named<'a>, nodes: &mut Vec<Node<'a>>) {
    if number == tensors.len() {
        tensors.push(("", tensor));
    }
    nodes.push(Node::Tensor(number as u64));
}

pub(super) fn state_dict(tensors: Vec<(&str, Tensor)>) -> Result<Value, ErrorKind> {
    let mut seen = HashSet::new();
    for (name, _) in &tensors {
        if !seen.insert(*name) {
            return Err(malformed(format!("two tensors are named `{}`", name.escape_debug())));
        }
    }
    Ok(Value::dict(tensors.into_iter().map(|(name, tensor)| (name, Value::Tensor(tensor)))))
}

pub(super) fn unflatten(nodes: &[Node<'_>], tensors: &[(&str, Tensor)]) -> Result<Value, ErrorKind> {
    let mut nodes = nodes.iter();
    let value = build(&mut nodes, 0, tensors)?;
    match nodes.len() {
        0 => Ok(value),
        n => Err(malformed(format!("{n} nodes follow the value"))),
    }
}

fn build(
    nodes: &mut std::slice::Iter<'_, Node<'_>>,
    depth: usize,
    tensors: &[(&str, Tensor)],
) -> Result<Value, ErrorKind> {
    if depth > Value::MAX_DEPTH {
        return Err(malformed(format!("a value nested more than {} deep", Value::MAX_DEPTH)));
    }
    let node = nodes.next().ok_or_else(|| malformed("a node of the value is missing"))?;
    let mut part = || build(nodes, depth + 1, tensors);
    Ok(match node {
        Node::None => Value::None,
        Node::Bool(x) => Value::Bool(*x),
        Node::Int(x) => Value::Int(*x),
        Node::Float(x) => Value::Float(*x),
        Node::Str(text) => Value::Str(text.to_string()),
        Node::List(n) => Value::List((0..*n).map(|_| part()).collect::<Result<_, _>>()?),
        Node::Tuple(n) => Value::Tuple((0..*n).map(|_| part()).collect::<Result<_, _>>()?),
        Node::Dict(n) => {
            Value::Dict((0..*n).map(|_| Ok((part()?, part()?))).collect::<Result<_, ErrorKind>>()?)
        }
        Node::Tensor(index) => match usize::try_from(*index).ok().and_then(|i| tensors.get(i)) {
            Some((_, tensor)) => Value::Tensor(tensor.clone()),
            None => {
                return Err(malformed(format!("the value names tensor {index} of {}", tensors.len())));
            }
        },
    })
}
