//! Finds the operation at which the first NaN or infinity appeared.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;

use tensor::{DType, Tensor, Value};

use super::Node;
use super::mode::Watch;
use crate::Variable;

/// Runs `f` and looks at what every operation gives, forward and in passes back: the first that makes a NaN
/// or an infinity out of finite numbers panics with its name, the line that called it and the module it was
/// called in. The twin of `with torch.autograd.detect_anomaly():`, for the calling thread; torch looks for
/// NaN, and in passes back alone.
///
/// An infinity that was asked for is none: one among an operation's settings, as in
/// `scores.masked_fill(&mask, f64::NEG_INFINITY)`, or in a variable that no operation made. It costs a look
/// at every number while it is on, and nothing while it is off. For a pass back to know its lines the forward
/// pass has to run inside, too.
///
/// ```
/// use autograd::{Variable, detect_anomaly};
/// let x = Variable::new([0.5f32, 2.0]).requires_grad_(true);
/// detect_anomaly(|| x.log().sum().backward()); // runs through
/// ```
///
/// ```should_panic
/// use autograd::{Variable, detect_anomaly};
/// let x = Variable::new([0.0f32, 4.0]).requires_grad_(true);
/// detect_anomaly(|| {
///     let y = x.sqrt(); // 0 and 2, but the slope at 0 is infinite
///     y.sum().backward();
/// });
/// // backward: Function 'SqrtBackward0' returned inf values in its 0th output; it ran forward
/// //     at src/main.rs:5:15
/// ```
///
/// # Panics
/// As `f` does, and at the first operation that gives such a number.
pub fn detect_anomaly<R>(f: impl FnOnce() -> R) -> R {
    let _watching = Watch::change(|watch| watch.anomaly = true);
    f()
}

/// Switches what [`detect_anomaly`] does on or off for the calling thread until it is called again, as
/// `torch.autograd.set_detect_anomaly(mode)`.
///
/// ```
/// autograd::set_detect_anomaly(true);
/// assert!(autograd::is_anomaly_enabled());
/// autograd::set_detect_anomaly(false);
/// ```
pub fn set_detect_anomaly(mode: bool) {
    Watch::set(|watch| watch.anomaly = mode);
}

/// Whether the calling thread looks for NaN and infinities: see [`detect_anomaly`].
pub fn is_anomaly_enabled() -> bool {
    Watch::now().anomaly
}

thread_local! {
    /// The modules that are running, the outermost first: the name of each in the one around it, and its
    /// kind.
    static MODULES: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f`, the forward pass of a module that is called `name` in the one around it, so that
/// [`detect_anomaly`] can say where an operation ran. `name_and_kind` is asked only while that is on. Lists
/// of layers do this for theirs.
///
/// ```should_panic
/// use autograd::{Variable, detect_anomaly, in_module};
/// let x = Variable::new([-1.0f32]);
/// detect_anomaly(|| in_module(|| ("head".into(), "Linear".into()), || x.log()));
/// // forward: Function 'LogBackward0' returned nan values in its 0th output
/// //     at src/main.rs:4:67
/// //     in module head (Linear)
/// ```
pub fn in_module<R>(name_and_kind: impl FnOnce() -> (String, String), f: impl FnOnce() -> R) -> R {
    /// Ends the module, also when it panics.
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            MODULES.with_borrow_mut(|modules| modules.pop());
        }
    }
    let _leave = is_anomaly_enabled().then(|| {
        let module = name_and_kind(); // outside of the borrow: it may come here again
        MODULES.with_borrow_mut(|modules| modules.push(module));
        Leave
    });
    f()
}

/// Where an operation was called.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    line: &'static Location<'static>,
    module: Option<String>,
}

impl Site {
    #[cold]
    #[track_caller]
    pub(crate) fn here() -> Site {
        let module = MODULES.with_borrow(|modules| {
            let (_, kind) = modules.last()?;
            let path: Vec<&str> = modules.iter().map(|(name, _)| &**name).collect();
            Some(format!("{} ({kind})", path.join(".")))
        });
        Site { line: Location::caller(), module }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n    at {}", self.line)?;
        self.module.iter().try_for_each(|module| write!(f, "\n    in module {module}"))
    }
}

/// What is wrong with some number of a tensor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Wrong {
    Infinite,
    Nan,
}

impl Wrong {
    fn of(x: &Tensor) -> Option<Wrong> {
        if !x.dtype().is_float() {
            return None;
        }
        let half = !matches!(x.dtype(), DType::F32 | DType::F64);
        let x = if half { &x.to_dtype(DType::F32) } else { x };
        if x.isnan().any().item() != 0.0 {
            return Some(Wrong::Nan);
        }
        (x.isinf().any().item() != 0.0).then_some(Wrong::Infinite)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wrong::Infinite => "inf",
            Wrong::Nan => "nan",
        })
    }
}

