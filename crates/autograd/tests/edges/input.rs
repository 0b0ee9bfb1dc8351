//! The inputs of the cases. A name like `f32:plain:2x3>t` says everything: the dtype, the pool its values
//! come from, the sizes they are laid out in, and the view that is taken of that.

use tensor::dispatch::by_element;
use tensor::{DType, Tensor};

/// An input, read from its name.
pub(crate) struct Input {
    name: String,
    dtype: DType,
    base: Vec<usize>,
    values: Vec<&'static str>,
    view: Option<&'static View>,
}

impl Input {
    pub(crate) fn named(name: &str) -> Input {
        let parts: Vec<&str> = name.split(':').collect();
        let [dtype, pool, layout] = parts[..] else { panic!("{name}: not dtype:values:layout") };
        let dtype = dtype_named(dtype);
        let (sizes, view) = match layout.split_once('>') {
            Some((sizes, view)) => (sizes, Some(view_named(view))),
            None => (layout, None),
        };
        let base: Vec<usize> = match sizes {
            "s" => vec![],
            sizes => sizes.split('x').map(|n| n.parse().expect("a size")).collect(),
        };
        let values = pool_named(pool, dtype).split(' ').cycle().take(base.iter().product()).collect();
        Input { name: name.to_owned(), dtype, base, values, view }
    }

    pub(crate) fn tensor(&self) -> Tensor {
        let written = if self.dtype == DType::Bool { DType::U8 } else { self.dtype };
        let base = by_element!(written, T => {
            let values = self.values.iter().map(|x| x.parse().unwrap_or_else(|e| panic!("{x}: {e}")));
            Tensor::from_vec(values.collect::<Vec<T>>(), &self.base[..])
        });
        let base = base.to_dtype(self.dtype);
        match self.view {
            Some(view) => (view.ours)(&base),
            None => base,
        }
    }

    /// The line that the recorder reads: the name, the dtype, the base's sizes, torch's
    /// expression of the view, the values.
    pub(crate) fn line(&self) -> String {
        let sizes: Vec<String> = self.base.iter().map(usize::to_string).collect();
        let view = self.view.map_or("b", |view| view.torch);
        let dtype = self.dtype.name();
        format!("input\t{}\t{dtype}\t{}\t{view}\t{}", self.name, sizes.join(" "), self.values.join(" "))
    }
}

/// The name that Rust has for a dtype's elements.
pub(crate) fn rust_name(dtype: DType) -> String {
    format!("{dtype:?}").to_lowercase()
}

fn dtype_named(name: &str) -> DType {
    DType::ALL.into_iter().find(|&d| rust_name(d) == name).unwrap_or_else(|| panic!("{name}: no such dtype"))
}

/// A view of a base `b`, here and in torch.
struct View {
    name: &'static str,
    torch: &'static str,
    ours: fn(&Tensor) -> Tensor,
}

const VIEWS: [View; 8] = [
    View { name: "t", torch: "b.transpose(-2, -1)", ours: |b| b.transpose(-2, -1) },
    View { name: "turn", torch: "b.permute(2, 0, 1)", ours: |b| b.permute([2, 0, 1]) },
    View {
        name: "half",
        torch: "b.tensor_split(2, -1)[1]",
        ours: |b| {
            let n = b.size(-1);
            b.narrow(-1, n.div_ceil(2) as isize, n / 2)
        },
    },
    View { name: "odd", torch: "b[..., 1::2]", ours: |b| b.slice(-1, 1, b.size(-1) as isize, 2) },
    View {
        name: "twice",
        torch: "b.expand(2, *b.shape)",
        ours: |b| {
            let mut shape = b.shape().to_vec();
            shape.insert(0, 2);
            b.expand(shape)
        },
    },
    View {
        name: "wide",
        torch: "b.expand([3 if n == 1 else n for n in b.shape])",
        ours: |b| b.expand(b.shape().iter().map(|&n| if n == 1 { 3 } else { n }).collect::<Vec<_>>()),
    },
    View { name: "pick", torch: "b.select(0, 1)", ours: |b| b.select(0, 1) },
    View { name: "tail", torch: "b.narrow(0, b.size(0), 0)", ours: |b| b.narrow(0, b.size(0) as isize, 0) },
];

