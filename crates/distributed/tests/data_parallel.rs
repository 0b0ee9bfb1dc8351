//! The same bits whatever the number of ranks.

mod common;

use autograd::Variable;
use common::training::{OPTIMIZERS, STEPS, batch, loss, net, outcome, train};
use common::{ENGINES, Engine};
use distributed::{DataParallel, DataParallelOptions, Error, ErrorKind, Threads};
use nn::{Buffer, Forward, Linear, Module, Sequential, sequential};
use tensor::{Generator, Tensor, use_generator};

#[test]
fn losses_and_parameters_do_not_depend_on_the_number_of_ranks() {
    for optim in OPTIMIZERS {
        let run = |engine: Engine, ranks, bytes| engine.run(ranks, |comm| train(comm, 8, bytes, optim));
        let expected = run(Engine::Threads, 1, 1 << 20).pop().expect("of one rank").unwrap();
        for engine in ENGINES {
            for ranks in [1, 2, 3, 4, 8] {
                let bytes = [1, 300, 1 << 20][ranks % 3];
                let outcomes = run(engine, ranks, bytes);
                assert_eq!(outcomes.len(), ranks);
                for outcome in outcomes {
                    assert!(outcome.as_ref() == Ok(&expected), "{engine:?}, {ranks} ranks, {bytes} bytes");
                }
            }
        }
    }
}

/// Some shards have no samples then, and some ranks none at all.
#[test]
fn a_batch_may_be_smaller_than_the_number_of_shards() {
    let run = |engine: Engine, ranks| {
        engine.run(ranks, |comm| {
            let net = use_generator(&mut Generator::new(1), || sequential![Linear::new(6, 3)]);
            let options = DataParallelOptions { shards: 8, ..Default::default() };
            let mut net = DataParallel::new(net, comm, options)?;
            let (x, y) =
                use_generator(&mut Generator::new(2), || (tensor::randn([3, 6]), tensor::randint(0, 3, [3])));
            let value = net.backward(3, |net, samples| {
                let [x, y] = [&x, &y].map(|t| t.narrow(0, samples.start as isize, samples.len()));
                loss(net, x, y)
            })?;
            let gradients = net.module().parameters().into_iter().map(|p| p.grad().expect("it is used"));
            let expected = loss(net.module(), x.clone(), y.clone()).item();
            assert!((value - expected).abs() < 1e-6, "{value}, not {expected}");
            Ok::<_, Error>((value.to_bits(), gradients.map(|g| g.bytes().into_owned()).collect::<Vec<_>>()))
        })
    };
    let expected = run(Engine::Threads, 1).pop().expect("of one rank");
    assert!(expected.is_ok());
    for engine in ENGINES {
        for ranks in [2, 3, 5, 8] {
            assert!(
                run(engine, ranks).iter().all(|outcome| *outcome == expected),
                "{engine:?}, {ranks} ranks"
            );
        }
    }
}

/// A layer whose output depends on how often it was called.
#[derive(Module)]
struct Counting {
    layer: Linear,
    calls: Buffer,
}

impl Forward for Counting {
    fn forward(&self, x: &Variable) -> Variable {
        self.calls.set_data(self.calls.data() + 1.0);
        self.layer.forward(x) * self.calls.item()
    }
}

#[test]
fn each_shard_starts_from_the_buffers_of_the_step() {
    for engine in ENGINES {
        for ranks in [1, 2, 3, 4] {
            let results = engine.run(ranks, |comm| {
                let calls = Buffer::new(tensor::full([1], comm.rank() as f64 * 100.0));
                let net = Counting { layer: Linear::new(1, 1), calls };
                let options = DataParallelOptions { shards: 4, ..Default::default() };
                let mut net = DataParallel::new(net, comm, options)?;
                let mut gradients = Vec::new();
                for _ in 0..3 {
                    net.module().zero_grad();
                    net.backward(8, |net, samples| {
                        net.forward(&Variable::new(tensor::ones([samples.len(), 1]))).mean()
                    })?;
                    gradients.push(net.module().layer.weight.grad().expect("it is used").item());
                }
                Ok::<_, Error>((gradients, net.module().calls.item()))
            });
            assert!(results.iter().all(|result| *result == Ok((vec![1.0, 2.0, 3.0], 3.0))), "{results:?}");
        }
    }
}

