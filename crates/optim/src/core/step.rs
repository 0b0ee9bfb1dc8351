use std::mem::{size_of, take};
use std::sync::Mutex;

use autograd::DataMut;
use smallvec::SmallVec;
use tensor::kernels::parallel;
use tensor::kernels::rounding::root::{self, RootKernel, Roots};
use tensor::{DType, Tensor};

use super::places::Places;
use crate::{At, Core, Group, Memory, Real, Rule, State, Update};

/// Elements that a thread takes at a time: 192 kB of SGD's arrays, 448 kB of Adam's, 2 to 7 µs of work.
const GRAIN: usize = 16 * 1024;

/// The least number of elements worth a second thread.
const SPLIT: usize = 4 * GRAIN;

impl<R: Rule> Core<R> {
    /// One pass over all parameters that have a gradient, in place, by the update that `rule` gives.
    ///
    /// `rule` is called for every such parameter, with the options of its group, to compute the scalars of
    /// its update; parameters of a group that are at the same step share them, if the rule has no memory.
    /// Then all parameters are updated together: the work is split by elements, whatever tensor they lie in,
    /// and the result does not depend on the number of threads. A parameter that its group lists twice is
    /// updated a second time after all others, as in torch.
    ///
    /// Parameters are held from the first check to the last update. While the pass waits for one that another
    /// thread holds, it holds none itself.
    ///
    /// # Panics
    /// If a parameter is neither `F32` nor `F64`, or its gradient or a slot has another shape or type.
    /// Nothing has changed then, nor if `rule` panics.
    #[track_caller]
    pub fn sweep<const N: usize, U: Update<N>>(&mut self, rule: impl Fn(&R, At<'_, R::Memory>) -> U) {
        const { assert!(R::SLOTS.len() == N, "an update has as many slots as its rule") };
        let Core { groups, state, places, .. } = self;
        for turn in 0..places.turns() {
            let mut jobs = gather(groups, state, places, turn, &rule);
            let mut elements = 0;
            for job in &mut jobs {
                let state = &mut state[job.place];
                state.count(&groups[job.group].options, &job.data);
                (state.first, state.memory) = (job.first, take(&mut job.memory));
                elements += job.data.numel();
            }
            if elements < SPLIT {
                for job in &mut jobs {
                    let slots = &mut state[job.place].slots;
                    match job.data.dtype() {
                        DType::F64 => root::dispatch(Piece::<f64, U, N>::new(job, slots)),
                        _ => root::dispatch(Piece::<f32, U, N>::new(job, slots)),
                    }
                }
            } else {
                run::<f32, R, U, N>(&mut jobs, state);
                run::<f64, R, U, N>(&mut jobs, state);
            }
        }
    }

    /// The first group, and the memory of its first parameter: what a rule that takes all parameters for one
    /// vector has, and where torch keeps what that remembers.
    pub fn whole(&mut self) -> (&Group<R>, &mut R::Memory) {
        let state = &mut self.state[self.places.of(0)];
        state.begun = true;
        (&self.groups[0], &mut state.memory)
    }

    /// Calls `rule` for every parameter that has a gradient, one after the other, with the options of its
    /// group, its data, its gradient and its state, which has counted the step and has the slots in use.
    ///
    /// The way of rules that look at a parameter as a whole. A panic of `rule` leaves the parameters changed
    /// that came before.
    ///
    /// # Panics
    /// As [`sweep`](Core::sweep); nothing has changed then.
    #[track_caller]
    pub fn each(&mut self, mut rule: impl FnMut(&R, &mut Tensor, &Tensor, &mut State<R::Memory>)) {
        let Core { groups, state, places, .. } = self;
        let params = groups.iter().flat_map(|group| group.params().iter().map(move |p| (group, p)));
        for (entry, (_, p)) in params.clone().enumerate() {
            if let Some(grad) = p.grad() {
                check(&p.data(), &grad, &state[places.of(entry)]);
            }
        }
        for (entry, (group, p)) in params.enumerate() {
            let state = &mut state[places.of(entry)];
            p.update(|data, grad| {
                state.count(&group.options, data);
                rule(&group.options, data, grad, state);
            });
        }
    }
}

/// The update of one parameter, which is held.
struct Job<'a, M, U> {
    group: usize,
    /// Where its state is.
    place: usize,
    data: DataMut<'a>,
    grad: Tensor,
    first: bool,
    memory: M,
    update: U,
}

