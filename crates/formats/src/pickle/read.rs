use super::array;
use super::global::{self, Global};
use super::machine::Machine;
use super::node::{GlobalNode, Id, Node, Opaque, Pickle};
use super::opcode::*;
use super::rebuild::{self, Outcome};
use super::strided;
use crate::Error;
use std::borrow::Cow;

pub(super) const FORMAT: &str = "pickle";

/// Runs the pickle at the beginning of `bytes`.
///
/// Each instruction creates at most one node and none repeats another's contents, so what is
/// created is in proportion to the pickle's length.
///
/// # Errors
/// If it is cut short or does what no pickle does. What has no counterpart here is a [`Node::Opaque`].
pub fn read(bytes: &[u8]) -> Result<Pickle<'_>, Error> {
    let mut machine = Machine::new(bytes);
    loop {
        let at = machine.cursor.at();
        let opcode = machine.cursor.u8()?;
        if opcode == STOP {
            let root = machine.pop()?;
            return Ok(Pickle { len: machine.cursor.at(), nodes: machine.nodes, root });
        }
        machine.step(opcode, at)?;
    }
}

impl<'a> Machine<'a> {
    fn step(&mut self, opcode: u8, at: usize) -> Result<(), Error> {
        match opcode {
            PROTO => match self.cursor.u8()? {
                2..=5 => Ok(()),
                version => Err(Error::unsupported(format!("pickle protocol {version}"))),
            },
            FRAME => self.cursor.u64().map(drop),
            MARK => {
                self.mark();
                Ok(())
            }
            POP => self.pop().map(drop),
            POP_MARK => self.pop_mark().map(drop),
            DUP => {
                let top = self.top()?;
                self.push_again(top);
                Ok(())
            }

            NONE => self.push(Node::None),
            NEWTRUE => self.push(Node::Bool(true)),
            NEWFALSE => self.push(Node::Bool(false)),
            BININT => {
                let x = self.cursor.u32()? as i32;
                self.push(Node::Int(x.into()))
            }
            BININT1 => {
                let x = self.cursor.u8()?;
                self.push(Node::Int(x.into()))
            }
            BININT2 => {
                let x = self.cursor.u16()?;
                self.push(Node::Int(x.into()))
            }
            LONG1 => {
                let n = self.cursor.u8()?;
                self.long(usize::from(n))
            }
            LONG4 => {
                let n = self.cursor.u32()?;
                self.long(n as usize)
            }
            BINFLOAT => {
                let bits = self.cursor.u64()?.swap_bytes(); // big-endian
                self.push(Node::Float(f64::from_bits(bits)))
            }
            BINUNICODE => {
                let n = self.cursor.u32()?;
                self.string(n.into())
            }
            SHORT_BINUNICODE => {
                let n = self.cursor.u8()?;
                self.string(n.into())
            }
            BINUNICODE8 => {
                let n = self.cursor.u64()?;
                self.string(n)
            }
            SHORT_BINSTRING => {
                let n = self.cursor.u8()?;
                self.string_of_python2(n.into())
            }
            BINSTRING => {
                let n = self.cursor.u32()?;
                self.string_of_python2(n.into())
            }
            SHORT_BINBYTES => {
                let n = self.cursor.u8()?;
                self.bytes(n.into())
            }
            BINBYTES => {
                let n = self.cursor.u32()?;
                self.bytes(n.into())
            }
            BINBYTES8 | BYTEARRAY8 => {
                let n = self.cursor.u64()?;
                self.bytes(n)
            }

            EMPTY_TUPLE => self.push(Node::Tuple(Vec::new())),
            EMPTY_LIST => self.push(Node::List(Vec::new())),
            EMPTY_DICT => self.push(Node::Dict(Vec::new())),
            EMPTY_SET => self.push(Node::Set(Vec::new())),
            FROZENSET => {
                let items = self.pop_mark()?;
                self.push(Node::Set(items))
            }
            TUPLE1 => self.tuple(1),
            TUPLE2 => self.tuple(2),
            TUPLE3 => self.tuple(3),
            TUPLE => {
                let items = self.pop_mark()?;
                self.push(Node::Tuple(items))
            }
            APPEND => {
                let item = self.pop()?;
                self.extend(vec![item])
            }
            APPENDS | ADDITEMS => {
                let items = self.pop_mark()?;
                self.extend(items)
            }
            SETITEM => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set_items(&[key, value])
            }
            SETITEMS => {
                let items = self.pop_mark()?;
                self.set_items(&items)
            }

            BINPUT => {
                let slot = self.cursor.u8()?;
                self.remember(slot.into())
            }
            LONG_BINPUT => {
                let slot = self.cursor.u32()?;
                self.remember(slot)
            }
            MEMOIZE => self.remember_next(),
            BINGET => {
                let slot = self.cursor.u8()?;
                self.recall(slot.into())
            }
            LONG_BINGET => {
                let slot = self.cursor.u32()?;
                self.recall(slot)
            }

            GLOBAL => {
                let (module, name) = (self.cursor.line()?, self.cursor.line()?);
                let (module, name) = (self.text(module)?, self.text(name)?);
                self.global(module, name)
            }
            STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                match (self.take_str(module), self.take_str(name)) {
                    (Some(module), Some(name)) => {
                        // Both may have been named before, so that their bytes are not this instruction's.
                        self.limits.copy(module.len() + name.len())?;
                        self.global(&module, &name)
                    }
                    _ => Err(self.malformed(at, "names a global by something else than strings")),
                }
            }
            REDUCE | NEWOBJ => {
                let (args, function) = (self.pop()?, self.pop()?);
                self.call(function, args, at)
            }
            NEWOBJ_EX => {
                let (_keywords, args, class) = (self.pop()?, self.pop()?, self.pop()?);
                self.call(class, args, at)
            }
            BUILD => self.build(at),
            BINPERSID => {
                let id = self.pop()?;
                let storage = strided::persistent(&self.nodes, id);
                self.outcome(storage)
            }
            _ => Err(Error::unsupported(format!("pickle instruction {opcode:#04x} at offset {at}"))),
        }
    }

    fn call(&mut self, function: Id, args: Id, at: usize) -> Result<(), Error> {
        match &self.nodes[function.0 as usize] {
            Node::Global(GlobalNode(function)) => {
                let result = rebuild::call(&self.nodes, *function, args, &mut self.limits);
                self.outcome(result)
            }
            // Nothing is called: the object stands for what would have come of it.
            Node::Opaque(_) => {
                let made = rebuild::class_made(&self.nodes, function, args);
                self.push_again(made);
                Ok(())
            }
            other => {
                let what = format!("calls {}", other.kind());
                Err(self.malformed(at, &what))
            }
        }
    }

    fn outcome(&mut self, result: Result<Outcome<'a>, Error>) -> Result<(), Error> {
        match or_opaque(result)? {
            Outcome::New(node) => self.push(node),
            Outcome::Same(id) => {
                self.push_again(id);
                Ok(())
            }
        }
    }

    /// A two's-complement integer of any length.
    fn long(&mut self, n: usize) -> Result<(), Error> {
        let bytes = self.cursor.take(n)?;
        let negative = bytes.last().is_some_and(|&top| top >= 0x80);
        let fill = if negative { 0xff } else { 0 };
        let fits =
            bytes.len() <= 8 || (bytes[8..].iter().all(|&b| b == fill) && (bytes[7] >= 0x80) == negative);
        if !fits {
            return self.push(Node::Long(bytes));
        }
        let mut wide = [fill; 8];
        let n = bytes.len().min(8);
        wide[..n].copy_from_slice(&bytes[..n]);
        self.push(Node::Int(i64::from_le_bytes(wide)))
    }

    fn string(&mut self, n: u64) -> Result<(), Error> {
        let bytes = self.cursor.take_u64(n)?;
        let text = self.text(bytes)?;
        self.push(Node::Str(Cow::Borrowed(text)))
    }

    /// Text in every checkpoint there is; in other pickles it may hold bytes, such as those of an array.
    fn string_of_python2(&mut self, n: u64) -> Result<(), Error> {
        let bytes = self.cursor.take_u64(n)?;
        self.push(match std::str::from_utf8(bytes) {
            Ok(text) => Node::Str(Cow::Borrowed(text)),
            Err(_) => Node::Bytes(Cow::Borrowed(bytes)),
        })
    }

    fn bytes(&mut self, n: u64) -> Result<(), Error> {
        let bytes = self.cursor.take_u64(n)?;
        self.push(Node::Bytes(Cow::Borrowed(bytes)))
    }

    fn text(&self, bytes: &'a [u8]) -> Result<&'a str, Error> {
        std::str::from_utf8(bytes).map_err(|error| {
            self.cursor
                .malformed(format!("a string that ends at offset {} is not UTF-8: {error}", self.cursor.at()))
        })
    }

    fn take_str(&self, id: Id) -> Option<Cow<'a, str>> {
        match &self.nodes[id.0 as usize] {
            Node::Str(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), Error> {
        match global::lookup(module, name) {
            Some(Global::Dtype(element)) => self.push(Node::Dtype(element)),
            Some(global) => self.push(Node::Global(GlobalNode(global))),
            None => {
                let name = format!("{}.{}", module.escape_debug(), name.escape_debug());
                self.push(Node::Opaque(Opaque::Forbidden(name.into())))
            }
        }
    }

    /// `obj.__setstate__(state)`: torch hangs `_metadata` on a state dict this way, which loading does not
    /// need. An array of NumPy and its dtype get what they are this way; anything else with a state is not
    /// plain data.
    fn build(&mut self, at: usize) -> Result<(), Error> {
        let state = self.pop()?;
        let target = self.top()?;
        match &self.nodes[target.0 as usize] {
            Node::Dict(_) | Node::Opaque(_) => Ok(()),
            Node::Array(_) => {
                let array = array::with_state(&self.nodes, state, &mut self.limits);
                self.nodes[target.0 as usize] = or_opaque(array)?;
                Ok(())
            }
            Node::Global(GlobalNode(Global::ArrayDtype(element))) => {
                let dtype = array::dtype_with_state(&self.nodes, *element, state);
                self.nodes[target.0 as usize] = or_opaque(dtype)?;
                Ok(())
            }
            other => {
                let what = format!("gives a state to {}", other.kind());
                Err(self.malformed(at, &what))
            }
        }
    }
}

/// Objects without a counterpart here are left out of the value in the end; the rest of the pickle is read.
fn or_opaque<'a, T: From<Node<'a>>>(result: Result<T, Error>) -> Result<T, Error> {
    match result {
        Err(Error::Unsupported { what }) => Ok(Node::Opaque(Opaque::Unsupported(what.into())).into()),
        other => other,
    }
}
