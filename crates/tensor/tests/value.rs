//! A `Value` and what serde writes and reads.

use std::collections::BTreeMap;
use tensor::{Tensor, Value, ones};

#[test]
fn what_serde_writes_comes_back() {
    let x: (Option<u8>, BTreeMap<i64, Vec<f32>>, [char; 2], ()) =
        (None, [(3, vec![0.1])].into(), ['a', '\''], ());
    let value = Value::of(&x);
    assert_eq!(value.to_string(), "(None, {3: [0.1]}, ('a', \"'\"), None)");
    assert_eq!(value.to(), Ok(x));
    assert_eq!(Value::of(&value), value, "a value is itself, tuples included");
    assert_eq!(value.to::<bool>().unwrap_err().to_string(), "invalid type: sequence, expected a boolean");
}

#[test]
fn json_is_a_value() {
    let value: Value = serde_json::from_str(r#"{"a": [1, -2.5, null, true, "x"], "b": {}}"#).unwrap();
    assert_eq!(value.to_string(), "{'a': [1, -2.5, None, True, 'x'], 'b': {}}");
    assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"a":[1,-2.5,null,true,"x"],"b":{}}"#);
    let error = serde_json::from_str::<Value>("18446744073709551615").unwrap_err().to_string();
    assert!(error.contains("18446744073709551615 is beyond 64 bits"), "{error}");
    assert!(serde_json::to_string(&Value::from(ones([1]))).is_err(), "a tensor is no JSON");
}

#[test]
fn entries_that_are_not_there_are_named() {
    let value = Value::dict([("model", Value::Int(1)), ("epoch", ones([2]).into())]);
    assert_eq!(
        value.entry("optimizer").unwrap_err().to_string(),
        "no entry \"optimizer\" among [\"model\", \"epoch\"]"
    );
    assert_eq!(
        format!("{:?}", value.entry("model").unwrap().entry("x").unwrap_err()),
        "expected a dict, found an int"
    );
    assert_eq!(
        Tensor::try_from(value.entry("model").unwrap()).unwrap_err().to_string(),
        "expected a tensor, found an int"
    );
}

#[test]
fn equal_values_are_equal_in_type_and_bits() {
    assert_eq!(Value::from(ones([2])), ones([2]).into());
    for (a, b) in [
        (Value::from(ones([2])), ones([1, 2]).into()),
        (Value::Int(1), Value::Float(1.0)),
        (Value::List(vec![]), Value::Tuple(vec![])),
        (Value::Float(f64::NAN), Value::Float(f64::NAN)),
    ] {
        assert_ne!(a, b);
    }
}

#[test]
#[should_panic(expected = "no plain data: 18446744073709551615 is beyond 64 bits")]
fn integers_beyond_64_bits_are_refused() {
    Value::of(&u64::MAX);
}