/// Takes hold of all parameters that have a gradient, and computes their updates; nothing is changed.
///
/// A thread that waits here holds nothing: then neither another optimizer with another order of parameters,
/// nor anything else, can wait for it in turn.
#[track_caller]
fn gather<'a, R: Rule, U: Copy>(
    groups: &'a [Group<R>],
    state: &[State<R::Memory>],
    places: &Places,
    turn: usize,
    rule: &impl Fn(&R, At<'_, R::Memory>) -> U,
) -> SmallVec<[Job<'a, R::Memory, U>; 8]> {
    let params = groups.iter().enumerate().flat_map(|(i, group)| group.params().iter().map(move |p| (i, p)));
    'again: loop {
        let mut jobs = SmallVec::new();
        let mut last = None;
        for (entry, (group, p)) in params.clone().enumerate() {
            if places.turn(entry) != turn {
                continue;
            }
            let Some(mut grad) = p.grad() else { continue };
            let Some(data) = p.try_data_mut() else {
                drop(jobs);
                drop(p.data_mut());
                continue 'again;
            };
            let place = places.of(entry);
            let state = &state[place];
            check(&data, &grad, state);
            if !grad.is_contiguous() {
                grad = grad.contiguous();
            }
            let first = if turn == 0 { state.has_no_slot() } else { state.first };
            let mut memory = state.memory.clone();
            let key = (group, state.step, first);
            let update = match last {
                Some((same, update)) if same == key && size_of::<R::Memory>() == 0 => update,
                _ => {
                    let step = f64::from(state.step + 1.0);
                    rule(&groups[group].options, At { step, first, memory: &mut memory })
                }
            };
            last = Some((key, update));
            jobs.push(Job { group, place, data, grad, first, memory, update });
        }
        return jobs;
    }
}

#[track_caller]
fn check<M: Memory>(data: &Tensor, grad: &Tensor, state: &State<M>) {
    let dtype = data.dtype();
    assert!(matches!(dtype, DType::F32 | DType::F64), "step: parameters are F32 or F64, not {dtype}");
    let fits = |t: &Tensor| t.dtype() == dtype && t.shape() == data.shape();
    let misfit = |what: &str, t: &Tensor| -> ! {
        let (of, shape) = (t.dtype(), t.shape());
        panic!("step: a parameter is {dtype} {:?}, its {what} {of} {shape:?}", data.shape())
    };
    if !fits(grad) {
        misfit("gradient", grad);
    }
    let slot = state.slots.iter().flatten().find(|slot| !fits(slot));
    if let Some(t) = slot.or_else(|| state.memory.misfit(data).map(|(_, t)| t)) {
        misfit("state", t);
    }
}

/// Updates the parameters of type `T` on all threads.
fn run<T: Real, R: Rule, U: Update<N>, const N: usize>(
    jobs: &mut [Job<'_, R::Memory, U>],
    state: &mut [State<R::Memory>],
) {
    let mut states: Vec<_> = state.iter_mut().map(Some).collect();
    let jobs = jobs.iter_mut().filter(|job| job.data.dtype() == T::DTYPE);
    let wholes = jobs.map(|job| {
        let state = states[job.place].take().expect("a parameter has one turn of each number");
        Piece::<T, U, N>::new(job, &mut state.slots)
    });
    let wholes: Vec<_> = wholes.collect();
    if wholes.is_empty() {
        return;
    }
    let pieces = Mutex::new(wholes.into_iter().flat_map(Piece::split));
    parallel::run(parallel::num_threads(), |_| {
        loop {
            let piece = pieces.lock().expect("splitting does not panic").next();
            let Some(piece) = piece else { break };
            root::dispatch(piece);
        }
    });
}

/// A run of elements of one parameter, with all that their update reads and writes.
struct Piece<'a, T, U, const N: usize> {
    w: &'a mut [T],
    g: &'a [T],
    slots: [&'a mut [T]; N],
    update: U,
}

impl<'a, T: Real, U: Update<N>, const N: usize> Piece<'a, T, U, N> {
    fn new<M>(job: &'a mut Job<'_, M, U>, slots: &'a mut [Option<Tensor>]) -> Self {
        let mut slots = slots.iter_mut();
        let slots = std::array::from_fn(|_| match slots.next() {
            Some(Some(slot)) => slot.make_mut(),
            _ => Default::default(),
        });
        Piece { w: job.data.make_mut(), g: job.grad.as_slice(), slots, update: job.update }
    }

    /// Hands out the piece in portions of [`GRAIN`] elements.
    fn split(self) -> impl Iterator<Item = Piece<'a, T, U, N>> {
        let update = self.update;
        let mut slots = self.slots.map(|slot| slot.chunks_mut(GRAIN));
        let slots = std::iter::from_fn(move || Some(slots.each_mut().map(|s| s.next().unwrap_or_default())));
        let chunks = self.w.chunks_mut(GRAIN).zip(self.g.chunks(GRAIN)).zip(slots);
        chunks.map(move |((w, g), slots)| Piece { w, g, slots, update })
    }
}

impl<T: Real, U: Update<N>, const N: usize> RootKernel for Piece<'_, T, U, N> {
    type Output = ();

    #[inline(always)]
    fn run(self, roots: Roots) {
        self.update.apply(self.w, self.g, self.slots, roots);
    }
}
