//! Reads the recorded numbers of torch in `fixtures/` and compares with them.

#![allow(dead_code, unreachable_pub)] // each test file uses its own part

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tensor::{DType, Tensor};

/// Keeps the default generator to this test, which other tests of the file draw from too.
pub fn generator() -> MutexGuard<'static, ()> {
    static GENERATOR: Mutex<()> = Mutex::new(());
    GENERATOR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The cases of `fixtures/<name>.json`.
pub fn cases(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A number, or the name of one that JSON lacks.
pub fn number(v: &Value) -> f64 {
    match v.as_str() {
        Some(name) => name.parse().expect("nan, inf or -inf"),
        None => v.as_f64().unwrap_or_else(|| panic!("{v} is no number")),
    }
}

pub fn tensor(v: &Value) -> Tensor {
    let dtype = match v["dtype"].as_str().expect("a dtype") {
        "float32" => DType::F32,
        "float64" => DType::F64,
        "int64" => DType::I64,
        "uint8" => DType::U8,
        other => panic!("dtype {other}"),
    };
    let shape: Vec<usize> =
        v["shape"].as_array().expect("a shape").iter().map(|n| n.as_u64().unwrap() as usize).collect();
    values(&v["values"], shape, dtype)
}

/// The list of numbers `v` as a tensor.
pub fn values(v: &Value, shape: Vec<usize>, dtype: DType) -> Tensor {
    let values: Vec<f64> = v.as_array().expect("values").iter().map(number).collect();
    Tensor::from_vec(values, shape).to_dtype(dtype)
}

/// The value of an option, or torch's default where the case leaves it out.
pub fn option(case: &Value, name: &str, default: f64) -> f64 {
    case["options"].get(name).map_or(default, number)
}

/// A gradient to send back, as `record.ramp` in the scripts: 1/2, 9/16, … 23/16, 1/2, ….
pub fn ramp(y: &Tensor) -> Tensor {
    let values: Vec<f64> = (0..y.numel()).map(|i| 0.5 + (i % 16) as f64 / 16.0).collect();
    Tensor::from_vec(values, y.shape()).to_dtype(y.dtype())
}

/// Panics unless `got` is `expected` to a few units in the last place, relative to the element or, where
/// terms may cancel, to 1.
pub fn assert_close(what: &str, got: &Tensor, expected: &Tensor) {
    let (rtol, atol) = if expected.dtype() == DType::F32 { (1e-6, 3e-7) } else { (1e-13, 1e-15) };
    assert_within(what, got, expected, rtol, atol);
}

/// Panics unless `|got − expected| ≤ atol + rtol·|expected|` everywhere, NaN and infinities alike.
pub fn assert_within(what: &str, got: &Tensor, expected: &Tensor, rtol: f64, atol: f64) {
    assert_eq!(got.shape(), expected.shape(), "{what}: shapes");
    assert_eq!(got.dtype(), expected.dtype(), "{what}: dtypes");
    let wide = |t: &Tensor| t.to_dtype(DType::F64).to_vec::<f64>();
    for (i, (got, expected)) in wide(got).into_iter().zip(wide(expected)).enumerate() {
        let same = got == expected || (got.is_nan() && expected.is_nan());
        let near = (got - expected).abs() <= atol + rtol * expected.abs();
        assert!(same || near, "{what}: element {i} is {got:e}, torch has {expected:e}");
    }
}
