//! Hooks of modules: when they are called, with what, and what becomes of what they give back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use autograd::{Variable, no_grad};
use nn::{
    AdaptiveAvgPool2d, AdaptiveMaxPool1d, AvgPool3d, BatchNorm2d, ConstantPad1d, Conv1d, Conv2d, Conv3d,
    ConvTranspose2d, Dropout, Embedding, Flatten, Forward, FractionalMaxPool2d, Identity, LPPool2d, Lambda,
    Layer, Linear, MaxPool1d, Module, ModuleHooks, ReLU, ReflectionPad2d, Softmax, Softmax2d, Training,
    hooks, sequential,
};
use tensor::Tensor;

fn item(x: &Variable) -> f32 {
    x.data().to_vec::<f32>()[0]
}

/// `y = 3x`
fn triple() -> Linear {
    let linear = Linear::new(1, 1);
    linear.weight.set_data(Tensor::from([[3.0f32]]));
    linear.bias.as_ref().unwrap().set_data(Tensor::from([0.0f32]));
    linear
}

fn x() -> Variable {
    Variable::new(Tensor::from([[2.0f32]])).requires_grad_(true)
}

/// As the same three hooks in torch: pre-hooks first, each with what the one before gave.
#[test]
fn hooks_are_called_in_order_and_may_replace() {
    let linear = triple();
    let seen: Arc<Mutex<Vec<(&str, f32)>>> = Arc::default();
    let log = |name: &'static str| {
        let seen = seen.clone();
        move |x: f32| seen.lock().unwrap().push((name, x))
    };
    let (first, second, after, last) = (log("first"), log("second"), log("after"), log("last"));
    let handle = linear.register_forward_hook(move |module, x, y| {
        assert_eq!(module.kind(), "Linear");
        after(item(x));
        y + 1.0
    });
    linear.register_forward_hook(move |_, _, y| last(item(y)));
    linear.register_forward_pre_hook(move |_, x| {
        first(item(x));
        Some(x * 10.0)
    });
    linear.register_forward_pre_hook(move |_, x| second(item(x)));
    assert_eq!(item(&linear.forward(&x())), 61.0);
    assert_eq!(*seen.lock().unwrap(), [("first", 2.0), ("second", 20.0), ("after", 20.0), ("last", 61.0)]);
    handle.remove();
    assert_eq!(item(&linear.forward(&x())), 60.0);
}

/// `module.register_full_backward_hook` in torch: grad_input 6 where the output's gradient is 2, and the leaf
/// gets what the hook gives.
#[test]
fn a_backward_hook_sees_both_gradients_and_replaces_the_inputs() {
    let linear = triple();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    linear.register_full_backward_hook(move |dx, dy| {
        log.lock().unwrap().push((dx.map(item), item(dy)));
        dx.map(|dx| dx * 100.0)
    });
    let x = x();
    let other = &x * 5.0; // another use of the same input
    (linear.forward(&x) * 2.0 + other).sum().backward();
    assert_eq!(*seen.lock().unwrap(), [(Some(6.0), 2.0)]);
    assert_eq!(x.grad().unwrap().item(), 605.0);
    assert_eq!(linear.weight.grad().unwrap().item(), 4.0);
}

#[test]
fn without_an_input_that_learns_a_backward_hook_sees_the_outputs_gradient() {
    let linear = triple();
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    linear.register_full_backward_hook(move |dx, dy| {
        assert!(dx.is_none() && item(dy) == 1.0);
        count.fetch_add(1, Ordering::Relaxed);
    });
    linear.forward(&Variable::new(Tensor::from([[2.0f32]]))).sum().backward();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    no_grad(|| linear.forward(&x()));
}

#[test]
fn a_layer_that_gives_its_input_back_has_no_pass_to_hook_into_without_a_graph() {
    let identity = Identity::new();
    identity.register_full_backward_hook(|_, _| -> () { panic!("there is no pass backward") });
    let x = Variable::new(Tensor::from([[2.0f32]])).requires_grad_(true);
    assert_eq!(no_grad(|| identity.forward(&x)).item(), 2.0);
}

#[test]
fn a_hook_may_remove_itself() {
    let linear = Arc::new(triple());
    let handle = Arc::new(Mutex::new(None));
    let own = handle.clone();
    *handle.lock().unwrap() = Some(linear.register_forward_hook(move |_, _, y| {
        let handle: Option<autograd::HookHandle> = own.lock().unwrap().take();
        if let Some(handle) = handle {
            handle.remove();
        }
        y * 2.0
    }));
    assert_eq!([item(&linear.forward(&x())), item(&linear.forward(&x()))], [12.0, 6.0]);
}

