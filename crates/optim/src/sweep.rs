use std::sync::{Mutex, RwLockWriteGuard};

use smallvec::SmallVec;
use tensor::kernels::{parallel, simd};
use tensor::{DType, Tensor};

use crate::{Core, ParamGroup, Real, Rule, State};

/// Elements that a thread takes at a time: 192 kB of SGD's arrays, 448 kB of Adam's, 2 to 7 µs of work.
const GRAIN: usize = 16 * 1024;

/// The least number of elements worth a second thread.
const SPLIT: usize = 4 * GRAIN;

impl Core {
    /// One pass over all parameters that have a gradient, in place, by the rule that `prepare` gives.
    ///
    /// `prepare` is called once for every group; what it returns is called for every parameter with a gradient, to make
    /// its state ready and to compute the scalars of its rule. Then all parameters are updated together: the work is
    /// split by elements, whatever tensor they lie in, and the result does not depend on the number of threads.
    ///
    /// # Panics
    /// If a parameter is neither `F32` nor `F64`, or its gradient has another shape or type.
    #[track_caller]
    pub fn sweep<'a, P, R>(&'a mut self, mut prepare: impl FnMut(&'a ParamGroup) -> P)
    where
        P: FnMut(&mut State, &Tensor) -> R,
        R: Rule,
    {
        // Small models are done one parameter after the other: gathering them costs more than their arithmetic.
        let together = self.numel >= SPLIT;
        let mut jobs: SmallVec<[Job<'_, R>; 8]> = SmallVec::new();
        let mut states = self.state.iter_mut();
        for group in &self.groups {
            let mut rule = prepare(group);
            for p in &group.params {
                let state = states.next().expect("every parameter has a state");
                if together {
                    let Some(grad) = p.grad() else { continue };
                    let data = p.data_mut();
                    let dtype = data.dtype();
                    assert!(matches!(dtype, DType::F32 | DType::F64), "{}", only_floats(dtype));
                    let rule = rule(state, &data);
                    jobs.push(Job { data, grad: grad.contiguous(), state, rule });
                } else {
                    p.update(|data, grad| {
                        let rule = rule(state, data);
                        update_alone(data, grad, state, rule);
                    });
                }
            }
        }
        if together {
            run::<f32, R>(&mut jobs);
            run::<f64, R>(&mut jobs);
        }
    }
}

#[track_caller]
fn update_alone<R: Rule>(data: &mut Tensor, grad: &Tensor, state: &mut State, rule: R) {
    if !grad.is_contiguous() {
        return update_alone(data, &grad.contiguous(), state, rule);
    }
    match data.dtype() {
        DType::F32 => simd::dispatch(Piece::<f32, R>::new(data, grad, state, rule)),
        DType::F64 => simd::dispatch(Piece::<f64, R>::new(data, grad, state, rule)),
        dtype => panic!("{}", only_floats(dtype)),
    }
}

fn only_floats(dtype: DType) -> String {
    format!("step: parameters are F32 or F64, not {dtype}")
}

/// A parameter to update together with the others.
struct Job<'a, R> {
    data: RwLockWriteGuard<'a, Tensor>,
    grad: Tensor,
    state: &'a mut State,
    rule: R,
}

/// Updates the parameters of type `T`, on as many threads as pays.
fn run<T: Real, R: Rule>(jobs: &mut [Job<'_, R>]) {
    let wholes: SmallVec<[Piece<'_, T, R>; 8]> = jobs
        .iter_mut()
        .filter(|job| job.data.dtype() == T::DTYPE)
        .map(|Job { data, grad, state, rule }| Piece::new(data, grad, state, *rule))
        .collect();
    if wholes.iter().map(|piece| piece.w.len()).sum::<usize>() < SPLIT {
        return wholes.into_iter().for_each(simd::dispatch);
    }
    let pieces = Mutex::new(wholes.into_iter().flat_map(Piece::split));
    parallel::run(parallel::num_threads(), |_| {
        loop {
            let piece = pieces.lock().expect("splitting does not panic").next();
            let Some(piece) = piece else { break };
            simd::dispatch(piece);
        }
    });
}

/// A run of elements of one parameter, with all that their update reads and writes.
struct Piece<'a, T, R> {
    w: &'a mut [T],
    g: &'a [T],
    state: [&'a mut [T]; 3],
    rule: R,
}

impl<'a, T: Real, R: Rule> Piece<'a, T, R> {
    #[track_caller]
    fn new(data: &'a mut Tensor, grad: &'a Tensor, state: &'a mut State, rule: R) -> Self {
        assert!(
            grad.dtype() == data.dtype() && grad.numel() == data.numel(),
            "step: a parameter is {} {:?}, its gradient {} {:?}",
            data.dtype(),
            data.shape(),
            grad.dtype(),
            grad.shape()
        );
        let state = state.slots.each_mut().map(|slot| match slot {
            Some(slot) => slot.make_mut(),
            None => Default::default(),
        });
        Piece { w: data.make_mut(), g: grad.as_slice(), state, rule }
    }

    /// Hands out the piece in portions of [`GRAIN`] elements.
    fn split(self) -> impl Iterator<Item = Piece<'a, T, R>> {
        let rule = self.rule;
        let mut state = self.state.map(|slot| slot.chunks_mut(GRAIN));
        let state = std::iter::from_fn(move || Some(state.each_mut().map(|s| s.next().unwrap_or_default())));
        let chunks = self.w.chunks_mut(GRAIN).zip(self.g.chunks(GRAIN)).zip(state);
        chunks.map(move |((w, g), state)| Piece { w, g, state, rule })
    }
}

impl<T: Real, R: Rule> simd::Kernel for Piece<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.rule.apply(self.w, self.g, self.state);
    }
}
