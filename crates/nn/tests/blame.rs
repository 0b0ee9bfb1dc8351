//! A layer that fails inside a `Sequential` is named, and the report points at the caller.
//!
//! One test: the panic hook belongs to the process.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, set_hook, take_hook};
use std::sync::Mutex;

use autograd::Variable;
use nn::{Forward, Linear, Module, ReLU, Sequential, sequential};

#[derive(Module)]
struct Inner {
    layers: Sequential,
}

impl Forward for Inner {
    fn forward(&self, x: &Variable) -> Variable {
        self.layers.forward(x)
    }
}

#[derive(Module)]
struct Odd;

impl Forward for Odd {
    fn forward(&self, _: &Variable) -> Variable {
        panic_any(7)
    }
}

/// The files that panics were reported in, and what the last one carried.
fn run(net: &Sequential) -> (Vec<String>, Box<dyn std::any::Any + Send>) {
    static FILES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let before = take_hook();
    set_hook(Box::new(|panic| {
        FILES.lock().unwrap().push(panic.location().unwrap().file().to_owned());
    }));
    let outcome = catch_unwind(AssertUnwindSafe(|| net.forward(&Variable::new(tensor::zeros([5, 2])))));
    set_hook(before);
    (std::mem::take(&mut FILES.lock().unwrap()), outcome.expect_err("the layers do not fit"))
}

#[test]
fn the_layer_is_named_and_the_callers_line_reported() {
    let here = |files: &[String]| files.iter().filter(|file| file.ends_with("blame.rs")).count();
    let misfit = "in layer 1, Linear(in_features=3, out_features=1, bias=True): \
                  matmul: mat1 and mat2 shapes cannot be multiplied (5x4 and 3x1)";

    let (files, panic) = run(&sequential![Linear::new(2, 4), Linear::new(3, 1)]);
    assert_eq!(panic.downcast_ref::<String>().unwrap(), misfit);
    assert_eq!((files.len(), here(&files)), (2, 1), "{files:?}");

    // However deep it is, there is one report besides the layer's own.
    let layers = sequential![Linear::new(2, 4), Linear::new(3, 1)];
    let (files, panic) = run(&sequential![sequential![ReLU::new(), Inner { layers }]]);
    let path = format!("in layer 0, Sequential: in layer 1, Inner: {misfit}");
    assert_eq!(panic.downcast_ref::<String>().unwrap(), &path);
    assert_eq!((files.len(), here(&files)), (2, 1), "{files:?}");

    // A panic without a message goes through as it is.
    let (_, panic) = run(&sequential![Odd]);
    assert_eq!(panic.downcast_ref::<i32>(), Some(&7));

    // And then all is as before.
    let (files, _) = run(&sequential![Linear::new(9, 1)]);
    assert_eq!((files.len(), here(&files)), (2, 1), "{files:?}");
}
