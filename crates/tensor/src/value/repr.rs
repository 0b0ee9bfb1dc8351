use super::Value;
use std::fmt::{self, Write};

/// As Python's `repr` prints it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(x) => write!(f, "{x}"),
            Self::Float(x) => float(*x, f),
            Self::Str(text) => string(text, f),
            Self::List(items) => {
                f.write_char('[')?;
                list(items, f)?;
                f.write_char(']')
            }
            Self::Tuple(items) => {
                f.write_char('(')?;
                list(items, f)?;
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            Self::Dict(entries) => {
                f.write_char('{')?;
                for (i, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if i == 0 { "" } else { ", " })?;
                }
                f.write_char('}')
            }
            Self::Tensor(tensor) => write!(f, "{tensor}"),
        }
    }
}

fn list(items: &[Value], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    items.iter().enumerate().try_for_each(|(i, item)| write!(f, "{}{item}", if i == 0 { "" } else { ", " }))
}

/// The shortest digits that read back as the same number, as Rust finds them too; but Python writes `1e-05`.
fn float(x: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if x.is_nan() {
        return f.write_str("nan");
    }
    let digits = format!("{x:?}");
    match digits.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
            write!(f, "{mantissa}e{sign}{exponent:0>2}")
        }
        None => f.write_str(&digits),
    }
}

/// In single quotes, unless it has some and no double ones.
fn string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    f.write_char(quote)?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\\' => f.write_str("\\\\")?,
            _ if c == quote => write!(f, "\\{c}")?,
            _ if is_printable(c) => f.write_char(c)?,
            '\0'..='\u{ff}' => write!(f, "\\x{:02x}", u32::from(c))?,
            '\u{100}'..='\u{ffff}' => write!(f, "\\u{:04x}", u32::from(c))?,
            _ => write!(f, "\\U{:08x}", u32::from(c))?,
        }
    }
    f.write_char(quote)
}

/// Rust escapes the characters that Python does, apart from quotes. Behind a letter it leaves accents alone.
fn is_printable(c: char) -> bool {
    let mut letters = [b'a', 0, 0, 0, 0];
    let len = 1 + c.encode_utf8(&mut letters[1..]).len();
    let text = std::str::from_utf8(&letters[..len]).expect("a letter and a character");
    c == '"' || c == '\'' || text.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_in_python() {
        for (x, expected) in [
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e-4, "0.0001"),
            (0.00001234, "1.234e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (2.5e-101, "2.5e-101"),
            (f64::NEG_INFINITY, "-inf"),
            (-f64::NAN, "nan"),
        ] {
            assert_eq!(Value::Float(x).to_string(), expected);
        }
    }

    #[test]
    fn text_prints_as_in_python() {
        for (text, expected) in [
            ("naïve ✓ \u{1f600}", "'naïve ✓ \u{1f600}'"),
            ("it's", "\"it's\""),
            ("\"it's\"", "'\"it\\'s\"'"),
            ("\0\n\r\t\\\u{7f}\u{a0}\u{ad}", "'\\x00\\n\\r\\t\\\\\\x7f\\xa0\\xad'"),
            ("e\u{301}\u{200b}\u{2028}\u{e000}\u{3000}", "'e\u{301}\\u200b\\u2028\\ue000\\u3000'"),
            ("\u{e0001}", "'\\U000e0001'"),
        ] {
            assert_eq!(Value::from(text).to_string(), expected);
        }
    }
}
