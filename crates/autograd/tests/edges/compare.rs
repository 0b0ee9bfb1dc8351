//! Whether what we give is what torch gave.

use tensor::{DType, Tensor};

use super::recording::Values;

/// What differs, in a sentence; nothing if the dtype, the sizes and every value agree, floats within `ulps` units in the
/// last place. NaN agrees with NaN, 0 does not with −0.
pub(crate) fn difference(ours: &Tensor, torch: &Values, ulps: f64) -> Option<String> {
    let (dtype, shape) = (ours.dtype().name(), shape_of(ours));
    if dtype != torch.dtype {
        return Some(format!("dtype {dtype}, torch {}", torch.dtype));
    }
    if shape != torch.shape {
        return Some(format!("shape {shape}, torch {}", torch.shape));
    }
    let pairs = values(ours).into_iter().zip(&torch.values).enumerate();
    pairs.into_iter().find_map(|(i, (ours, torch))| {
        let same = ours == *torch || ours.parse::<f64>().is_ok_and(|x| near(x, torch, dtype, ulps));
        (!same).then(|| format!("element {i} is {ours}, torch {torch}"))
    })
}

fn shape_of(t: &Tensor) -> String {
    let sizes: Vec<String> = t.shape().iter().map(usize::to_string).collect();
    format!("[{}]", sizes.join(","))
}

/// The elements as text that parses back to them.
fn values(t: &Tensor) -> Vec<String> {
    macro_rules! texts {
        ($t:ty) => {
            t.to_vec::<$t>().iter().map(|x| format!("{x:?}")).collect()
        };
    }
    match t.dtype() {
        DType::F32 => texts!(f32),
        DType::F64 => texts!(f64),
        DType::F16 | DType::BF16 => values(&t.to_dtype(DType::F32)),
        DType::I64 => texts!(i64),
        DType::I32 => texts!(i32),
        DType::I16 => texts!(i16),
        DType::I8 => texts!(i8),
        DType::U64 => texts!(u64),
        DType::U32 => texts!(u32),
        DType::U16 => texts!(u16),
        DType::U8 => texts!(u8),
        DType::Bool => t.to_vec::<bool>().iter().map(|&x| u8::from(x).to_string()).collect(),
    }
}

fn near(ours: f64, torch: &str, dtype: &str, ulps: f64) -> bool {
    let (unit, smallest) = match dtype {
        "float32" => (f64::from(f32::EPSILON), f64::from(f32::from_bits(1))),
        "float64" => (f64::EPSILON, f64::from_bits(1)),
        "float16" | "bfloat16" => (0.0, 0.0),
        _ => return false, // integers are equal as text or not at all
    };
    // Through the dtype itself, so that the text means the very number.
    let torch: f64 = match dtype {
        "float64" => torch.parse().expect("a number"),
        _ => f64::from(torch.parse::<f32>().expect("a number")),
    };
    let equal = ours == torch && ours.is_sign_negative() == torch.is_sign_negative();
    let apart = (ours - torch).abs();
    equal || (ours.is_nan() && torch.is_nan()) || ulps > 0.0 && apart <= ulps * (torch.abs() * unit).max(smallest)
}
