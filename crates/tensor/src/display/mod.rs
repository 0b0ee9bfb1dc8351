//! Tensors as text, character for character as torch prints them.

mod number;
mod options;
mod rows;

pub use options::{PrintOptions, get_printoptions, set_printoptions};

use std::fmt;

use crate::dispatch::by_element;
use crate::{DType, Element, Tensor};
use number::{NumberFormat, Value};

const PREFIX: &str = "tensor(";

impl fmt::Display for Tensor {
    /// torch's text, under the options in force ([`set_printoptions`]).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format(&[]))
    }
}

impl fmt::Debug for Tensor {
    /// As `Display`: in torch too `repr` and `str` are one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Tensor {
    /// torch's text with further suffixes inside the closing bracket, as autograd adds them.
    ///
    /// A suffix comes without a comma: `", "` goes before it, or a line break where the line would grow too
    /// long.
    ///
    /// ```
    /// let x = tensor::Tensor::from([1.0f32, -2.5]);
    /// assert_eq!(x.to_string(), "tensor([ 1.0000, -2.5000])");
    /// assert_eq!(x.format(&["requires_grad=True"]), "tensor([ 1.0000, -2.5000], requires_grad=True)");
    /// ```
    pub fn format(&self, suffixes: &[&str]) -> String {
        self.format_with(&get_printoptions(), suffixes)
    }

    /// [`format`](Self::format) under options of one's own.
    pub fn format_with(&self, options: &PrintOptions, suffixes: &[&str]) -> String {
        let mut all: Vec<String> = Vec::new();
        let inferred = if self.numel() == 0 {
            // Without elements only the default dtype goes without saying, and only the shape (0,).
            if self.ndim() != 1 {
                all.push(size_suffix(self.shape()));
            }
            self.dtype() == DType::F32
        } else {
            if options.edgeitems == 0 {
                all.push(size_suffix(self.shape()));
            }
            matches!(self.dtype(), DType::F32 | DType::I64 | DType::Bool)
        };
        if !inferred {
            all.push(format!("dtype={}", self.dtype()));
        }
        all.extend(suffixes.iter().map(|&s| s.to_owned()));
        let mut text = PREFIX.to_owned() + &self.contents(options);
        push_suffixes(&mut text, &all, options.linewidth);
        text
    }

    fn contents(&self, options: &PrintOptions) -> String {
        if self.numel() == 0 {
            return "[]".to_owned();
        }
        let edge = (self.numel() > options.threshold).then_some(options.edgeitems);
        by_element!(self.dtype(), T => {
            let data = self.dense::<<T as Element>::Repr>();
            let value = |i: usize| Value::from(T::from_repr(data[i]));
            let shown: Vec<Value> = rows::shown(self.shape(), edge).into_iter().map(value).collect();
            let format = NumberFormat::new(&shown, options);
            rows::Rows { edge, linewidth: options.linewidth, width: format.width(), text: &|i| format.text(value(i)) }
                .write(self.shape(), PREFIX.len())
        })
    }
}

/// Python's text of `torch.Size` as a tuple.
fn size_suffix(shape: &[usize]) -> String {
    match shape {
        [n] => format!("size=({n},)"),
        _ => format!("size=({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Adds the suffixes and the closing bracket, each on the last line while that stays within `linewidth`.
fn push_suffixes(text: &mut String, suffixes: &[String], linewidth: usize) {
    // torch counts two more than the last line has.
    let mut last = text.len() - text.rfind('\n').map_or(0, |at| at + 1) + 2;
    for suffix in suffixes {
        if last + suffix.len() + 2 > linewidth {
            *text += &format!(",\n{:indent$}{suffix}", "", indent = PREFIX.len());
            last = PREFIX.len() + suffix.len();
        } else {
            *text += &format!(", {suffix}");
            last += suffix.len() + 2;
        }
    }
    text.push(')');
}
