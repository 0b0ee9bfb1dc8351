use std::fmt;
use std::ops::Index;

use serde_json::{Map, Value as Json};
use tensor::{Options, Tensor, Value};

use crate::numbers::{Numbers, dtype};

/// One line of a [`Recording`](crate::Recording). `case["key"]` is a field as JSON, or null;
/// [`tensor`](Case::tensor) has the tensors.
pub struct Case {
    line: usize,
    name: String,
    fields: Json,
    tensors: Vec<(String, Tensor)>,
}

impl Case {
    /// Reads the line `at` and as many of those below as belong to it.
    pub(crate) fn parse<'a>(
        at: usize,
        line: &'a str,
        mut below: impl Iterator<Item = &'a str>,
        numbers: &mut Numbers,
    ) -> Result<Case, String> {
        let (name, mut rest) = match line.starts_with('"') {
            true => {
                json(line).and_then(|(name, rest)| Ok((name.as_str().ok_or("a name")?.to_owned(), rest)))?
            }
            false => word(line, |name| Ok(name.to_owned()))?,
        };
        let (mut fields, mut tensors) = (Map::new(), Vec::new());
        while !rest.is_empty() {
            let field = rest.strip_prefix(' ').and_then(|rest| rest.split_once('='));
            let field = field.filter(|(key, _)| !key.contains(' '));
            let (key, value) = field.ok_or_else(|| format!("expected ` key=value`, found {rest:?}"))?;
            if let Some(count) = value.strip_prefix('|') {
                let (count, after) = word(count, |n| n.parse().map_err(|_| format!("{key}: {n:?} lines")))?;
                let text: Vec<&str> =
                    below.by_ref().take(count).filter_map(|line| line.strip_prefix('|')).collect();
                if text.len() != count {
                    return Err(format!("{key}: fewer than {count} lines that begin with `|`"));
                }
                fields.insert(key.to_owned(), text.join("\n").into());
                rest = after;
            } else if let Some((dtype, _)) = value.split_once('[').and_then(|(d, x)| Some((dtype(d)?, x))) {
                let (t, after) =
                    word(value, |text| numbers.tensor(dtype, text).map_err(|why| format!("{key}: {why}")))?;
                tensors.push((key.to_owned(), t));
                rest = after;
            } else {
                let (value, after) = json(value).map_err(|why| format!("{key}: {why}"))?;
                fields.insert(key.to_owned(), value);
                rest = after;
            }
        }
        Ok(Case { line: at, name, fields: fields.into(), tensors })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All fields but the tensors, as a JSON object.
    pub fn fields(&self) -> &Json {
        &self.fields
    }

    /// The keys of the tensors, in order.
    pub fn tensors(&self) -> Vec<&str> {
        self.tensors.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// A tensor, if the case has it.
    pub fn get_tensor(&self, key: &str) -> Option<Tensor> {
        self.tensors.iter().find(|(name, _)| name == key).map(|(_, t)| t.clone())
    }

    /// A tensor.
    #[track_caller]
    pub fn tensor(&self, key: &str) -> Tensor {
        self.get_tensor(key).unwrap_or_else(|| panic!("{self:?}: there is no tensor {key}"))
    }

    /// A number, or the name of one that JSON lacks, if the case has it.
    #[track_caller]
    pub fn get_number(&self, key: &str) -> Option<f64> {
        match &self[key] {
            Json::Null => None,
            Json::String(name) => {
                Some(name.parse().unwrap_or_else(|_| panic!("{self:?}: {key} is no number")))
            }
            value => Some(value.as_f64().unwrap_or_else(|| panic!("{self:?}: {key} is no number"))),
        }
    }

    /// A number.
    #[track_caller]
    pub fn number(&self, key: &str) -> f64 {
        self.get_number(key).unwrap_or_else(|| panic!("{self:?}: there is no {key}"))
    }

    /// A number of things.
    #[track_caller]
    pub fn size(&self, key: &str) -> usize {
        size(&self[key]).unwrap_or_else(|| panic!("{self:?}: there is no size {key}"))
    }

    /// Numbers of things, if the case has them.
    #[track_caller]
    pub fn get_sizes(&self, key: &str) -> Option<Vec<usize>> {
        let sizes = self[key].as_array()?.iter().map(size).collect::<Option<_>>();
        Some(sizes.unwrap_or_else(|| panic!("{self:?}: {key} are no sizes")))
    }

    /// Numbers of things.
    #[track_caller]
    pub fn sizes(&self, key: &str) -> Vec<usize> {
        self.get_sizes(key).unwrap_or_else(|| panic!("{self:?}: there are no sizes {key}"))
    }

    /// A text.
    #[track_caller]
    pub fn text(&self, key: &str) -> &str {
        self[key].as_str().unwrap_or_else(|| panic!("{self:?}: there is no text {key}"))
    }

    /// A value written as Python writes it.
    #[track_caller]
    pub fn python(&self, key: &str) -> Value {
        self.text(key).parse().unwrap_or_else(|why| panic!("{self:?}: {key}: {why}"))
    }

    /// The field `options`, a dictionary of Python.
    #[track_caller]
    pub fn options<O: Options>(&self) -> O {
        O::from_value(&self.python("options")).unwrap_or_else(|why| panic!("{self:?}: {why}"))
    }

    /// A list of texts.
    #[track_caller]
    pub fn texts(&self, key: &str) -> Vec<&str> {
        let texts = self[key].as_array().and_then(|list| list.iter().map(Json::as_str).collect());
        texts.unwrap_or_else(|| panic!("{self:?}: there is no list of texts {key}"))
    }
}

impl Index<&str> for Case {
    type Output = Json;

    fn index(&self, key: &str) -> &Json {
        &self.fields[key]
    }
}

/// Where it stands, its name and its fields, for messages.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}) {}", self.name, self.line, self.fields)
    }
}

fn size(value: &Json) -> Option<usize> {
    value.as_u64().map(|n| n as usize)
}

/// The word before the next space, read, and the rest.
fn word<T>(text: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<(T, &str), String> {
    let end = text.find(' ').unwrap_or(text.len());
    Ok((read(&text[..end])?, &text[end..]))
}

/// The JSON value at the start, and what follows.
fn json(text: &str) -> Result<(Json, &str), String> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter();
    let value = stream.next().ok_or("expected a value")?.map_err(|e| e.to_string())?;
    Ok((value, &text[stream.byte_offset()..]))
}
