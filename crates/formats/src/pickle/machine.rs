use super::node::{Id, Node};
use super::read::FORMAT;
use super::rebuild::Limits;
use crate::Error;
use crate::cursor::Cursor;
use std::collections::BTreeMap;

/// The state of a pickle's program: its objects, stack, open marks and memo.
pub(super) struct Machine<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) nodes: Vec<Node<'a>>,
    stack: Vec<Id>,
    /// Heights of the stack at each open mark.
    marks: Vec<usize>,
    memo: BTreeMap<u32, Id>,
    pub(super) limits: Limits,
}

impl<'a> Machine<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Machine {
            cursor: Cursor::new(bytes, FORMAT),
            nodes: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
            limits: Limits::for_pickle(bytes.len()),
        }
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.stack.len());
    }

    /// Puts an object there is already on the stack.
    pub(super) fn push_again(&mut self, id: Id) {
        self.stack.push(id);
    }

    pub(super) fn malformed(&self, at: usize, what: &str) -> Error {
        self.cursor.malformed(format!("the instruction at offset {at} {what}"))
    }

    pub(super) fn push(&mut self, node: Node<'a>) -> Result<(), Error> {
        let Ok(id) = u32::try_from(self.nodes.len()) else {
            return Err(self.cursor.malformed("more than 4 billion objects"));
        };
        self.nodes.push(node);
        self.stack.push(Id(id));
        Ok(())
    }

    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn top(&self) -> Result<Id, Error> {
        match self.stack.last() {
            Some(&id) if self.stack.len() > self.floor() => Ok(id),
            _ => Err(self.cursor.malformed(format!(
                "the instruction before offset {} finds its stack empty",
                self.cursor.at()
            ))),
        }
    }

    pub(super) fn pop(&mut self) -> Result<Id, Error> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    pub(super) fn pop_mark(&mut self) -> Result<Vec<Id>, Error> {
        match self.marks.pop() {
            Some(height) => Ok(self.stack.split_off(height)),
            None => Err(self
                .cursor
                .malformed(format!("the instruction before offset {} finds no mark", self.cursor.at()))),
        }
    }

    pub(super) fn tuple(&mut self, n: usize) -> Result<(), Error> {
        let mut items = Vec::with_capacity(n);
        for _ in 0..n {
            items.push(self.pop()?);
        }
        items.reverse();
        self.push(Node::Tuple(items))
    }

    pub(super) fn extend(&mut self, new: Vec<Id>) -> Result<(), Error> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::List(items) | Node::Set(items) => items.extend(new),
            Node::Opaque(_) => {}
            other => {
                let what = format!("appends to {}", other.kind());
                return Err(self.malformed(self.cursor.at() - 1, &what));
            }
        }
        Ok(())
    }

    pub(super) fn set_items(&mut self, flat: &[Id]) -> Result<(), Error> {
        let target = self.top()?;
        let at = self.cursor.at() - 1;
        match &mut self.nodes[target.0 as usize] {
            Node::Dict(items) if flat.len().is_multiple_of(2) => {
                items.extend(flat.chunks_exact(2).map(|pair| (pair[0], pair[1])));
                Ok(())
            }
            Node::Dict(_) => Err(self.malformed(at, "sets a key without a value")),
            Node::Opaque(_) => Ok(()),
            other => {
                let what = format!("sets items of {}", other.kind());
                Err(self.malformed(at, &what))
            }
        }
    }

    pub(super) fn remember(&mut self, slot: u32) -> Result<(), Error> {
        let top = self.top()?;
        self.memo.insert(slot, top);
        Ok(())
    }

    /// In the first slot that is free, as protocol 4 counts them.
    pub(super) fn remember_next(&mut self) -> Result<(), Error> {
        self.remember(self.memo.len() as u32)
    }

    pub(super) fn recall(&mut self, slot: u32) -> Result<(), Error> {
        match self.memo.get(&slot) {
            Some(&id) => {
                self.stack.push(id);
                Ok(())
            }
            None => Err(self.cursor.malformed(format!("memo {slot} was never set"))),
        }
    }
}
