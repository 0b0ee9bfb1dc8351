use tensor::{DType, Tensor};

use super::planes::Planes;

/// The image with its colours shifted around the circle of hues, as
/// `torchvision.transforms.functional.adjust_hue`: by −0.5 to 0.5 of the circle, 0 is the image. A grey image
/// stays what it is.
///
/// Bytes go through Pillow's `HSV`, whose hue has 256 steps, so 0 does not leave them as they are; floats are
/// computed in single precision, as torchvision does with tensors.
///
/// ```
/// use datasets::transforms::functional::adjust_hue;
/// use tensor::Tensor;
///
/// let red = Tensor::from([[[255u8, 0, 0]]]);
/// assert_eq!(adjust_hue(&red, 0.5).to_vec::<u8>(), [0, 255, 252]);
/// ```
///
/// # Panics
/// If `x` is not [an image](mod@crate::transforms#images) with 1 or 3 channels, or the shift is beyond ±0.5.
#[track_caller]
pub fn adjust_hue(x: &Tensor, shift: f64) -> Tensor {
    assert!((-0.5..=0.5).contains(&shift), "adjust_hue: hue_factor ({shift}) is not in [-0.5, 0.5].");
    let image = Planes::grey_or_rgb("adjust_hue", x);
    if image.channels == 1 {
        return x.clone();
    }
    if x.dtype() == DType::U8 {
        let (shift, mut y) = ((shift * 255.0) as i32 as u8, x.clone());
        for pixel in y.make_mut::<u8>().as_chunks_mut::<3>().0 {
            let [h, s, v] = bytes_to_hsv(*pixel);
            *pixel = bytes_to_rgb([h.wrapping_add(shift), s, v]);
        }
        return y;
    }
    assert!(x.dtype().is_float(), "adjust_hue: expected bytes or floats, got {}", x.dtype());
    let mut y = x.to_dtype(DType::F32);
    let plane = image.height * image.width;
    for image in y.make_mut::<f32>().chunks_exact_mut((3 * plane).max(1)) {
        let (r, rest) = image.split_at_mut(plane);
        let (g, b) = rest.split_at_mut(plane);
        for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
            let [h, s, v] = to_hsv([*r, *g, *b]);
            let h = remainder(h + shift as f32, 1.0);
            [*r, *g, *b] = to_rgb([h, s, v]);
        }
    }
    y.to_dtype(x.dtype())
}

/// Hue, saturation and value as Pillow computes them.
fn bytes_to_hsv([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    if most == least {
        return [0, 0, most];
    }
    let range = f32::from(most - least);
    let [rc, gc, bc] = [r, g, b].map(|x| f32::from(most - x) / range);
    // Sums with a whole number are made in double precision, and rounded to single.
    let h = match most {
        _ if r == most => bc - gc,
        _ if g == most => (2.0 + f64::from(rc) - f64::from(bc)) as f32,
        _ => (4.0 + f64::from(gc) - f64::from(rc)) as f32,
    };
    let h = ((f64::from(h) / 6.0 + 1.0) % 1.0) as f32;
    [(f64::from(h) * 255.0) as u8, (f64::from(range / f32::from(most)) * 255.0) as u8, most]
}

/// The way back, as Pillow computes it.
fn bytes_to_rgb([h, s, v]: [u8; 3]) -> [u8; 3] {
    if s == 0 {
        return [v; 3];
    }
    let turns = f64::from(h) * 6.0 / 255.0;
    let sector = turns.floor();
    let (f, s) = (f64::from((turns - sector) as f32), f64::from((f64::from(s) / 255.0) as f32));
    let byte = |x: f64| (f64::from(v) * x).round() as u8;
    let (p, q, t) = (byte(1.0 - s), byte(1.0 - s * f), byte(1.0 - s * (1.0 - f)));
    sector_of(sector as i32, v, p, q, t)
}

/// Red, green and blue in each sixth of the circle.
fn sector_of<T>(sector: i32, v: T, p: T, q: T, t: T) -> [T; 3] {
    match sector.rem_euclid(6) {
        0 => [v, t, p],
        1 => [q, v, p],
        2 => [p, v, t],
        3 => [p, q, v],
        4 => [t, p, v],
        _ => [v, p, q],
    }
}

/// Hue, saturation and value of floats, as torchvision computes them.
fn to_hsv([r, g, b]: [f32; 3]) -> [f32; 3] {
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let range = most - least;
    let (range_or_1, most_or_1) = if range == 0.0 { (1.0, 1.0) } else { (range, most) };
    let [rc, gc, bc] = [r, g, b].map(|x| (most - x) / range_or_1);
    let h = match most {
        _ if r == most => bc - gc,
        _ if g == most => 2.0 + rc - bc,
        _ => 4.0 + gc - rc,
    };
    [(h / 6.0 + 1.0) % 1.0, range / most_or_1, most]
}

/// The way back.
fn to_rgb([h, s, v]: [f32; 3]) -> [f32; 3] {
    let sector = (h * 6.0).floor();
    let f = h * 6.0 - sector;
    let [p, q, t] = [1.0 - s, 1.0 - s * f, 1.0 - s * (1.0 - f)].map(|x| (v * x).clamp(0.0, 1.0));
    sector_of(sector as i32, v, p, q, t)
}

/// Python's `x % y` for a positive `y`: never negative.
fn remainder(x: f32, y: f32) -> f32 {
    match x % y {
        rest if rest < 0.0 => rest + y,
        rest => rest,
    }
}
