//! Arrays of NumPy, whose elements stand in the pickle itself: `_reconstruct` makes an empty one, and its
//! state brings sizes, dtype and bytes.

use super::args::{Nodes, malformed, node, sequence, size, tuple, unexpected, wrong};
use super::global::{Element, Global, named};
use super::node::{Array, GlobalNode, Id, Node};
use super::rebuild::{Limits, Outcome};
use super::strided::MAX_DIMS;
use crate::Error;
use crate::limits::numel;

/// NumPy's codes of the dtypes that torch has too, by torch's names.
const CODES: [(&str, &str); 14] = [
    ("b1", "bool"),
    ("u1", "uint8"),
    ("u2", "uint16"),
    ("u4", "uint32"),
    ("u8", "uint64"),
    ("i1", "int8"),
    ("i2", "int16"),
    ("i4", "int32"),
    ("i8", "int64"),
    ("f2", "float16"),
    ("f4", "float32"),
    ("f8", "float64"),
    ("c8", "complex64"),
    ("c16", "complex128"),
];

/// `_reconstruct(numpy.ndarray, (0,), b'b')`: no elements yet, of one byte each.
pub(super) fn reconstruct<'a>(
    nodes: Nodes<'_, 'a>,
    args: &[Id],
    limits: &mut Limits,
) -> Result<Outcome<'a>, Error> {
    match args {
        [class, _shape, _code] => match node(nodes, *class) {
            Node::Global(GlobalNode(Global::ArrayClass)) => {
                limits.copy(size_of::<Array>())?;
                let element = named("int8").expect("torch has it");
                let empty = Array { element, shape: vec![0], columns_first: false, data: None };
                Ok(Node::Array(Box::new(empty)).into())
            }
            other => Err(unexpected("the class of an array", "numpy.ndarray", other)),
        },
        _ => Err(wrong("_reconstruct", args.len())),
    }
}

/// `numpy.dtype('u1', align, copy)`.
pub(super) fn dtype<'a>(nodes: Nodes<'_, 'a>, args: &[Id]) -> Result<Outcome<'a>, Error> {
    let code = match args.first().map(|&code| node(nodes, code)) {
        Some(Node::Str(code)) => code,
        Some(other) => return Err(unexpected("the code of a dtype", "a string", other)),
        None => return Err(wrong("numpy.dtype", 0)),
    };
    let name = CODES.iter().find(|(known, _)| known == code).map(|(_, name)| *name);
    match name.and_then(named) {
        Some(element) => Ok(Node::Global(GlobalNode(Global::ArrayDtype(element))).into()),
        None => Err(Error::unsupported(format!("a NumPy array of dtype `{}`", code.escape_debug()))),
    }
}

/// `(version, byte order, …)`, the state of a dtype.
pub(super) fn dtype_with_state<'a>(
    nodes: Nodes<'_, 'a>,
    element: Element,
    state: Id,
) -> Result<Node<'a>, Error> {
    match tuple(nodes, state, "the state of a dtype")? {
        [_version, order, ..] => match node(nodes, *order) {
            Node::Str(order) if order == "|" || order == "<" => {
                Ok(Node::Global(GlobalNode(Global::ArrayDtype(element))))
            }
            Node::Str(_) => Err(Error::unsupported("a big-endian NumPy array")),
            other => Err(unexpected("the byte order of a dtype", "a string", other)),
        },
        other => Err(wrong("the state of a dtype", other.len())),
    }
}

