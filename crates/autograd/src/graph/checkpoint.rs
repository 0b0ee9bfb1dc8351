//! Parts of a graph that keep nothing and are computed again on the way back.

use std::cell::RefCell;
use std::mem;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use smallvec::SmallVec;
use tensor::{Generator, Tensor, use_generator, with_default_generator};

use super::Variables;
use super::mode::{Mode, Watch, is_grad_enabled};
use crate::Variable;
use crate::op::Slot;

/// What is run once more; its result is not needed.
type Again = dyn Fn(&[Variable]) + Send + Sync;

/// What one operation saved.
type Saved = SmallVec<[Slot<Tensor>; 2]>;

/// The result of `f`, whose operations keep nothing for the way back but the `inputs`: there `f` runs once
/// more, which spends time to save memory. As `torch.utils.checkpoint.checkpoint` with
/// `use_reentrant=False`: hooks, [`grad`](crate::grad()) and `create_graph` work as without, parameters that
/// `f` uses get their gradients, and since `f` finds the random generator in the state it had, the gradients
/// are those without a checkpoint to the last bit.
///
/// The graph holds `f`, so `f` has to own what it uses: clones of variables and parameters are the same
/// ones, and layers are shared by an `Arc`.
///
/// ```
/// use autograd::{Variable, checkpoint};
/// let w = Variable::new([0.5f32, -1.0]).requires_grad_(true);
/// let x = Variable::new([2.0f32, 3.0]).requires_grad_(true);
/// let scale = w.clone();
/// let y = checkpoint(move |x| (&x[0] * &scale).tanh(), &x);
/// y.sum().backward(); // computes the product and its tanh again
/// assert!(x.grad().is_some() && w.grad().is_some());
/// ```
///
/// # Panics
/// As `f` does; and the pass back, if `f` then takes another number of steps.
#[track_caller]
pub fn checkpoint<R>(
    f: impl Fn(&[Variable]) -> R + Send + Sync + 'static,
    inputs: &(impl Variables + ?Sized),
) -> R {
    let handles = inputs.variables();
    if !is_grad_enabled() {
        return f(&handles);
    }
    let f = Arc::new(f);
    let again = f.clone();
    let region = Arc::new(Region {
        f: Box::new(move |x| drop(again(x))),
        inputs: handles.iter().map(|x| (x.data(), x.requires_grad())).collect(),
        generator: with_default_generator(|generator| generator.clone()),
        steps: OnceLock::new(),
        saved: Mutex::default(),
    });
    let (y, frame) = Frame::Forward(region.clone(), 0).around(|| f(&handles));
    if let Frame::Forward(_, steps) = frame {
        region.steps.set(steps).expect("f has run once");
    }
    y
}

/// The operations of one call of [`checkpoint`], and how to get back what they saved. It holds no variable of
/// the graph that holds it.
struct Region {
    f: Box<Again>,
    /// The values of the inputs, and whether they required a gradient.
    inputs: Vec<(Tensor, bool)>,
    /// As it was before `f` ran.
    generator: Generator,
    /// How many operations `f` recorded; not known while it runs.
    steps: OnceLock<usize>,
    /// What they saved, computed again, until a pass has fetched it.
    saved: Mutex<Vec<Option<Saved>>>,
}

/// An operation's place in its region.
pub(crate) struct Place {
    region: Arc<Region>,
    step: usize,
}

impl Place {
    /// What the operation saved.
    #[track_caller]
    pub(super) fn saved(&self) -> Saved {
        let Place { region, step } = self;
        let lock = || region.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let there = lock().get_mut(*step).and_then(Option::take);
        there.unwrap_or_else(|| {
            let mut all = region.run_again();
            let saved = all[*step].take().expect("each operation saved once");
            *lock() = all;
            saved
        })
    }
}

impl Region {
    #[track_caller]
    fn run_again(&self) -> Vec<Option<Saved>> {
        let input = |(x, needed): &(Tensor, bool)| Variable::new(x.clone()).requires_grad_(*needed);
        let inputs: Vec<Variable> = self.inputs.iter().map(input).collect();
        let _mode = Mode::set(true);
        let mut generator = self.generator.clone();
        let run = || use_generator(&mut generator, || (self.f)(&inputs));
        let ((), frame) = Frame::Again(Vec::new()).around(run);
        let Frame::Again(saved) = frame else { unreachable!("a frame stays of its kind") };
        let steps = self.steps.get().copied().unwrap_or(saved.len());
        assert!(
            saved.len() == steps,
            "checkpoint: A different number of operations was recorded during the original forward and \
             recomputation. Number during forward: {steps}. Number during recomputation: {}",
            saved.len()
        );
        saved
    }
}

/// What becomes of what the operations of a checkpoint save.
enum Frame {
    /// The first time it is given up. So many have been.
    Forward(Arc<Region>, usize),
    /// The second time it is copied.
    Again(Vec<Option<Saved>>),
}

thread_local! {
    /// The innermost.
    static FRAME: RefCell<Option<Frame>> = const { RefCell::new(None) };
}

