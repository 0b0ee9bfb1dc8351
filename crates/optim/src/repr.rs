use nn::Value;

/// A value as Python's `str` shows it: what stands in an optimizer's printout.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Str(s) => s.clone(),
        other => repr(other),
    }
}

/// A value as Python's `repr` shows it: what stands inside a list or tuple.
pub(crate) fn repr(value: &Value) -> String {
    let join = |items: &[Value]| items.iter().map(repr).collect::<Vec<_>>().join(", ");
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(i) => i.to_string(),
        Value::Float(x) => float(*x),
        Value::Str(s) => format!("'{s}'"),
        Value::List(items) => format!("[{}]", join(items)),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", join(items)),
        Value::Tuple(items) => format!("({})", join(items)),
        Value::Dict(entries) => {
            let entries = entries.iter().map(|(k, v)| format!("{}: {}", repr(k), repr(v)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Tensor(t) => t.to_string(),
    }
}

/// Shortest digits that read back as the same number, as Rust finds them too; but Python writes `1e-08`.
fn float(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    let digits = format!("{x:?}");
    match digits.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            format!("{mantissa}e{sign}{exponent:0>2}")
        }
        None => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_writes_them() {
        let cases = [
            (1.0, "1.0"),
            (1e-8, "1e-08"),
            (1e-4, "0.0001"),
            (0.00001234, "1.234e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (2.5e-101, "2.5e-101"),
            (f64::INFINITY, "inf"),
            (-0.1, "-0.1"),
        ];
        for (x, expected) in cases {
            assert_eq!(float(x), expected);
        }
    }

    #[test]
    fn containers_are_written_as_python_writes_them() {
        let pair = Value::Tuple(vec![Value::Float(0.9), Value::Str("a".into())]);
        assert_eq!(
            repr(&Value::List(vec![pair, Value::None, Value::Bool(true)])),
            "[(0.9, 'a'), None, True]"
        );
    }
}