fn view_named(name: &str) -> &'static View {
    VIEWS.iter().find(|view| view.name == name).unwrap_or_else(|| panic!("{name}: no such view"))
}

/// Values, taken in a circle. Those of `plain` are such that sums and products of a few of them are exact.
fn pool_named(name: &str, dtype: DType) -> &'static str {
    use DType::*;
    match (name, dtype) {
        ("plain", F32 | F64 | F16 | BF16) => "0.5 -1.25 2 3 -0.75 1 2 -2 0 4 1.5 -3",
        ("plain", U8 | U16 | U32 | U64) => "2 1 3 0 5 7 2 4 12 6 3 9",
        ("plain", I64 | I32 | I16 | I8) => "2 -1 3 0 5 -7 2 4 -2 6 3 -9",
        ("plain", Bool) => "1 0 1 1 0 0 0 1 1",
        ("special", F32) => {
            "0 -0 1 -1 inf -inf nan 1e-40 -1e-40 1e30 -1e30 0.5 -0.5 1.5 2.5 -2.5 3 20 100 -100 1e-3 0.1 88.5 -104"
        }
        ("special", _) if dtype.is_float() => {
            "0 -0 1 -1 inf -inf nan 5e-324 -5e-324 1e300 -1e300 0.5 -0.5 1.5 2.5 -2.5 3 20 100 -100 1e-3 0.1 709.5 -745"
        }
        ("special", I64) => {
            "0 1 -1 9223372036854775807 -9223372036854775808 9007199254740993 16777217 2 -3 63 64 300"
        }
        ("special", I32) => "0 1 -1 2147483647 -2147483648 16777217 -16777217 2 -3 31 32 300",
        ("special", I16) => "0 1 -1 32767 -32768 300 -300 2 -3 15 16 127",
        ("special", I8) => "0 1 -1 127 -128 100 -100 2 -3 7 8 64",
        ("special", U8) => "0 1 255 127 128 100 200 2 3 7 8 64",
        ("special", U16) => "0 1 65535 2 300",
        ("special", U32) => "0 1 4294967295 2 300",
        ("special", U64) => "0 1 18446744073709551615 9007199254740993 300",
        ("special", Bool) => "1 1 0",
        ("nan" | "nan_late" | "inf" | "-inf" | "-zero" | "tiny", _) if !dtype.is_float() => {
            pool_named("plain", dtype)
        }
        ("nan", _) => "nan 1 nan 3",
        ("nan_late", _) => "1 nan 3 nan",
        ("inf", _) => "inf -inf 1 inf",
        ("-inf", _) => "-inf",
        ("zero", F32 | F64) => "0 -0",
        ("zero", _) => "0",
        ("-zero", _) => "-0",
        ("tiny", F32) => "1e-40 -1e-40 2e-38",
        ("tiny", _) => "5e-324 -5e-324 3e-308",
        ("huge", F32) => "1e30 -1e30 2e30 1e30",
        ("huge", F64) => "1e300 -1e300 2e300 1e300",
        ("huge", _) => pool_named("special", dtype),
        ("rising", F32 | F64) => "-1 0 0.5 2 2 3.5",
        ("rising", Bool) => "0 1",
        ("rising", _) => "0 1 2 2 5 7",
        ("ties", Bool) => "1",
        ("ties", _) => "2 2 2 2 1",
        ("one", _) => "1",
        ("two", _) => "2",
        ("unit", F32 | F64) => "0.5 0.25 0.875 0 1 0.125",
        ("bits", _) => "1 0 0 1 1",
        ("positive", F32 | F64) => "0.5 1.25 2 3 0.75 1 4",
        ("rate", _) => "12.5 3 100 0.25 10 1000 9.75 0",
        ("positive", _) => "2 1 3 5 7",
        // Positions along an axis.
        ("first", _) => "0",
        ("at", _) => "1 0 1 1",
        ("at3", _) => "2 0 1 2 2 0",
        ("order3", _) => "2 0 1",
        ("back", _) => "-1 0",
        ("beyond", _) => "0 7",
        ("skip", _) => "1 -100 0",
        _ => panic!("{name}: no such values for {dtype}"),
    }
}