/// Layers over one to three axes each have a `Forward` of their own.
#[test]
fn every_kind_of_layer_has_hooks() {
    let calls = Arc::new(AtomicUsize::new(0));
    let layers: Vec<(Box<dyn Layer>, Vec<usize>)> = vec![
        (Box::new(Conv1d::new(2, 2, 1)), vec![1, 2, 4]),
        (Box::new(Conv2d::new(2, 2, 1)), vec![1, 2, 4, 4]),
        (Box::new(Conv3d::new(2, 2, 1)), vec![1, 2, 4, 4, 4]),
        (Box::new(ConvTranspose2d::new(2, 2, 1)), vec![1, 2, 4, 4]),
        (Box::new(MaxPool1d::new(2)), vec![1, 2, 4]),
        (Box::new(AvgPool3d::new(2)), vec![1, 2, 4, 4, 4]),
        (Box::new(LPPool2d::new(2.0, 2)), vec![1, 2, 4, 4]),
        (Box::new(AdaptiveAvgPool2d::new(2)), vec![1, 2, 4, 4]),
        (Box::new(AdaptiveMaxPool1d::new(2)), vec![1, 2, 4]),
        (Box::new(FractionalMaxPool2d::new(2, 2)), vec![1, 2, 4, 4]),
        (Box::new(BatchNorm2d::new(2)), vec![1, 2, 4, 4]),
        (Box::new(ConstantPad1d::new(1, 0)), vec![1, 2, 4]),
        (Box::new(ReflectionPad2d::new(1)), vec![1, 2, 4, 4]),
        (Box::new(Dropout::new(0.5)), vec![3]),
        (Box::new(Softmax::new(0)), vec![3]),
        (Box::new(Flatten::new()), vec![1, 2, 3]),
        (Box::new(ReLU::new()), vec![3]),
        (Box::new(Lambda::new(Variable::exp)), vec![3]),
        (Box::new(sequential![ReLU::new()]), vec![3]),
    ];
    for (layer, shape) in &layers {
        let count = calls.clone();
        layer.register_forward_hook(move |_, _, _| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        layer.forward(&Variable::new(tensor::ones(&shape[..])));
    }
    Embedding::new(3, 2).register_forward_hook(|_, _, _| {});
    assert_eq!(calls.load(Ordering::Relaxed), layers.len());
}

/// A generic layer of a user's.
#[derive(Module)]
struct Twice<L> {
    inner: L,
    training: Training,
}

#[hooks]
impl<L: Layer> Forward for Twice<L> {
    fn forward(&self, x: &Variable) -> Variable {
        let once = self.inner.forward(x);
        if item(&once) < 0.0 {
            return once;
        }
        self.inner.forward(&once)
    }
}

#[derive(Module)]
struct Plain {
    inner: Linear,
    training: Training,
}

#[hooks]
impl Forward for Plain {
    fn forward(&self, x: &Variable) -> Variable {
        self.inner.forward(x)
    }
}

#[test]
fn a_users_layer_has_hooks_if_it_says_so() {
    let net = Plain { inner: triple(), training: Training::default() };
    net.register_forward_hook(|_, _, y| y + 1.0);
    net.inner.register_forward_hook(|_, _, y| y + 10.0);
    assert_eq!(item(&net.forward(&x())), 17.0);
    let net: Box<dyn Layer> = Box::new(net);
    assert_eq!(item(&net.forward(&x())), 17.0);
    let twice = Twice { inner: triple(), training: Training::default() };
    assert_eq!(item(&twice.forward(&x())), 18.0);
}

#[test]
#[should_panic(expected = "register_forward_hook: MSELoss has no hooks.")]
fn a_module_that_would_not_call_them_takes_none() {
    nn::MSELoss::new().register_forward_hook(|_, _, _| {});
}

#[test]
fn copies_have_no_hooks() {
    let linear = triple();
    linear.register_forward_hook(|_, _, y| y * 0.0);
    assert_eq!(item(&linear.deepcopy().forward(&x())), 6.0);
    let relu = ReLU::new();
    relu.register_forward_hook(|_, _, y| y * 0.0);
    assert_eq!(item(&relu.clone().forward(&x())), 2.0);
}

/// The report points at the caller's line, as it does without hooks.
#[test]
fn a_panic_inside_is_reported_at_the_callers_line() {
    let layer = Softmax2d::new();
    let (line, thread) = (Arc::new(Mutex::new(String::new())), std::thread::current().id());
    let (reported, before) = (line.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |report| match std::thread::current().id() == thread {
        true => {
            let place = report.location().unwrap();
            *reported.lock().unwrap() = format!("{}:{}", place.file(), place.line());
        }
        false => before(report),
    }));
    let mut seen = Vec::new();
    for hooked in [false, true] {
        if hooked {
            layer.register_forward_hook(|_, _, _| {});
        }
        let wrong = Variable::new(tensor::ones([2, 2]));
        let here = format!("{}:{}", file!(), line!() + 1);
        let call = || layer.forward(&wrong);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).expect_err("shapes differ");
        seen.push((line.lock().unwrap().clone(), here));
    }
    drop(std::panic::take_hook());
    assert!(seen.iter().all(|(reported, here)| reported == here), "{seen:?}");
}
