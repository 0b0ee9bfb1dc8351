//! Files that NumPy wrote (`fixtures/numpy_files.py`), and what is written for it.

mod common;

use common::{bytes, fixture};
use nn::{Linear, StateDict, Value};
use serialize::{Contents, Format, LoadOptions, load_checkpoint, load_state_dict, save};
use tensor::{DType, Tensor, arange};

fn numbers(dtype: DType) -> Tensor {
    arange(0, 6, 1).reshape([2, 3]).to_dtype(dtype)
}

#[track_caller]
fn assert_same(found: &Tensor, expected: &Tensor) {
    assert_eq!((found.dtype(), found.shape()), (expected.dtype(), expected.shape()));
    assert_eq!(found.contiguous().bytes(), expected.contiguous().bytes());
}

#[test]
fn every_dtype_is_read_stored_and_deflated() {
    for name in ["dtypes.npz", "deflated.npz"] {
        let state = load_state_dict(fixture(name)).unwrap();
        assert_eq!(state.len(), 12);
        for (name, tensor) in state.iter() {
            let dtype = DType::ALL.into_iter().find(|dtype| dtype.name() == name).unwrap();
            assert_same(tensor, &numbers(dtype));
        }
    }
}

#[test]
fn big_endian_and_columns_first_are_read() {
    let state = load_state_dict(fixture("layouts.npz")).unwrap();
    assert_eq!(
        state.keys().collect::<Vec<_>>(),
        ["block.0.weight", "big/int16", "fortran", "cube", "scalar", "empty", "row"]
    );
    assert_same(&state["block.0.weight"], &numbers(DType::F32));
    assert_same(&state["big/int16"], &numbers(DType::I16));
    assert_same(&state["fortran"], &numbers(DType::F64));
    // As `torch.from_numpy` has it: the memory is not moved.
    assert_eq!(state["fortran"].strides(), [1, 2]);
    assert_same(&state["cube"], &arange(0, 24, 1).reshape([2, 3, 4]).to_dtype(DType::I32));
    assert_same(&state["scalar"], &Tensor::from(2.5_f32));
    assert_same(&state["empty"], &tensor::zeros([3, 0, 2]));
    assert_same(&state["row"], &Tensor::from([3.0_f32, 4.0, 5.0]));
}

#[test]
fn an_array_alone_is_a_tensor() {
    for name in ["array.npy", "version2.npy", "version3.npy"] {
        let value = load_checkpoint(fixture(name)).unwrap();
        assert_same(value.as_tensor().unwrap(), &numbers(DType::F32));
    }
}

#[test]
fn arrays_without_counterpart_are_named_and_left_out() {
    let error = load_state_dict(fixture("partial.npz")).unwrap_err().to_string();
    assert!(error.contains("partial.npz: 5 entries are not supported"), "{error}");
    let (state, left_out) =
        LoadOptions::new().allow_partial(true).load_state_dict(fixture("partial.npz")).unwrap();
    assert_eq!(state.keys().collect::<Vec<_>>(), ["kept"]);
    let left_out: Vec<_> = left_out.iter().map(ToString::to_string).collect();
    assert_eq!(
        left_out,
        [
            "an array of dtype `<c8` at ['complex']",
            "an array of dtype `<U1` at ['text']",
            "an array of dtype `<M8[D]` at ['time']",
            "an array of pickled Python objects at ['objects']",
            "an array of records at ['records']",
        ]
    );
}

#[test]
fn an_array_is_written_byte_for_byte_as_numpy_does() {
    let contents = Contents::from(Value::from(numbers(DType::F32)));
    assert_eq!(contents.to_bytes(Format::Numpy).unwrap(), bytes("array.npy"));
}

#[test]
fn what_is_written_is_read() {
    let mut state: StateDict =
        DType::ALL.into_iter().map(|dtype| (dtype.name().to_owned(), numbers(dtype).t())).collect();
    let error = Contents::from(state.clone()).to_bytes(Format::Numpy).unwrap_err().to_string();
    assert_eq!(error, "tensor `bfloat16` of torch.bfloat16, which NumPy does not have: not supported");
    state.remove("bfloat16");
    state.insert("scalar", Tensor::from(2.5_f32));
    state.insert("naïve/ name", tensor::zeros([3, 0, 2]));
    let bytes = Contents::from(state.clone()).to_bytes(Format::Numpy).unwrap();
    assert_eq!(Format::detect(&bytes), Some(Format::Numpy));
    let again = Contents::from_bytes(&bytes).unwrap().state_dict().unwrap();
    assert_eq!(again.keys().collect::<Vec<_>>(), state.keys().collect::<Vec<_>>());
    again.iter().for_each(|(name, tensor)| assert_same(tensor, &state[name]));
    let none = Contents::from(StateDict::new()).to_bytes(Format::Numpy).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("none.npz"), none).unwrap();
    assert!(load_state_dict(folder.path().join("none.npz")).unwrap().is_empty());
}

#[test]
fn other_things_than_arrays_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (value, found) in
        [(Value::dict([("epoch", Value::Int(3))]), "a dictionary with `epoch`"), (Value::Int(3), "an int")]
    {
        let error = Contents::from(value).to_bytes(Format::Numpy).unwrap_err().to_string();
        assert!(error.starts_with("expected a state dict or a tensor: "), "{error}");
        assert!(error.ends_with(&format!("found {found}")), "{error}");
    }
    let error = save(&Linear::new(1, 1), folder.path().join("net.npz")).unwrap_err().to_string();
    assert!(error.ends_with("found a whole model; its state dict can be saved"), "{error}");
}

/// An array with this header, and this many bytes of elements.
fn array(header: &str, elements: usize) -> Vec<u8> {
    let len = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\0", &len[..], header.as_bytes(), &vec![0; elements]].concat()
}

#[test]
fn headers_do_not_lie() {
    let header =
        |descr: &str, shape: &str| format!("{{'descr': {descr}, 'fortran_order': True, 'shape': {shape}}}");
    assert!(Contents::from_bytes(&array(&header("'<f4'", "(2, 3)"), 24)).is_ok());
    for (header, elements, expected) in [
        (header("'<f4'", "(2, 3)"), 23, "an array of shape [2, 3] should have 24 bytes, found 23"),
        (header("'<f4'", "(2, 3)"), 25, "found 25"),
        (header("'<f4'", "(4611686018427387904, 4, 0)"), 0, "is larger than memory"),
        (header("'<f4'", "(-1,)"), 4, "the header of an array is \"{'descr': '<f4'"),
        (header("'<f4'", "2"), 8, "the header of an array is"),
        (header("[('x', '<f4')]", "(1,)"), 4, "an array of records: not supported"),
        (header("f4", "(1,)"), 4, "the header of an array is"),
        (header("'f4'", "(1,)"), 4, "an array of dtype `f4`: not supported"),
        (header("'|O'", "(1,)"), 4, "an array of pickled Python objects: not supported"),
        (header("'>é4'", "(1,)"), 4, "an array of dtype"),
        ("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}".into(), 4, "the header of an array is"),
        (String::new(), 4, "the header of an array is \"\""),
    ] {
        let error = Contents::from_bytes(&array(&header, elements)).unwrap_err().to_string();
        assert!(error.contains(expected), "{header}: {error}");
    }
    let error = Contents::from_bytes(b"\x93NUMPY\x04\0").unwrap_err().to_string();
    assert_eq!(error, "an array of version 4.0: not supported");
    let error = Contents::from_bytes(b"\x93NUMPY\x02\0\xff\xff\xff\xff").unwrap_err().to_string();
    assert!(error.contains("cut short: expected 4294967295 bytes"), "{error}");
}
