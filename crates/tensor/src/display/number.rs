//! One number as text, and the width that all numbers of a tensor share.

use half::{bf16, f16};

use super::PrintOptions;

/// An element in the widest type of its kind.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Float(f64),
    Int(i128),
    Bool(bool),
}

macro_rules! value_from {
    ($($t:ty => $kind:ident),*) => {$(
        impl From<$t> for Value {
            fn from(x: $t) -> Value {
                Value::$kind(x.into())
            }
        }
    )*};
}
value_from!(f32 => Float, f64 => Float, f16 => Float, bf16 => Float, bool => Bool);
value_from!(i64 => Int, i32 => Int, i16 => Int, i8 => Int, u64 => Int, u32 => Int, u16 => Int, u8 => Int);

/// The notation of a tensor's numbers.
#[derive(Clone, Copy)]
enum Notation {
    /// Integers and booleans as they are.
    Plain,
    /// Floats that are all whole: `3.`
    Whole,
    /// `3.1416`
    Fixed { precision: usize },
    /// `3.1416e+00`
    Scientific { precision: usize },
}

pub(super) struct NumberFormat {
    notation: Notation,
    width: usize,
}

impl NumberFormat {
    /// The notation and width for the values that will be shown.
    ///
    /// Zeros and non-finite values have no say in either, so that a tensor of only those is not aligned.
    pub(super) fn new(shown: &[Value], options: &PrintOptions) -> NumberFormat {
        if !matches!(shown.first(), Some(Value::Float(_))) {
            let width = shown.iter().map(|&v| text(v, Notation::Plain).len()).max().unwrap_or(1);
            return NumberFormat { notation: Notation::Plain, width };
        }
        let telling = |v: &Value| match *v {
            Value::Float(x) => (x.is_finite() && x != 0.0).then_some(x),
            _ => None,
        };
        let values: Vec<f64> = shown.iter().filter_map(telling).collect();
        if values.is_empty() {
            return NumberFormat { notation: Notation::Whole, width: 1 };
        }
        let min = values.iter().fold(f64::INFINITY, |m, x| m.min(x.abs()));
        let max = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let spread = max / min > 1000.0 || max > 1e8 || min < 1e-4;
        let precision = options.precision;
        let notation = if options.sci_mode.unwrap_or(spread) {
            Notation::Scientific { precision }
        } else if values.iter().all(|x| x.ceil() == *x) {
            Notation::Whole
        } else {
            Notation::Fixed { precision }
        };
        let width = values.iter().map(|&x| text(Value::Float(x), notation).len()).max();
        NumberFormat { notation, width: width.unwrap_or(1) }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The value, right-aligned.
    pub(super) fn text(&self, value: Value) -> String {
        format!("{:>width$}", text(value, self.notation), width = self.width)
    }
}

fn text(value: Value, notation: Notation) -> String {
    match (value, notation) {
        (Value::Bool(true), _) => "True".to_owned(),
        (Value::Bool(false), _) => "False".to_owned(),
        (Value::Int(x), _) => x.to_string(),
        (Value::Float(x), _) if x.is_nan() => "nan".to_owned(),
        (Value::Float(x), _) if x.is_infinite() => x.to_string(),
        (Value::Float(x), Notation::Plain | Notation::Whole) => format!("{x:.0}."),
        (Value::Float(x), Notation::Fixed { precision }) => format!("{x:.precision$}"),
        (Value::Float(x), Notation::Scientific { precision }) => {
            let rust = format!("{x:.precision$e}");
            let (mantissa, exponent) = rust.split_once('e').expect("{:e} writes an exponent");
            // Python writes the exponent's sign always, and at least two digits.
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("{mantissa}e{sign}{digits:0>2}")
        }
    }
}
