use super::{Value, ValueError};
use std::str::FromStr;

/// From what Python's `repr` prints of it, in any spacing. Tensors cannot be read.
impl FromStr for Value {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut parser = Parser { rest: text };
        let value = parser.value(0).and_then(|value| match parser.rest.trim_start() {
            "" => Some(value),
            _ => None,
        });
        let at = text.len() - parser.rest.len();
        value.ok_or_else(|| ValueError::Other(format!("no Python value at byte {at} of the text")))
    }
}

/// A parser at a place in a text. It does not say why a text is no value: the place where it stops has to do.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.rest = self.rest.trim_start();
        let first = self.rest.chars().next()?;
        match first {
            _ if depth > Value::MAX_DEPTH => None,
            '[' => Some(Value::List(self.items(']', depth)?.0)),
            '(' => match self.items(')', depth)? {
                // `(x)` is x in parentheses.
                (mut items, false) if items.len() == 1 => items.pop(),
                (items, _) => Some(Value::Tuple(items)),
            },
            '{' => self.entries(depth),
            '\'' | '"' => self.string(first).map(Value::Str),
            _ => self.word(),
        }
    }

    /// Whether the next character that is no space is this one, which is then behind.
    fn eat(&mut self, c: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The items of a list or tuple, and whether a comma stands behind the last.
    fn items(&mut self, close: char, depth: usize) -> Option<(Vec<Value>, bool)> {
        self.rest = &self.rest[1..];
        let (mut items, mut comma) = (Vec::new(), false);
        while !self.eat(close) {
            if !items.is_empty() && !comma {
                return None;
            }
            items.push(self.value(depth + 1)?);
            comma = self.eat(',');
        }
        Some((items, comma))
    }

    fn entries(&mut self, depth: usize) -> Option<Value> {
        self.rest = &self.rest[1..];
        let (mut entries, mut comma) = (Vec::new(), true);
        while !self.eat('}') {
            if !comma {
                return None;
            }
            let key = self.value(depth + 1)?;
            if !self.eat(':') {
                return None;
            }
            entries.push((key, self.value(depth + 1)?));
            comma = self.eat(',');
        }
        Some(Value::Dict(entries))
    }

    fn string(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest[1..].chars();
        loop {
            let c = match chars.next()? {
                c if c == quote => break,
                '\\' => match chars.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    c @ ('\\' | '\'' | '"') => c,
                    c @ ('x' | 'u' | 'U') => {
                        let len = [2, 4, 8][match c {
                            'x' => 0,
                            'u' => 1,
                            _ => 2,
                        }];
                        let digits = chars.as_str().get(..len)?;
                        chars = chars.as_str()[len..].chars();
                        char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
                    }
                    _ => return None,
                },
                c => c,
            };
            text.push(c);
        }
        self.rest = chars.as_str();
        Some(text)
    }

    /// A number or a name.
    fn word(&mut self) -> Option<Value> {
        let ends = |c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c));
        let (word, rest) = self.rest.split_at(self.rest.find(ends).unwrap_or(self.rest.len()));
        let value = match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            "nan" | "inf" | "-inf" => Value::Float(word.parse().ok()?),
            _ if !word.contains(|c: char| c.is_ascii_digit()) => return None,
            _ => word
                .parse()
                .map(Value::Int)
                .or_else(|_| match word.contains(['.', 'e', 'E']) {
                    true => word.parse().map(Value::Float).map_err(drop),
                    false => Err(()),
                })
                .ok()?,
        };
        self.rest = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let value = Value::Dict(vec![
            (Value::Int(-3), Value::List(vec![Value::None, true.into(), false.into(), Value::List(vec![])])),
            ("a".into(), Value::Tuple(vec![Value::Tuple(vec![]), Value::Tuple(vec![1.into()])])),
            ("floats".into(), [0.1, -0.0, 1e16, 5e-324, f64::INFINITY].map(Value::Float).to_vec().into()),
            (
                Value::Tuple(vec![1.into(), "x".into()]),
                "it's \"naïve\" \\ \0\n\u{a0}\u{2028}\u{e0001}".into(),
            ),
            ("ends".into(), vec![Value::Int(i64::MIN), Value::Int(i64::MAX)].into()),
            ("empty".into(), Value::Dict(vec![])),
        ]);
        assert_eq!(value.to_string().parse(), Ok(value));
        assert!("nan".parse::<Value>().unwrap().as_float().unwrap().is_nan());
    }

    #[test]
    fn spaces_and_last_commas_are_free() {
        for (text, expected) in [
            (" { 'a' : ( 1 , ) , } \n", "{'a': (1,)}"),
            ("[1 ,2,]", "[1, 2]"),
            ("((1))", "1"),
            ("\"it's\"", "\"it's\""),
        ] {
            assert_eq!(text.parse::<Value>().unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_where_it_begins() {
        for (text, at) in [
            ("", 0),
            ("[1 2]", 2),
            ("[1", 2),
            ("{1}", 2),
            ("{'a': }", 6),
            ("(,)", 1),
            ("'a", 0),
            ("'\\q'", 0),
            ("1 2", 1),
            ("-", 0),
            ("infinity", 0),
            ("1e", 0),
            ("9223372036854775808", 0),
            ("true", 0),
            ("'\\ud800'", 0),
        ] {
            let error = text.parse::<Value>().unwrap_err().to_string();
            assert!(error.starts_with("no Python value at byte "), "{error}");
            assert!(error.contains(&format!("byte {at} ")), "{text}: {error}");
        }
        for open in ["[", "(", "{1: "] {
            assert!(open.repeat(100_000).parse::<Value>().is_err());
        }
    }
}
