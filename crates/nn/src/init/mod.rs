//! Starting values for weights: every initialiser of `torch.nn.init`, under its name.
//!
//! Each one overwrites the values of the [`Variable`] (a parameter is one) it is given, records nothing for
//! differentiation, and draws from the default generator exactly what torch draws, so that after the same
//! [`tensor::manual_seed`] the same weights come out. Uniform values are equal to the bit; normal ones, and
//! what is made from them, to 2 units in the last place. Where torch's take `generator=`,
//! [`tensor::use_generator`] puts another one in the default one's place.
//!
//! torch's names end in `_`, its older ones do not; both spellings work here and neither is deprecated. An
//! initialiser with options that are usually left alone has a second form ending in `_with`.
//!
//! ```
//! use autograd::Variable;
//! use nn::init::{self, KaimingOptions, Nonlinearity};
//!
//! tensor::manual_seed(0);
//! let w = Variable::new(tensor::zeros([30, 40]));
//! init::xavier_uniform(&w); // U(±√(6 / (40 + 30)))
//! assert!(w.data().abs().max().item() <= (6.0f64 / 70.0).sqrt());
//!
//! init::kaiming_normal_with(&w, KaimingOptions { nonlinearity: Nonlinearity::ReLU, ..Default::default() });
//! init::constant(&w, 0.5);
//! assert_eq!(w.data().sum().item(), 600.0);
//!
//! let mut g = tensor::Generator::new(7);
//! tensor::use_generator(&mut g, || init::uniform(&w, 0.0, 1.0)); // uniform_(w, generator=g)
//! ```

use autograd::Variable;
use tensor::dispatch::by_float;
use tensor::{Float, Generator, Tensor};

mod constant;
mod dirac;
mod eye;
mod fan;
mod gain;
mod kaiming;
mod normal;
mod orthogonal;
mod sparse;
mod trunc_normal;
mod uniform;
mod xavier;

pub use constant::{constant, ones, zeros};
pub use dirac::{dirac, dirac_with};
pub use eye::eye;
pub use gain::{Nonlinearity, calculate_gain};
pub use kaiming::{
    FanMode, KaimingOptions, kaiming_normal, kaiming_normal_with, kaiming_uniform, kaiming_uniform_with,
};
pub use normal::normal;
pub use orthogonal::{orthogonal, orthogonal_with};
pub use sparse::{sparse, sparse_with};
pub use trunc_normal::trunc_normal;
pub use uniform::uniform;
pub use xavier::{xavier_normal, xavier_normal_with, xavier_uniform, xavier_uniform_with};

pub use self::{
    constant as constant_, dirac as dirac_, eye as eye_, kaiming_normal as kaiming_normal_,
    kaiming_uniform as kaiming_uniform_, normal as normal_, ones as ones_, orthogonal as orthogonal_,
    sparse as sparse_, trunc_normal as trunc_normal_, uniform as uniform_, xavier_normal as xavier_normal_,
    xavier_uniform as xavier_uniform_, zeros as zeros_,
};

/// A float type that weights are drawn in, from torch's stream for that type.
trait Draw: Float {
    fn uniform(g: &mut Generator, out: &mut [Self], lo: f64, hi: f64);
    /// From the stream for tensors that lie row by row, or for those that do not.
    fn normal(g: &mut Generator, out: &mut [Self], rows: bool, mean: f64, std: f64);
}

impl Draw for f32 {
    fn uniform(g: &mut Generator, out: &mut [f32], lo: f64, hi: f64) {
        g.fill_uniform_f32(out, lo as f32, hi as f32);
    }
    fn normal(g: &mut Generator, out: &mut [f32], rows: bool, mean: f64, std: f64) {
        if rows { g.fill_normal_f32(out, mean, std) } else { g.fill_normals(out, mean, std, |x| x as f32) }
    }
}

impl Draw for f64 {
    fn uniform(g: &mut Generator, out: &mut [f64], lo: f64, hi: f64) {
        g.fill_uniform_f64(out, lo, hi);
    }
    fn normal(g: &mut Generator, out: &mut [f64], rows: bool, mean: f64, std: f64) {
        if rows { g.fill_normal_f64(out, mean, std) } else { g.fill_normals(out, mean, std, |x| x) }
    }
}

/// An initialiser as a rule over the elements, for either float type.
trait Rule {
    /// Whether all places are alike to the rule, which then writes in the order of the memory, as torch
    /// draws; otherwise it writes row by row.
    const ANY_PLACE: bool;

    /// `rows` says whether `w` lies row by row, which is how [`Draw::normal`] is to draw.
    fn write<T: Draw>(self, w: &mut [T], rows: bool, g: &mut Generator);
}

/// Lets `rule` write to the values of `w`.
#[track_caller]
fn overwrite(op: &str, w: &Variable, rule: impl Rule) {
    fn write<T: Draw, R: Rule>(data: &mut Tensor, rule: R) {
        let rows = !R::ANY_PLACE || data.is_contiguous();
        let w = if R::ANY_PLACE { data.memory_mut::<T>() } else { data.make_mut::<T>() };
        tensor::with_default_generator(|g| rule.write(w, rows, g));
    }
    let dtype = w.dtype();
    by_float!(
        dtype,
        T => w.update_data(|data| write::<T, _>(data, rule)),
        else panic!("{op}: expected float32 or float64, got {dtype} of shape {:?}", w.shape())
    )
}
