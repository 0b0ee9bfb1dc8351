//! Passes on several threads, failed passes, and closures that ask for what they hold. Whatever happens,
//! nothing hangs: each test has a minute.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};
use tensor::{DType, Tensor};
use testing::{message, refusal, within_a_minute};

fn leaf(x: f32) -> Variable {
    Variable::new(Tensor::from([x])).requires_grad_(true)
}

fn grad(x: &Variable) -> f64 {
    x.grad().expect("the leaf took part").item()
}

/// The identity, whose derivative takes its time, and fails while `fails` is set.
fn slow(x: &Variable, fails: &Arc<AtomicBool>) -> Variable {
    struct Slow(Arc<AtomicBool>);
    impl Op for Slow {
        fn name(&self) -> &'static str {
            "SlowBackward"
        }
        fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
            save.input(0);
            x[0].clone().into()
        }
        fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
            std::thread::sleep(Duration::from_millis(20));
            assert!(!self.0.load(Ordering::Relaxed), "the rule fails");
            dy.single().into()
        }
    }
    apply(Slow(fails.clone()), &[x]).single()
}

#[test]
fn passes_that_keep_the_graph_meet_in_a_trunk_and_both_arrive() {
    within_a_minute(|| {
        for _ in 0..5 {
            let x = leaf(1.0);
            let trunk = slow(&x, &Arc::default());
            let ends = [&trunk * 1.0, &trunk * 10.0];
            let start = Barrier::new(2);
            std::thread::scope(|scope| {
                for end in &ends {
                    scope.spawn(|| {
                        start.wait();
                        end.backward_retain_graph();
                    });
                }
            });
            assert_eq!(grad(&x), 11.0);
        }
    });
}

#[test]
fn many_passes_through_one_trunk_lose_nothing() {
    within_a_minute(|| {
        let x = leaf(0.5);
        let trunk = (&x * &x).tanh().exp();
        let single = {
            trunk.backward_retain_graph();
            grad(&x)
        };
        x.zero_grad();
        std::thread::scope(|scope| {
            for factor in [1.0f32, 2.0, 3.0, 4.0] {
                let end = (&trunk * factor).sum();
                scope.spawn(move || (0..100).for_each(|_| end.backward_retain_graph()));
            }
        });
        assert!((grad(&x) / (single * 1000.0) - 1.0).abs() < 1e-4);
    });
}

#[test]
fn of_two_passes_that_free_the_graph_each_completes_or_is_refused() {
    within_a_minute(|| {
        let x = leaf(1.0);
        let trunk = slow(&x, &Arc::default());
        let ends = [(&trunk * 1.0, 1.0), (&trunk * 10.0, 10.0)];
        let start = Barrier::new(2);
        let arrived: f64 = std::thread::scope(|scope| {
            let passes = ends.iter().map(|(end, share)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    match catch_unwind(AssertUnwindSafe(|| end.backward())) {
                        Ok(()) => *share,
                        Err(panic) => {
                            assert!(message(panic).contains("through the graph a second time"));
                            0.0
                        }
                    }
                })
            });
            let passes: Vec<_> = passes.collect();
            passes.into_iter().map(|pass| pass.join().expect("its panic was caught")).sum()
        });
        assert!(arrived > 0.0);
        assert_eq!(grad(&x), arrived);
    });
}

#[test]
fn a_pass_that_fails_leaves_nothing_behind() {
    within_a_minute(|| {
        let fails = Arc::new(AtomicBool::new(true));
        let x = leaf(1.0);
        let trunk = &x * 10.0;
        let y = &trunk + &slow(&trunk, &fails); // the trunk has half of its gradient when the other half fails
        assert_eq!(refusal(|| y.backward_retain_graph()), "the rule fails");
        trunk.backward_retain_graph();
        assert_eq!(grad(&x), 10.0);
        fails.store(false, Ordering::Relaxed);
        y.backward();
        assert_eq!(grad(&x), 10.0 + 20.0);
    });
}

/// In torch the leaf `w` keeps what it was given before the failure, and the operation
/// that failed can be tried again.
#[test]
fn a_rule_that_failed_is_still_there() {
    within_a_minute(|| {
        let fails = Arc::new(AtomicBool::new(true));
        let (x, w) = (leaf(1.0), leaf(1.0));
        let y = &slow(&x, &fails) + &w;
        assert_eq!(refusal(|| y.backward()), "the rule fails");
        assert!(x.grad().is_none());
        assert_eq!(grad(&w), 1.0);
        fails.store(false, Ordering::Relaxed);
        y.backward();
        assert_eq!((grad(&x), grad(&w)), (1.0, 2.0));
    });
}