impl Frame {
    /// Runs `f` inside this frame, and gives the frame back.
    fn around<R>(self, f: impl FnOnce() -> R) -> (R, Frame) {
        /// Puts the frame before in its place, also when `f` panics.
        struct Restore(Option<Frame>);
        impl Drop for Restore {
            fn drop(&mut self) {
                FRAME.set(self.0.take());
            }
        }
        let _watching = Watch::change(|watch| watch.checkpoint = true);
        let _restore = Restore(FRAME.replace(Some(self)));
        let result = f();
        (result, FRAME.take().expect("inner ones are gone"))
    }
}

/// Takes what a recorded operation has saved, inside a checkpoint.
#[cold]
pub(crate) fn give_up(saved: &mut Saved, place: &mut Option<Box<Place>>) {
    FRAME.with_borrow_mut(|frame| match frame.as_mut().expect("there is one where operations are watched") {
        Frame::Forward(region, steps) => {
            if saved.iter().any(|slot| slot.value.is_some()) {
                let emptied = saved.iter().map(|slot| Slot { source: slot.source, value: None }).collect();
                drop(mem::replace(saved, emptied));
                *place = Some(Box::new(Place { region: region.clone(), step: *steps }));
            }
            *steps += 1;
        }
        Frame::Again(all) => {
            let copy = |slot: &Slot<Tensor>| Slot { source: slot.source, value: slot.value.clone() };
            all.push(Some(saved.iter().map(copy).collect()));
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tensor::manual_seed;

    use super::*;
    use crate::{GradOptions, dropout, grad, grad_with};

    fn leaf(x: [f32; 3]) -> Variable {
        Variable::new(x).requires_grad_(true)
    }

    fn kept() -> GradOptions {
        GradOptions { retain_graph: Some(true), ..Default::default() }
    }

    /// A function with a parameter inside, a draw, and an operation that saves nothing.
    fn part(w: &Variable) -> impl Fn(&[Variable]) -> Variable + Send + Sync + use<> {
        let w = w.clone();
        move |x| {
            let y = (&x[0] * &w + &x[0]).tanh();
            dropout(&y, 0.5) * &y
        }
    }

    #[test]
    fn gradients_are_those_without_to_the_last_bit() {
        let _alone = testing::alone();
        let (x, w) = (leaf([0.5, -1.0, 2.0]), leaf([1.5, 0.3, -0.7]));
        let run = |checkpointed: bool| {
            manual_seed(3);
            let y = x.exp();
            let y = if checkpointed { checkpoint(part(&w), &[&y]) } else { part(&w)(&[y]) };
            let dx = grad_with(&y.square().sum(), &[&x, &w], GradOptions { create_graph: true, ..kept() });
            let dx: Vec<Variable> = dx.into_iter().flatten().collect();
            let second = grad_with(&(dx[0].square() + &dx[1]).sum(), &[&x, &w], kept());
            let second: Vec<Variable> = second.into_iter().flatten().collect();
            y.square().sum().backward();
            format!("{y:?} {dx:?} {second:?} {:?} {:?} {:?}", x.grad(), w.grad(), tensor::rand([1]))
        };
        let plain = run(false);
        x.zero_grad();
        w.zero_grad();
        assert_eq!(run(true), plain);
    }

    #[test]
    fn it_runs_again_once_a_pass_and_keeps_nothing_before() {
        let (calls, w) = (Arc::new(AtomicUsize::new(0)), leaf([1.0, 2.0, 3.0]));
        let (seen, scale) = (calls.clone(), w.clone());
        let f = move |x: &[Variable]| {
            seen.fetch_add(1, Ordering::Relaxed);
            (&x[0] * &scale).exp()
        };
        let y = checkpoint(f, &[&leaf([0.1, 0.2, 0.3])]).sum();
        w.update_data(|data| {
            let before = data.as_slice::<f32>().as_ptr();
            assert_eq!(data.make_mut::<f32>().as_ptr(), before, "no one holds the weight");
        });
        for calls_then in [2, 3] {
            y.backward_retain_graph();
            assert_eq!(calls.load(Ordering::Relaxed), calls_then);
        }
        let outside = leaf([1.0, 1.0, 1.0]);
        crate::no_grad(|| checkpoint(|x| x[0].exp(), &[&outside]));
    }

    #[test]
    fn checkpoints_nest() {
        let _alone = testing::alone();
        let (x, w) = (leaf([0.5, -1.0, 2.0]), leaf([1.5, 0.3, -0.7]));
        manual_seed(5);
        let plain = grad(&part(&w)(&[part(&w)(&[x.exp()]).sin()]).sum(), &[&x, &w]);
        manual_seed(5);
        let inner = w.clone();
        let outer = move |x: &[Variable]| part(&inner)(&[checkpoint(part(&inner), &[&x[0].exp()]).sin()]);
        let nested = grad(&checkpoint(outer, &[&x]).sum(), &[&x, &w]);
        assert_eq!(format!("{nested:?}"), format!("{plain:?}"));
    }

    #[test]
    #[should_panic(expected = "Number during forward: 1. Number during recomputation: 2")]
    fn what_takes_other_steps_the_second_time_is_refused() {
        let calls = AtomicUsize::new(0);
        let f = move |x: &[Variable]| match calls.fetch_add(1, Ordering::Relaxed) {
            0 => x[0].exp(),
            _ => x[0].exp().exp(),
        };
        checkpoint(f, &[&leaf([0.1, 0.2, 0.3])]).sum().backward();
    }
}
