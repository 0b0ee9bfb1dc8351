use std::sync::Mutex;

use autograd::DataMut;
use nn::Parameter;
use smallvec::SmallVec;
use tensor::kernels::parallel;
use tensor::kernels::root::{self, RootKernel, Roots};
use tensor::{DType, Tensor};

use crate::{Core, ParamGroup, Real, Rule, State};

/// Elements that a thread takes at a time: 192 kB of SGD's arrays, 448 kB of Adam's, 2 to 7 µs of work.
const GRAIN: usize = 16 * 1024;

/// The least number of elements worth a second thread.
const SPLIT: usize = 4 * GRAIN;

impl Core {
    /// One pass over all parameters that have a gradient, in place, by the rule that `prepare` gives.
    ///
    /// `prepare` is called once for every group; what it returns is called for every parameter with a
    /// gradient, to make its state ready and to compute the scalars of its rule. Then all parameters are
    /// updated together: the work is split by elements, whatever tensor they lie in, and the result does not
    /// depend on the number of threads. A parameter that its group lists twice is updated a second time
    /// after all others, as in torch.
    ///
    /// Parameters are held from the first check to the last update. While the pass waits for one that another
    /// thread holds, it holds none itself.
    ///
    /// # Panics
    /// If a parameter is neither `F32` nor `F64`, or its gradient or state has another shape or type. Nothing
    /// has changed then, nor if `prepare` or what it returned panics.
    #[track_caller]
    pub fn sweep<'a, P, R>(&'a mut self, prepare: impl FnMut(&'a ParamGroup) -> P)
    where
        P: FnMut(&mut State, &Tensor) -> R,
        R: Rule,
    {
        let Core { groups, state, places, .. } = self;
        let groups: &'a [ParamGroup] = groups;
        let mut rules: SmallVec<[P; 2]> = groups.iter().map(prepare).collect();
        for turn in 0..places.turns() {
            let params = groups.iter().enumerate().flat_map(|(i, g)| g.params.iter().map(move |p| (i, p)));
            let due = params.enumerate().filter(|(entry, _)| places.turn(*entry) == turn);
            let mut held = hold(due.map(|(entry, (group, p))| (entry, group, p)));
            let mut states: SmallVec<[Option<&mut State>; 8]> = state.iter_mut().map(Some).collect();
            for held in &held {
                let state = states[places.of(held.entry)].as_deref().expect("taken below");
                check(&held.data, &held.grad, state);
            }
            let mut updates: SmallVec<[Update<'_, R>; 8]> = SmallVec::new();
            for Held { entry, group, data, grad } in &mut held {
                let state =
                    states[places.of(*entry)].take().expect("a parameter has one turn of each number");
                let state = Touched::new(state, turn);
                let rule = rules[*group](state.state, data);
                if !grad.is_contiguous() {
                    *grad = grad.contiguous();
                }
                updates.push(Update { state, rule });
            }
            updates.iter_mut().for_each(|update| update.state.before = None);
            let doubles = held.iter().filter(|held| held.data.dtype() == DType::F64).count();
            if doubles < held.len() {
                run::<f32, R>(&mut held, &mut updates);
            }
            if doubles > 0 {
                run::<f64, R>(&mut held, &mut updates);
            }
        }
    }
}

/// A parameter that takes part: an entry of its group, with its gradient.
struct Held<'a> {
    entry: usize,
    group: usize,
    data: DataMut<'a>,
    grad: Tensor,
}

/// Takes hold of all parameters that have a gradient. What waits here holds nothing: then neither another
/// optimizer with another order of parameters, nor anything else, can wait for it in turn.
#[track_caller]
fn hold<'a>(params: impl Iterator<Item = (usize, usize, &'a Parameter)> + Clone) -> SmallVec<[Held<'a>; 8]> {
    'again: loop {
        let mut all = SmallVec::new();
        for (entry, group, p) in params.clone() {
            let Some(grad) = p.grad() else { continue };
            let Some(data) = p.try_data_mut() else {
                drop(all);
                drop(p.data_mut());
                continue 'again;
            };
            all.push(Held { entry, group, data, grad });
        }
        return all;
    }
}

#[track_caller]
fn check(data: &Tensor, grad: &Tensor, state: &State) {
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
    if let Some(slot) = state.slots.iter().flatten().find(|slot| !fits(slot)) {
        misfit("state", slot);
    }
}

/// A state that becomes again what it was before, unless `before` is taken away.
struct Touched<'a> {
    state: &'a mut State,
    /// The count of steps, and which slots there were.
    before: Option<(f32, [bool; 3])>,
}

impl<'a> Touched<'a> {
    /// The state for its parameter's turn of this number.
    fn new(state: &'a mut State, turn: usize) -> Touched<'a> {
        if turn == 0 {
            state.fresh = state.is_empty();
        }
        let before = (state.step, state.slots.each_ref().map(Option::is_some));
        Touched { state, before: Some(before) }
    }
}

impl Drop for Touched<'_> {
    fn drop(&mut self) {
        if let Some((step, there)) = self.before {
            self.state.step = step;
            for (slot, there) in self.state.slots.iter_mut().zip(there) {
                *slot = slot.take().filter(|_| there);
            }
        }
    }
}

/// What is done to a parameter that is held.
struct Update<'a, R> {
    state: Touched<'a>,
    rule: R,
}

/// Updates the parameters of type `T`, on as many threads as pays.
fn run<T: Real, R: Rule>(held: &mut [Held<'_>], updates: &mut [Update<'_, R>]) {
    let of_type = |held: &Held<'_>| held.data.dtype() == T::DTYPE;
    let elements: usize = held.iter().filter(|held| of_type(held)).map(|held| held.data.numel()).sum();
    let pairs = held.iter_mut().zip(updates).filter(|(held, _)| of_type(held));
    let wholes = pairs.map(|(held, update)| Piece::new(held, update));
    if elements < SPLIT {
        return wholes.for_each(root::dispatch);
    }
    let wholes: SmallVec<[Piece<'_, T, R>; 8]> = wholes.collect();
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
struct Piece<'a, T, R> {
    w: &'a mut [T],
    g: &'a [T],
    state: [&'a mut [T]; 3],
    rule: R,
}

impl<'a, T: Real, R: Rule> Piece<'a, T, R> {
    fn new(held: &'a mut Held<'_>, update: &'a mut Update<'_, R>) -> Self {
        let state = update.state.state.slots.each_mut().map(|slot| match slot {
            Some(slot) => slot.make_mut(),
            None => Default::default(),
        });
        Piece { w: held.data.make_mut(), g: held.grad.as_slice(), state, rule: update.rule }
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

impl<T: Real, R: Rule> RootKernel for Piece<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn run(self, roots: Roots) {
        self.rule.apply(self.w, self.g, self.state, roots);
    }
}
