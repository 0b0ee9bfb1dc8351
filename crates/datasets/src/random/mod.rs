//! Random numbers for samples: for augmentation in transforms and in [`Dataset::get`](crate::Dataset::get).
//!
//! Inside a loader every sample has a generator of its own, whose seed depends on the loader's base seed for
//! this epoch and on the sample's place in it, not on the thread that makes it. So the same seed gives the
//! same samples with any number of workers, and in a run that was stopped and resumed.
//!
//! ```
//! use datasets::random::with_generator;
//! use datasets::transforms::{Flatten, Lambda, ToTensor};
//! use datasets::transforms;
//! use tensor::Tensor;
//!
//! // Every other image, on average, is turned upside down.
//! let flip = |x: Tensor| match with_generator(|g| g.bernoulli(0.5)) {
//!     true => x.index_select(0, &Tensor::from((0..28).rev().collect::<Vec<i64>>())),
//!     false => x,
//! };
//! let transform = transforms![Lambda(flip), ToTensor, Flatten];
//! ```

pub(crate) mod python;

pub use python::{python_generator, python_randint, python_uniform};

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;

use tensor::{Generator, with_default_generator};

/// Lends the generator of the sample that is being made on this thread; outside a loader, torch's default
/// one.
///
/// Draw from the generator that `f` is given; the functions of `tensor` that take the default generator would
/// depend on the order in which workers come to it.
pub fn with_generator<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    let Some(place) = PLACE.get() else { return with_default_generator(f) };
    // Taken out while in use, so that `f` may make samples of its own.
    let mut generator = take().unwrap_or_else(|| Box::new(Generator::new(place.seed())));
    let result = f(&mut generator);
    GENERATOR.set(Some(ManuallyDrop::new(generator)));
    result
}

/// A sample's place: which epoch, and how many samples of it came before.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) base_seed: u64,
    pub(crate) position: usize,
}

impl Place {
    /// SplitMix64's finaliser: near places are to have unrelated seeds.
    fn seed(self) -> u64 {
        let mut x =
            self.base_seed.wrapping_add((self.position as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

thread_local! {
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
    /// Made for the place when it is first asked for. Whoever set the place takes it out again; having no
    /// destructor, it also serves a loader that runs while the thread ends.
    static GENERATOR: RefCell<Option<ManuallyDrop<Box<Generator>>>> = const { RefCell::new(None) };
}

fn take() -> Option<Box<Generator>> {
    GENERATOR.take().map(ManuallyDrop::into_inner)
}

/// The sample that this thread made before; dropping this returns to it, after a panic too.
struct Outer(Option<Place>, Option<Box<Generator>>);

impl Drop for Outer {
    fn drop(&mut self) {
        PLACE.set(self.0);
        drop(take());
        GENERATOR.set(self.1.take().map(ManuallyDrop::new));
    }
}

/// Runs `f` as the maker of a batch whose first sample has this place.
pub(crate) fn in_batch<R>(first: Place, f: impl FnOnce() -> R) -> R {
    let _outer = Outer(PLACE.replace(Some(first)), take());
    f()
}

/// Runs `f` as the maker of the `k`-th sample of the batch being made, if one is.
pub(crate) fn in_sample<R>(k: usize, f: impl FnOnce() -> R) -> R {
    let Some(first) = PLACE.get() else { return f() };
    in_batch(Place { position: first.position + k, ..first }, f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw() -> u64 {
        with_generator(Generator::next_u64)
    }

    #[test]
    fn a_sample_has_its_own_stream_wherever_its_batch_begins() {
        let at = |first, k| {
            in_batch(Place { base_seed: 7, position: first }, || in_sample(k, || [draw(), draw()]))
        };
        assert_eq!(at(0, 5), at(3, 2));
        assert_ne!(at(0, 5), at(0, 4));
        assert_ne!(at(0, 5)[0], at(0, 5)[1]);
    }

    #[test]
    fn a_sample_may_be_made_while_its_thread_ends() {
        struct Last(std::sync::mpsc::Sender<[u64; 2]>);
        impl Drop for Last {
            fn drop(&mut self) {
                self.0.send(sample()).unwrap();
            }
        }
        thread_local! {
            static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
        }
        fn sample() -> [u64; 2] {
            in_batch(Place { base_seed: 7, position: 0 }, || [draw(), draw()])
        }
        let (send, receive) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(|| {
            LAST.set(Some(Last(send)));
            sample(); // what this leaves in thread-locals is gone before `LAST` is dropped
        });
        assert_eq!(receive.recv(), Ok(sample()));
        thread.join().unwrap();
    }

    #[test]
    fn outside_a_loader_the_default_generator_serves() {
        tensor::manual_seed(11);
        let expected = Generator::new(11).next_u64();
        assert_eq!(in_sample(3, draw), expected);
    }
}
