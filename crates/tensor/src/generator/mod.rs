//! Random numbers: torch's CPU generator, draw for draw.
//!
//! One [`Generator`] holds the engine (MT19937) and says how each distribution uses it. What it draws equals
//! what torch 2.15 draws on the CPU from the same seed, bit for bit:
//!
//! | here | torch |
//! |---|---|
//! | [`manual_seed`] | `torch.manual_seed` |
//! | [`use_generator`] | `generator=` |
//! | [`Generator::new`] | `torch.Generator().manual_seed(seed)` |
//! | [`Generator::fill_uniform_f32`] and its `f64` twin | `uniform_` |
//! | [`Generator::fill_normal_f32`] and its `f64` twin | `normal_` |
//! | [`Generator::randint`], [`Generator::randperm`] | `randint`, `randperm` |
//! | [`Generator::bernoulli`] | `bernoulli_` |
//! | [`Generator::state_bytes`], [`Generator::from_state_bytes`] | `get_state`, `set_state` |
//!
//! [`NumpyRandomState`] is the other generator that PyTorch programs use, `np.random`.

mod box_muller;
mod default;
mod integers;
mod mt19937;
mod normal;
mod numpy;
mod state;
mod uniform;

pub use default::{manual_seed, use_generator, with_default_generator};
pub use numpy::NumpyRandomState;
pub use state::StateError;

use mt19937::Mt19937;
use std::convert::Infallible;

/// torch's CPU generator: `torch.Generator()`.
///
/// It implements [`rand::Rng`], so every distribution of the `rand` family accepts it:
///
/// ```
/// use rand::RngExt;
///
/// let mut g = tensor::Generator::new(0);
/// assert_eq!(g.uniform_f32(), 0.4962565899); // torch.manual_seed(0); torch.rand(1)
/// let die = g.random_range(1..=6);
/// assert!((1..=6).contains(&die));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    engine: Mt19937,
    seed: u64,
    /// The second half of the last Box–Muller pair.
    cached_normal: Option<f64>,
}

impl Generator {
    /// A generator at the start of the stream of `seed`.
    ///
    /// As in torch only the low 32 bits choose the stream; a negative seed `-s` of torch is `-s as u64`.
    pub fn new(seed: u64) -> Generator {
        Generator { engine: Mt19937::new(seed as u32), seed, cached_normal: None }
    }

    /// Goes back to the start of the stream of `seed`.
    pub fn manual_seed(&mut self, seed: u64) -> &mut Generator {
        *self = Generator::new(seed);
        self
    }

    /// The seed that was last set.
    pub fn initial_seed(&self) -> u64 {
        self.seed
    }

    /// The next 32 bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        self.engine.next_u32()
    }

    /// The next 64 bits: two draws, the first of them on top.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let high = self.next_u32() as u64;
        high << 32 | self.next_u32() as u64
    }
}

impl rand::TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next_u64())
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for bytes in out.chunks_mut(4) {
            bytes.copy_from_slice(&self.next_u32().to_le_bytes()[..bytes.len()]);
        }
        Ok(())
    }
}
