//! Normal draws.

use super::Generator;
use super::box_muller::{BLOCK, blocks_f32, blocks_f64};

impl Generator {
    /// One standard normal in double precision, as torch draws the elements of a tensor of fewer than 16.
    ///
    /// Box–Muller gives two at a time: the second is kept for the next call and is part of the saved state.
    pub fn normal(&mut self) -> f64 {
        if let Some(v) = self.cached_normal.take() {
            return v;
        }
        let (u1, u2) = (self.uniform_f64(), self.uniform_f64());
        let r = (-2.0 * (-u2).ln_1p()).sqrt();
        let theta = std::f64::consts::TAU * u1;
        self.cached_normal = Some(r * theta.sin());
        r * theta.cos()
    }

    /// Fills `out` with normals of the given mean and standard deviation: `tensor.normal_(mean, std)`.
    ///
    /// As in torch, the length decides how the stream is used. Fewer than 16 values come one by one from
    /// [`normal`](Self::normal). From 16 on, each value uses one 32-bit draw and blocks of 16 are transformed
    /// together; if the length is no multiple of 16, the last 16 values are drawn a second time.
    ///
    /// ```
    /// let mut x = [0.0; 3];
    /// tensor::Generator::new(0).fill_normal_f32(&mut x, 0.0, 1.0);
    /// assert_eq!(x, [1.5409960746765137, -0.293428897857666, -2.1787893772125244]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `std` is negative or not a number.
    #[track_caller]
    pub fn fill_normal_f32(&mut self, out: &mut [f32], mean: f64, std: f64) {
        if out.len() < BLOCK {
            return self.fill_normals(out, mean, std, |x| x as f32);
        }
        check_std(std);
        let (mean, std) = (mean as f32, std as f32);
        self.fill_uniform_f32(out, 0.0, 1.0);
        blocks_f32(out, mean, std);
        if !out.len().is_multiple_of(BLOCK) {
            let last = out.len() - BLOCK;
            self.fill_uniform_f32(&mut out[last..], 0.0, 1.0);
            blocks_f32(&mut out[last..], mean, std);
        }
    }

    /// [`fill_normal_f32`](Self::fill_normal_f32) in double precision; from 16 values
    /// on, each uses one 64-bit draw.
    ///
    /// # Panics
    ///
    /// If `std` is negative or not a number.
    #[track_caller]
    pub fn fill_normal_f64(&mut self, out: &mut [f64], mean: f64, std: f64) {
        if out.len() < BLOCK {
            return self.fill_normals(out, mean, std, |x| x);
        }
        check_std(std);
        self.fill_uniform_f64(out, 0.0, 1.0);
        blocks_f64(out, mean, std);
        if !out.len().is_multiple_of(BLOCK) {
            let last = out.len() - BLOCK;
            self.fill_uniform_f64(&mut out[last..], 0.0, 1.0);
            blocks_f64(&mut out[last..], mean, std);
        }
    }

    /// Fills `out` with values of [`normal`](Self::normal), one by one: as torch does it for fewer than 16 of
    /// them, and for any number where they do not lie row by row.
    ///
    /// # Panics
    ///
    /// If `std` is negative or not a number.
    #[track_caller]
    pub fn fill_normals<T>(&mut self, out: &mut [T], mean: f64, std: f64, round: impl Fn(f64) -> T) {
        check_std(std);
        out.fill_with(|| round(self.normal().mul_add(std, mean)));
    }
}

#[track_caller]
fn check_std(std: f64) {
    assert!(std >= 0.0, "normal: expects std >= 0, got {std}");
}