#[test]
fn a_closure_that_asks_for_the_value_it_changes_is_refused() {
    within_a_minute(|| {
        let x = leaf(1.0);
        (&x * 3.0).sum().backward();
        let same = x.clone();
        let asks: [(&str, &dyn Fn()); 10] = [
            ("data", &|| drop(same.data())),
            ("data", &|| drop(same.to_string())),
            ("data", &|| drop(&same * 2.0)),
            ("shape", &|| drop(same.shape())),
            ("dtype", &|| _ = same.dtype()),
            ("set_data", &|| same.set_data(tensor::zeros([1]))),
            ("to_dtype_", &|| same.to_dtype_(DType::F64)),
            ("update_data", &|| same.update_data(|_| ())),
            ("update", &|| same.update(|_, _| ())),
            ("data_mut", &|| drop(same.data_mut())),
        ];
        for (name, ask) in asks {
            let expected =
                format!("{name}: this thread is already inside a closure that holds the same value");
            for message in [x.update_data(|_| refusal(ask)), {
                let mut message = String::new();
                x.update(|_, _| message = refusal(ask));
                message
            }] {
                assert!(message.starts_with(&expected), "{message}");
            }
        }
        assert_eq!(x.data().item(), 1.0);
    });
}

#[test]
fn a_closure_may_use_the_gradient_and_other_variables() {
    within_a_minute(|| {
        let (x, other) = (leaf(1.0), leaf(5.0));
        let y = (&x * &other).sum();
        y.backward_retain_graph();
        x.update(|data, grad| {
            assert_eq!(x.grad().expect("there is one").item(), grad.item());
            y.backward(); // the gradients are not what the closure holds
            *data += &other.data();
            x.zero_grad();
        });
        assert_eq!(x.data().item(), 6.0);
        assert!(x.grad().is_none());
    });
}

#[test]
fn closures_that_wait_for_each_other_do_not_wait_for_ever() {
    within_a_minute(|| {
        let pair = [leaf(1.0), leaf(2.0)];
        let both_hold = Barrier::new(2);
        let refused: usize = std::thread::scope(|scope| {
            let threads = [0, 1].map(|i| {
                let (pair, both_hold) = (&pair, &both_hold);
                scope.spawn(move || {
                    let swap = || {
                        pair[i].update_data(|_| {
                            both_hold.wait();
                            pair[1 - i].data()
                        })
                    };
                    usize::from(catch_unwind(AssertUnwindSafe(swap)).is_err())
                })
            });
            threads.into_iter().map(|thread| thread.join().expect("its panic was caught")).sum()
        });
        assert_eq!(refused, 1);
    });
}

#[test]
fn a_generator_and_a_variable_do_not_wait_for_each_other_for_ever() {
    within_a_minute(|| {
        let x = leaf(1.0);
        let both_hold = Barrier::new(2);
        std::thread::scope(|scope| {
            let fill = || x.update_data(|data| (both_hold.wait(), data.uniform_(0.0, 1.0)).1.item());
            let draw = || tensor::with_default_generator(|g| (both_hold.wait(), g.next_u32(), x.data()).1);
            let fill = scope.spawn(move || catch_unwind(AssertUnwindSafe(fill)).is_err());
            let draw = scope.spawn(move || catch_unwind(AssertUnwindSafe(draw)).is_err());
            let refused = [fill.join(), draw.join()].map(|refused| refused.expect("its panic was caught"));
            assert_eq!(refused.iter().filter(|refused| **refused).count(), 1);
        });
    });
}

#[test]
fn a_closure_cannot_change_shape_or_dtype() {
    let x = leaf(1.0);
    (&x * 3.0).sum().backward();
    let wrong = refusal(|| x.update_data(|data| *data = tensor::zeros([2])));
    assert_eq!(
        wrong,
        "update_data: the closure made of the variable, which is torch.float32 [1], one that is torch.float32 [2]"
    );
    assert!(x.data().item().is_nan() && x.shape() == [1]);
    let wrong = refusal(|| x.update(|data, grad| *data = (grad * 0.5).to_dtype(DType::F64)));
    assert!(
        wrong.starts_with("update: the closure made of the variable, which is torch.float32 [1]"),
        "{wrong}"
    );
    assert_eq!(x.dtype(), DType::F32);
    // A panic half-way leaves no other shape behind either.
    let half = |data: &mut Tensor| {
        *data = tensor::zeros([2]);
        panic!("half-way");
    };
    assert_eq!(refusal(|| x.update_data(half)), "half-way");
    assert_eq!(x.shape(), [1]);
    let counts = Variable::new(Tensor::from([3i64, 4]));
    refusal(|| counts.update_data(|data| *data = data.to_dtype(DType::F32)));
    assert_eq!(counts.data().to_vec::<i64>(), [0, 0]);
    counts.update_data(|data| *data = data.add_scalar(1));
    assert_eq!(counts.data().to_vec::<i64>(), [1, 1]);
}

#[test]
fn a_gradient_has_the_shape_and_dtype_of_the_data() {
    let x = leaf(1.0);
    assert!(refusal(|| x.set_grad(Some(tensor::ones([2])))).contains("the gradient is [2], the data [1]"));
    let wrong = refusal(|| x.set_grad(Some(Tensor::from([1.0f64]))));
    assert_eq!(wrong, "set_grad: the gradient is torch.float64, the data torch.float32");
    x.set_grad(Some(Tensor::from([1.0f32])));
    x.to_dtype_(DType::F64);
    assert_eq!((x.dtype(), x.grad().expect("it was set").dtype()), (DType::F64, DType::F64));
    assert!(refusal(|| x.to_dtype_(DType::I64)).starts_with("to_dtype_: only floating-point variables"));
}