/// `(version, shape, dtype, columns first, bytes)`, the state of an array, as the array.
pub(super) fn with_state<'a>(
    nodes: Nodes<'_, 'a>,
    state: Id,
    limits: &mut Limits,
) -> Result<Node<'a>, Error> {
    let &[_version, shape, dtype, columns_first, data] = tuple(nodes, state, "the state of an array")? else {
        return Err(malformed("the state of an array has not five parts"));
    };
    let element: Element = match node(nodes, dtype) {
        Node::Global(GlobalNode(Global::ArrayDtype(element))) => *element,
        Node::Opaque(opaque) => return Ok(Node::Opaque(opaque.clone())),
        other => return Err(unexpected("the dtype of an array", "a dtype", other)),
    };
    let &Node::Bool(columns_first) = node(nodes, columns_first) else {
        return Err(unexpected("the order of an array", "a bool", node(nodes, columns_first)));
    };
    let items = sequence(nodes, shape, "the shape of an array")?;
    if items.len() > MAX_DIMS {
        return Err(Error::unsupported(format!("an array of {} axes", items.len())));
    }
    limits.copy(size_of::<Array>() + size_of_val(items))?;
    let shape =
        items.iter().map(|&item| size(nodes, item, "a size of an array")).collect::<Result<Vec<_>, _>>()?;
    let held = node(nodes, data).raw().map(<[u8]>::len);
    let Some(held) = held else {
        return Err(unexpected("the elements of an array", "bytes", node(nodes, data)));
    };
    if numel(&shape).and_then(|n| n.checked_mul(element.size())) != Some(held) {
        return Err(malformed(format!("an array of shape {shape:?} holds {held} bytes")));
    }
    Ok(Node::Array(Box::new(Array { element, shape, columns_first, data: Some(data) })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::read;

    /// As NumPy pickles `numpy.array([[1, 2, 3], [4, 5, 6]], dtype)`, with Python 2's strings; `state` is the
    /// one of the array: shape, columns first and bytes.
    fn pickle(code: &str, order: &str, state: &[u8]) -> Vec<u8> {
        let text = |text: &str| [&[b'U', text.len() as u8], text.as_bytes()].concat();
        [
            &b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01"[..],
            &state[..state.len() - 1],
            b"cnumpy\ndtype\n",
            &text(code),
            b"K\0K\x01\x87R(K\x03",
            &text(order),
            b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb",
            &state[state.len() - 1..],
        ]
        .concat()
    }

    fn bytes(code: &str, order: &str, shape: &[u8], columns_first: bool, data: &[u8]) -> Vec<u8> {
        let shape = [&b"("[..], &shape.iter().flat_map(|&n| [b'K', n]).collect::<Vec<_>>(), b"t"].concat();
        let flag = if columns_first { 0x88 } else { 0x89 };
        let mut all = pickle(code, order, &[shape, vec![flag]].concat());
        all.extend([b'T', data.len() as u8, 0, 0, 0]);
        all.extend(data);
        all.extend(b"tb.");
        all
    }

    #[test]
    fn an_array_has_its_bytes_whether_or_not_they_are_text() {
        for data in [[1, 2, 3, 4, 5, 6], [0xff, 0x80, 0, 0xc3, 9, 200]] {
            let bytes = bytes("u1", "|", &[2, 3], false, &data);
            let pickle = read(&bytes).unwrap();
            let Node::Array(array) = pickle.root() else { panic!("{:?}", pickle.root()) };
            assert_eq!((array.element.name(), &array.shape[..]), (Some("uint8"), &[2, 3][..]));
            assert_eq!((pickle.array_data(array), array.columns_first), (&data[..], false));
        }
    }

    #[test]
    fn an_array_whose_bytes_are_not_as_many_as_promised_is_refused() {
        for (code, shape) in [("u1", [2, 4]), ("f4", [2, 3]), ("u1", [255, 255])] {
            let bytes = bytes(code, "<", &shape, true, &[7; 6]);
            let error = read(&bytes).err().expect("it lies").to_string();
            assert!(error.contains("holds 6 bytes"), "{error}");
        }
    }

    #[test]
    fn other_dtypes_and_orders_have_no_counterpart() {
        for (code, order, what) in [("O8", "|", "dtype `O8`"), ("u2", ">", "big-endian")] {
            let bytes = bytes(code, order, &[3], false, &[7; 6]);
            let pickle = read(&bytes).unwrap();
            assert!(format!("{:?}", pickle.root()).contains(what), "{:?}", pickle.root());
        }
    }
}
