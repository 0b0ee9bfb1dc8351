//! Fixtures and comparisons that several tests share.
#![allow(dead_code)] // each test uses its part

use nn::Value;
use std::path::PathBuf;
use tensor::DType;

pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file in the folder of fixtures that a reader of ours is for, in order.
pub(crate) fn all() -> Vec<String> {
    let entries = std::fs::read_dir(fixture("")).expect("the folder is in the repository");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("listed").file_name().into_string().expect("plain names"))
        .filter(|name| {
            [".pth", ".safetensors", ".model", ".npz", ".npy"].iter().any(|end| name.ends_with(end))
        })
        .collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// The same value: type, order, dtype, shape and every bit, NaN included.
pub(crate) fn assert_same(left: &Value, right: &Value, at: &str) {
    match (left, right) {
        (Value::Tensor(a), Value::Tensor(b)) => {
            assert_eq!((a.dtype(), a.shape()), (b.dtype(), b.shape()), "{at}");
            assert_eq!(a.bytes(), b.bytes(), "{at}");
        }
        (Value::List(a), Value::List(b)) | (Value::Tuple(a), Value::Tuple(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| assert_same(a, b, &format!("{at}[{i}]")));
        }
        (Value::Dict(a), Value::Dict(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            for ((ka, a), (kb, b)) in a.iter().zip(b) {
                let at = format!("{at}[{ka:?}]");
                assert_same(ka, kb, &at);
                assert_same(a, b, &at);
            }
        }
        (Value::Float(a), Value::Float(b)) => assert_eq!(a.to_bits(), b.to_bits(), "{at}"),
        (a, b) => assert_eq!(format!("{a:?}"), format!("{b:?}"), "{at}"),
    }
}

/// The value is what the recording script described.
pub(crate) fn assert_described(value: &Value, expected: &serde_json::Value, at: &str) {
    let field = |i: usize| &expected[i];
    match (field(0).as_str().expect("a type"), value) {
        ("none", Value::None) => {}
        ("bool", Value::Bool(x)) => assert_eq!(Some(*x), field(1).as_bool(), "{at}"),
        ("int", Value::Int(x)) => assert_eq!(Some(*x), field(1).as_i64(), "{at}"),
        ("float", Value::Float(x)) => assert_eq!(x.to_bits(), float(field(1)).to_bits(), "{at}"),
        ("str", Value::Str(x)) => {
            let parts = expected.as_array().expect("a type and parts")[1..].iter();
            let whole: String = parts.map(|part| part.as_str().expect("a text")).collect();
            assert_eq!(*x, whole, "{at}");
        }
        ("list", Value::List(items)) | ("tuple", Value::Tuple(items)) => {
            let expected = field(1).as_array().expect("items");
            assert_eq!(items.len(), expected.len(), "{at}");
            for (i, (item, expected)) in items.iter().zip(expected).enumerate() {
                assert_described(item, expected, &format!("{at}[{i}]"));
            }
        }
        ("dict", Value::Dict(items)) => {
            let expected = field(1).as_array().expect("items");
            assert_eq!(items.len(), expected.len(), "{at}");
            for ((key, value), expected) in items.iter().zip(expected) {
                let at = format!("{at}[{key:?}]");
                assert_described(key, &expected[0], &at);
                assert_described(value, &expected[1], &at);
            }
        }
        ("tensor", Value::Tensor(tensor)) => {
            assert_eq!(Some(tensor.dtype().name()), field(1).as_str(), "{at}");
            let shape: Vec<_> = tensor.shape().iter().map(|&n| serde_json::Value::from(n)).collect();
            assert_eq!(Some(&shape), field(2).as_array(), "{at}");
            let expected = field(3).as_array().expect("elements");
            assert_eq!(tensor.numel(), expected.len(), "{at}");
            if tensor.dtype().is_float() {
                let found = tensor.to_dtype(DType::F64).to_vec::<f64>();
                for (x, expected) in found.iter().zip(expected) {
                    let y = float(expected);
                    assert!(x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()), "{at}: {x} {y}");
                }
            } else {
                let found = tensor.to_dtype(DType::I64).to_vec::<i64>();
                for (x, expected) in found.iter().zip(expected) {
                    let y = expected.as_bool().map(i64::from).or(expected.as_i64());
                    assert_eq!(Some(*x), y, "{at}");
                }
            }
        }
        (kind, other) => panic!("{at}: expected {kind}, found {other:?}"),
    }
}

fn float(x: &serde_json::Value) -> f64 {
    match x.as_str() {
        Some(text) => text.parse().expect("nan or inf"),
        None => x.as_f64().expect("a number"),
    }
}