/// Panics if an output of an operation holds a number that is worse than those of its inputs. A NaN that is
/// in the data from the start is reported where it is first used.
#[track_caller]
pub(crate) fn check_forward(
    name: &str,
    attributes: &[(&'static str, Value)],
    inputs: &[&Variable],
    outputs: &[Variable],
) {
    let given = inputs.iter().filter_map(|x| Wrong::of(&x.data())).fold(None, worse);
    let asked = attributes.iter().any(|(_, value)| matches!(value, Value::Float(c) if c.is_infinite()));
    let given = if asked { worse(given, Wrong::Infinite) } else { given };
    for (i, y) in outputs.iter().enumerate() {
        let Some(wrong) = Wrong::of(&y.data()).filter(|wrong| Some(*wrong) > given) else { continue };
        let site = Site::here();
        panic!("forward: Function '{name}' returned {wrong} values in its {i}th output{site}");
    }
    for (i, x) in inputs.iter().enumerate() {
        if x.is_leaf() && Wrong::of(&x.data()) == Some(Wrong::Nan) {
            panic!("forward: Function '{name}' was given nan values in its {i}th input{}", Site::here());
        }
    }
}

fn worse(so_far: Option<Wrong>, wrong: Wrong) -> Option<Wrong> {
    if so_far > Some(wrong) { so_far } else { Some(wrong) }
}

/// What is wrong with the gradients that a rule is given.
pub(super) struct Arriving(Option<Wrong>);

impl Arriving {
    pub(super) fn of<'a>(gradients: impl Iterator<Item = Cow<'a, Tensor>>) -> Arriving {
        Arriving(gradients.filter_map(|gradient| Wrong::of(&gradient)).fold(None, worse))
    }

    /// Panics if gradient `index` that the rule of `node` gave is worse.
    #[track_caller]
    pub(super) fn check(&self, node: &Node, index: usize, gradient: &Tensor) {
        let Some(wrong) = Wrong::of(gradient) else { return };
        let name = node.name;
        let site = match &node.site {
            Some(site) => format!("it ran forward{site}"),
            None => "it ran forward outside of detect_anomaly".to_owned(),
        };
        assert!(
            Some(wrong) <= self.0,
            "backward: Function '{name}' returned {wrong} values in its {index}th output; {site}"
        );
        assert!(
            wrong == Wrong::Infinite,
            "backward: Function '{name}' was given a gradient with nan values, which no operation made; {site}"
        );
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// What `f` panics with in anomaly mode, without the column.
    fn found(f: impl FnOnce()) -> String {
        let panic = catch_unwind(AssertUnwindSafe(|| detect_anomaly(f))).expect_err("something is wrong");
        assert!(!is_anomaly_enabled(), "the mode ends with a panic, too");
        *panic.downcast::<String>().expect("a message")
    }

    fn leaf(x: f32) -> Variable {
        Variable::new([x, 1.0]).requires_grad_(true)
    }

    #[test]
    fn the_first_operation_is_named_with_its_line() {
        let line = line!() + 1;
        let message = found(|| drop((leaf(0.0).log() * 0.0).exp()));
        let log = format!("returned inf values in its 0th output\n    at {}:{line}:", file!());
        assert!(message.starts_with(&format!("forward: Function 'LogBackward0' {log}")), "{message}");
        let message = found(|| drop(leaf(-1.0).sqrt()));
        assert!(message.starts_with("forward: Function 'SqrtBackward0' returned nan values"), "{message}");
        let message = found(|| drop(leaf(f32::NAN) * 2.0));
        assert!(
            message.starts_with(
                "forward: Function 'MulBackward0' was given nan values in its 0th input\n    at"
            )
        );
    }

    #[test]
    fn in_a_pass_back_the_line_is_that_of_the_way_forward() {
        let line = line!() + 2;
        let message = found(|| {
            let y = in_module(|| ("body".into(), "Net".into()), || leaf(0.0).sqrt());
            (y * 0.0).sum().backward(); // 0·∞
        });
        let start = format!(
            "backward: Function 'SqrtBackward0' returned nan values in its 0th output; it ran forward\n    at {}:{line}:",
            file!()
        );
        assert!(message.starts_with(&start) && message.ends_with(" in module body (Net)"), "{message}");
        let y = leaf(0.0).sqrt().sum();
        let message = found(|| y.backward());
        assert!(
            message
                .ends_with("returned inf values in its 0th output; it ran forward outside of detect_anomaly")
        );
        let message = found(|| leaf(1.0).square().backward_with(Tensor::from([f32::NAN, 1.0])));
        assert!(message.contains("'PowBackward0' was given a gradient with nan values"), "{message}");
    }

    #[test]
    fn modules_inside_others_have_a_path() {
        let inner = || in_module(|| ("2".into(), "Tanh".into()), || leaf(-1.0).log());
        let message = found(|| drop(in_module(|| ("layers".into(), "Sequential".into()), inner)));
        assert!(message.ends_with(" in module layers.2 (Tanh)"), "{message}");
        let message = found(|| drop(leaf(-1.0).log()));
        assert!(!message.contains("module"), "what a panic left is not in the way: {message}");
    }

    #[test]
    fn infinities_that_were_asked_for_pass() {
        detect_anomaly(|| {
            let mask = Tensor::from([true, false]);
            let scores = leaf(3.0).masked_fill(&mask, f64::NEG_INFINITY);
            scores.softmax(0).square().sum().backward();
            let limits = Variable::new([f32::NEG_INFINITY, 0.0]);
            (leaf(1.0) + limits).softmax(0).square().sum().backward();
        });
    }
}
