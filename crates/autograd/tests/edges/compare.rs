//! Whether what we give is what torch gave.

use tensor::dispatch::by_element;
use tensor::{DType, Tensor};

use super::op::Bound;
use super::recording::Values;

/// The difference in a sentence; nothing if the dtype, the sizes and every value agree, floats
/// within `bound`. NaN agrees with NaN.
pub(crate) fn difference(ours: &Tensor, torch: &Values, bound: Bound) -> Option<String> {
    let (dtype, shape) = (ours.dtype().name(), shape_of(ours));
    if dtype != torch.dtype {
        return Some(format!("dtype {dtype}, torch {}", torch.dtype));
    }
    if shape != torch.shape {
        return Some(format!("shape {shape}, torch {}", torch.shape));
    }
    let mut pairs = values(ours).into_iter().zip(&torch.values).enumerate();
    pairs.find_map(|(i, (ours, torch))| {
        let same = ours == *torch || near(&ours, torch, dtype, bound);
        (!same).then(|| format!("element {i} is {ours}, torch {torch}"))
    })
}

fn shape_of(t: &Tensor) -> String {
    let sizes: Vec<String> = t.shape().iter().map(usize::to_string).collect();
    format!("[{}]", sizes.join(","))
}

/// The elements as text that parses back to them.
fn values(t: &Tensor) -> Vec<String> {
    match t.dtype() {
        DType::Bool => values(&t.to_dtype(DType::U8)),
        dtype => by_element!(dtype, T => t.to_vec::<T>().iter().map(|x| format!("{x:?}")).collect()),
    }
}

fn near(ours: &str, torch: &str, dtype: &str, bound: Bound) -> bool {
    // Read by the dtype itself, so that a text means the very number it was written from.
    let read = |text: &str| match dtype {
        "float64" => text.parse::<f64>().expect("a number"),
        _ => f64::from(text.parse::<f32>().expect("a number")),
    };
    let (unit, normal) = match dtype {
        "float32" => (f64::from(f32::EPSILON), f64::from(f32::MIN_POSITIVE)),
        "float64" if bound.by_way_of_f32 => (f64::from(f32::EPSILON), f64::from(f32::MIN_POSITIVE)),
        "float64" => (f64::EPSILON, f64::MIN_POSITIVE),
        "float16" | "bfloat16" => (0.0, 0.0), // moved and converted only
        _ => return false,                    // integers are equal as text or not at all
    };
    let (ours, torch) = (read(ours), read(torch));
    if ours == torch {
        return bound.zeros_alike || ours.is_sign_negative() == torch.is_sign_negative();
    }
    // Where roundings are allowed, so is a 0 for what has not all its digits: torch's vectorised functions do
    // that.
    let allowed = (bound.ulps * unit * torch.abs().max(bound.around)).max(normal);
    let near = ours.is_finite() && torch.is_finite() && (ours - torch).abs() <= allowed;
    (ours.is_nan() && torch.is_nan()) || bound.ulps > 0.0 && near
}
