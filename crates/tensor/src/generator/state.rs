//! torch's saved form of a generator: the bytes of `torch.get_rng_state()`.
//!
//! 5056 bytes, little-endian, as torch has written them since 1.6:
//!
//! | offset | type | meaning |
//! |---|---|---|
//! | 0 | u64 | the seed |
//! | 8 | i32 | `left`: 1 before a new block is due, else 625 − `next` |
//! | 12 | i32 | 1: has been seeded |
//! | 16 | u64 | `next`: words of the block already used; 0 only straight after seeding |
//! | 24 | 624 × u64 | the block, one 32-bit word in each |
//! | 5016 | f64 | unused |
//! | 5024 | f64 | the cached normal |
//! | 5032 | f64 | unused |
//! | 5040 | i32, 4 bytes of padding | 1 if there is a cached normal |
//! | 5048 | f32, u8, 3 bytes of padding | a cached normal in single precision, which no CPU kernel makes |

use super::Generator;
use super::mt19937::{Mt19937, N};
use crate::{DType, Tensor};
use std::fmt;

const LEFT: usize = 8;
const SEEDED: usize = 12;
const NEXT: usize = 16;
const BLOCK: usize = 24;
const NORMAL: usize = 5024;
const HAS_NORMAL: usize = 5040;

impl Generator {
    /// The length of a saved state.
    pub const STATE_LEN: usize = 5056;

    /// The state in torch's form: what `generator.get_state()` holds. `torch.set_rng_state` accepts it.
    ///
    /// ```
    /// use tensor::Generator;
    ///
    /// let mut g = Generator::new(3);
    /// let saved = g.state_bytes();
    /// let expected = g.randperm(10);
    /// assert_eq!(Generator::from_state_bytes(&saved)?.randperm(10), expected);
    /// # Ok::<(), tensor::StateError>(())
    /// ```
    pub fn state_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; Generator::STATE_LEN];
        let mut put = |at: usize, x: &[u8]| bytes[at..at + x.len()].copy_from_slice(x);
        let Mt19937 { state, next } = &self.engine;
        // Straight after seeding torch stands before the first block, where this engine stands at its end.
        let fresh = self.engine == Mt19937::new(self.seed as u32);
        put(0, &self.seed.to_le_bytes());
        put(LEFT, &(if fresh { 1 } else { N as i32 + 1 - *next as i32 }).to_le_bytes());
        put(SEEDED, &1i32.to_le_bytes());
        put(NEXT, &(if fresh { 0 } else { *next as u64 }).to_le_bytes());
        for (i, word) in state.iter().enumerate() {
            put(BLOCK + 8 * i, &u64::from(*word).to_le_bytes());
        }
        if let Some(v) = self.cached_normal {
            put(NORMAL, &v.to_le_bytes());
            put(HAS_NORMAL, &1i32.to_le_bytes());
        }
        bytes
    }

    /// [`state_bytes`](Self::state_bytes) as the `U8` tensor that
    /// `generator.get_state()` gives, for checkpoints.
    pub fn get_state(&self) -> Tensor {
        Tensor::from_vec(self.state_bytes(), Generator::STATE_LEN)
    }

    /// Goes to a saved state: `generator.set_state(state)`.
    ///
    /// # Errors
    ///
    /// If the tensor is not `U8`, or as [`from_state_bytes`](Self::from_state_bytes); nothing changes then.
    pub fn set_state(&mut self, state: &Tensor) -> Result<(), StateError> {
        if state.dtype() != DType::U8 {
            return Err(StateError::DType(state.dtype()));
        }
        *self = Generator::from_state_bytes(&state.bytes())?;
        Ok(())
    }

    /// The generator whose [`state_bytes`](Self::state_bytes), or torch's `get_state()`, these are.
    ///
    /// # Errors
    ///
    /// If the length is wrong, the generator was never seeded, or its position lies outside the block.
    pub fn from_state_bytes(bytes: &[u8]) -> Result<Generator, StateError> {
        let bytes: &[u8; Generator::STATE_LEN] =
            bytes.try_into().map_err(|_| StateError::Length(bytes.len()))?;
        let u64_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let i32_at = |at: usize| i32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let (left, next) = (i32_at(LEFT), u64_at(NEXT));
        if i32_at(SEEDED) != 1 || !(1..=N as i32).contains(&left) || next > N as u64 {
            return Err(StateError::Invalid { left, next });
        }
        let mut state = [0; N];
        for (i, word) in state.iter_mut().enumerate() {
            *word = u64_at(BLOCK + 8 * i) as u32;
        }
        // torch goes by `left` when it decides whether a new block is due.
        let next = if left == 1 { N } else { next as usize };
        let cached_normal = (i32_at(HAS_NORMAL) != 0).then(|| f64::from_bits(u64_at(NORMAL)));
        Ok(Generator { engine: Mt19937 { state, next }, seed: u64_at(0), cached_normal })
    }
}

/// Why bytes are not a generator's state.
#[derive(Clone, PartialEq, Eq)]
pub enum StateError {
    /// A tensor of this dtype, not of bytes.
    DType(DType),
    /// Not [`Generator::STATE_LEN`] bytes but this many.
    Length(usize),
    /// Never seeded, or a position outside the block of 624 words.
    Invalid {
        /// The field `left`.
        left: i32,
        /// The field `next`.
        next: u64,
    },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::DType(dtype) => {
                write!(f, "a generator's state is a tensor of torch.uint8, not of {dtype}")
            }
            StateError::Length(n) => {
                write!(f, "a generator's state has {} bytes, not {n}", Generator::STATE_LEN)
            }
            StateError::Invalid { left, next } => {
                write!(f, "not a seeded generator's state: left = {left}, next = {next}")
            }
        }
    }
}

impl std::error::Error for StateError {}

crate::debug_as_display!(StateError);