#[test]
fn one_shard_is_training_without_any_of_this() {
    for optim in OPTIMIZERS {
        let expected = use_generator(&mut Generator::new(9), || {
            let net = net(0);
            let mut optim = optim(net.parameters());
            let mut losses = Vec::new();
            for step in 0..STEPS {
                let (x, y) = batch(step);
                optim.zero_grad();
                let loss = loss(&net, x, y);
                loss.backward();
                optim.step();
                losses.push(loss.item());
            }
            outcome(losses, &net)
        });
        for engine in ENGINES {
            let alone = |comm| use_generator(&mut Generator::new(9), || train(comm, 1, 1 << 20, optim));
            assert!(engine.run(1, alone) == [Ok(expected.clone())]);
        }
    }
}

#[test]
fn gradients_add_up_as_those_of_backward() {
    for engine in ENGINES {
        let results = engine.run(2, |comm| {
            let mut net = DataParallel::new(
                sequential![Linear::new(1, 1)],
                comm,
                DataParallelOptions { shards: 2, ..Default::default() },
            )?;
            for _ in 0..2 {
                // The mean of 1, 2 and 3, in shards of one and of two.
                let x = Tensor::from([[1.0f32], [2.0], [3.0]]);
                net.backward(3, |net, samples| {
                    let x = x.narrow(0, samples.start as isize, samples.len());
                    net.forward(&Variable::new(x)).mean()
                })?;
            }
            let weight = net.module().parameters()[0].grad().expect("it is used");
            Ok::<_, Error>(weight.item())
        });
        for gradient in results {
            assert!((gradient.unwrap() - 4.0).abs() < 1e-6);
        }
    }
}

#[test]
fn unused_parameters_are_named_or_left_alone() {
    for engine in ENGINES {
        let unused = |find_unused: bool| {
            engine.run(2, |comm| {
                let net = sequential![Linear::new(2, 2), Linear::new(2, 2)];
                let options = DataParallelOptions { shards: 2, find_unused, ..Default::default() };
                let mut net = DataParallel::new(net, comm, options)?;
                // The second layer is used by the second shard only, its bias by none.
                net.backward(2, |net, samples| {
                    let x = net[0].forward(&Variable::new(tensor::ones([samples.len(), 2])));
                    let second = net.get_parameter("1.weight");
                    if samples.start == 0 { x.mean() } else { x.matmul(second).mean() }
                })?;
                let has: Vec<bool> = net.module().parameters().iter().map(|p| p.grad().is_some()).collect();
                Ok::<_, Error>(has)
            })
        };
        for error in unused(false) {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unused);
            let words =
                ["of shard 0 does not depend on 1.weight, 1.bias;", "of shard 1 does not depend on 1.bias;"];
            assert!(words.iter().any(|words| error.to_string().contains(words)), "{error}");
        }
        for has in unused(true) {
            assert_eq!(has, Ok(vec![true, true, true, false]));
        }
    }
}

#[test]
fn a_rank_that_panics_in_the_middle_of_training_ends_all() {
    let error = Threads::run(3, |comm| {
        let options = DataParallelOptions { shards: 3, ..Default::default() };
        let mut net = DataParallel::new(sequential![Linear::new(2, 1)], comm.clone(), options).unwrap();
        loop {
            let step = net.step();
            let failed = net.backward(6, |net, samples| {
                assert!(step < 3 || comm.rank() != 1, "no more data");
                net.forward(&Variable::new(tensor::ones([samples.len(), 2]))).mean()
            });
            if let Err(error) = failed {
                return assert_eq!(error.rank(), 1);
            }
        }
    });
    assert_eq!(error.unwrap_err().to_string(), "rank 1 panicked: no more data");
}

#[test]
fn ranks_of_different_runs_are_refused() {
    for engine in ENGINES {
        let refused = |net: fn(usize) -> Sequential, shards: fn(usize) -> usize, words: &str| {
            let errors = engine.run(2, |comm| {
                let shards = shards(comm.rank());
                let options = DataParallelOptions { shards, ..Default::default() };
                let parallel = DataParallel::new(net(comm.rank()), comm.clone(), options);
                parallel.map(drop).and_then(|()| comm.barrier()).unwrap_err()
            });
            for error in errors {
                assert!(error.to_string().contains(words), "{error}");
            }
        };
        let same = |_| sequential![Linear::new(2, 2)];
        refused(same, |rank| 2 + rank, "rank 1 has DataParallelOptions { shards: 3");
        refused(same, |_| 1, "2 ranks need at least as many shards, not 1");
        refused(
            |rank| sequential![Linear::new(2, 2 + rank)],
            |_| 2,
            "rank 1 has 0.weight of [3, 2], torch.float32, trained, and rank 0 has 0.weight of [2, 2]",
        );
    }
}
