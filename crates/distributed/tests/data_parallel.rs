//! The same bits whatever the number of ranks.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use autograd::Variable;
use common::training::{OPTIMIZERS, STEPS, batch, loss, net, outcome, samples, train};
use common::{ENGINES, Engine};
use distributed::{
    Batch, Communicator, DataParallel, DataParallelOptions, Error, ErrorKind, Samples, Threads, Within,
};
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
                let [x, y] = [&x, &y].map(|t| samples.of(t));
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
                    let x = samples.of(&x);
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
                    if samples.range().start == 0 { x.mean() } else { x.matmul(second).mean() }
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
        refused(same, |rank| 2 + rank, "rank 1 has shards: 3, and rank 0 has shards: 2");
        refused(same, |_| 1, "2 ranks need at least as many shards, not 1");
        refused(
            |rank| sequential![Linear::new(2, 2 + rank)],
            |_| 2,
            "rank 1 has 0.weight of [3, 2], torch.float32, trained, and rank 0 has 0.weight of [2, 2]",
        );
    }
}

/// What does not change the bits: buckets, overlap, and whether a rank has the whole batch or its own part.
#[test]
fn the_way_of_exchange_does_not_matter() {
    let run = |ranks, own: bool, overlap: bool| {
        Threads::run(ranks, |comm| {
            let options = DataParallelOptions { shards: 8, overlap, ..Default::default() };
            let mut net = DataParallel::new(net(0), comm, options)?;
            let own = own.then(|| net.own());
            let mut losses = Vec::new();
            for step in 0..3 {
                let (x, y) = batch(step);
                let rows = |net: &Sequential, x: &Tensor, y: &Tensor, samples: &Samples| {
                    let [x, y] = [x, y].map(|t| samples.of(t));
                    loss(net, x, y)
                };
                losses.push(match &own {
                    None => net.backward(samples(step), |net, samples| rows(net, &x, &y, samples))?,
                    Some(own) => {
                        let own = own(samples(step));
                        let [x, y] = [&x, &y].map(|t| t.narrow(0, own.start as isize, own.len()));
                        net.backward(Batch::Own(own.len()), |net, samples| rows(net, &x, &y, samples))?
                    }
                });
            }
            let gradients = net.module().parameters().into_iter().map(|p| p.grad().expect("it is used"));
            let gradients: Vec<_> = gradients.map(|gradient| gradient.bytes().into_owned()).collect();
            Ok::<_, Error>((losses, gradients))
        })
        .unwrap()
    };
    let expected = run(1, false, false).remove(0);
    assert!(expected.is_ok());
    for ranks in [1, 3, 4, 8] {
        for (own, overlap) in [(false, true), (true, false), (true, true)] {
            assert!(run(ranks, own, overlap).iter().all(|outcome| *outcome == expected), "{ranks} {own}");
        }
    }
}

#[test]
fn samples_that_are_no_parts_of_a_batch_are_refused() {
    let errors = Threads::run(2, |comm| {
        let rank = comm.rank();
        let options = DataParallelOptions { shards: 2, ..Default::default() };
        let mut net = DataParallel::new(sequential![Linear::new(1, 1)], comm, options)?;
        net.backward(Batch::Own(1 + 2 * rank), |net, samples| {
            net.forward(&Variable::new(tensor::ones([samples.len(), 1]))).mean()
        })
    });
    for error in errors.unwrap() {
        let words = error.unwrap_err().to_string();
        assert!(words.contains("samples of a batch of 4, where 2 are its part"), "{words}");
    }
}

/// The sum over batches, each of which is divided among the ranks, for any number of ranks.
#[test]
fn gradients_without_exchange_stay_with_their_shards() {
    for engine in ENGINES {
        let run = |ranks| {
            engine.run(ranks, |comm| {
                let options = DataParallelOptions { shards: 8, bucket_bytes: 300, ..Default::default() };
                let mut net = DataParallel::new(net(0), comm, options)?;
                let mut seen = Vec::new();
                for step in 0..6 {
                    let (x, y) = batch(step);
                    let loss = |net: &Sequential, samples: &Samples| {
                        let [x, y] = [&x, &y].map(|t| samples.of(t));
                        loss(net, x, y)
                    };
                    if step % 3 < 2 {
                        net.no_sync(|net| net.backward(samples(step), loss))?;
                        assert_eq!(net.module().parameters()[0].grad().is_some(), step >= 3, "it is kept");
                    } else {
                        net.backward(samples(step), loss)?;
                        seen.extend(
                            net.module().parameters().iter().map(|p| p.grad().unwrap().to_vec::<f32>()),
                        );
                    }
                }
                Ok::<_, Error>(seen)
            })
        };
        let expected = run(1).remove(0);
        let [first, ..] = &expected.as_ref().unwrap()[..] else { panic!("there are gradients") };
        assert!(first.iter().any(|x| *x != 0.0));
        for ranks in [2, 3, 8] {
            assert!(run(ranks).iter().all(|outcome| *outcome == expected), "{ranks} ranks");
        }
    }
}

/// A pass within the pass, here a hook's, brings a parameter a gradient once more.
#[test]
fn a_gradient_that_grows_after_it_was_sent_is_an_error_that_names_it() {
    let run = |overlap| {
        Threads::run(2, |comm| {
            let net =
                use_generator(&mut Generator::new(1), || sequential![Linear::new(2, 2), Linear::new(2, 2)]);
            let options = DataParallelOptions { shards: 2, overlap, bucket_bytes: 1, ..Default::default() };
            let mut net = DataParallel::new(net, comm, options)?;
            net.backward(4, |net, samples| {
                let x = net[0].forward(&Variable::new(tensor::ones([samples.len(), 2])));
                let last = net.get_parameter("1.weight").clone();
                x.register_hook(move |_| last.sum().backward());
                net[1].forward(&x).mean()
            })?;
            Ok::<_, Error>(net.module().parameters()[2].grad().expect("it is used").to_vec::<f32>())
        })
        .unwrap()
    };
    let gradients = run(false);
    assert!(gradients[0].is_ok() && gradients[0] == gradients[1]);
    for result in run(true) {
        let words = result.unwrap_err().to_string();
        assert!(words.contains("comes back to 1.weight") && words.contains("overlap: false"), "{words}");
    }
}

/// Counts what leaves.
struct Watched {
    ranks: Arc<dyn Communicator>,
    sent: Arc<AtomicUsize>,
}

impl Communicator for Watched {
    fn rank(&self) -> usize {
        self.ranks.rank()
    }

    fn size(&self) -> usize {
        self.ranks.size()
    }

    fn timeout(&self) -> Duration {
        self.ranks.timeout()
    }

    fn send(&self, to: usize, message: &[u8], within: Within) -> Result<(), Error> {
        self.sent.fetch_add(1, SeqCst);
        self.ranks.send(to, message, within)
    }

    fn receive(&self, from: usize, within: Within) -> Result<Vec<u8>, Error> {
        self.ranks.receive(from, within)
    }

    fn fail(&self, error: Error) -> Error {
        self.ranks.fail(error)
    }
}

#[test]
fn the_last_layers_gradients_leave_while_the_first_layer_is_still_to_come() {
    let left_early = |overlap| {
        Threads::run(2, |ranks| {
            let sent = Arc::new(AtomicUsize::new(0));
            let comm = Arc::new(Watched { ranks, sent: sent.clone() });
            let net = sequential![Linear::new(2, 2), Linear::new(2, 2)];
            let options = DataParallelOptions { shards: 2, overlap, bucket_bytes: 1, ..Default::default() };
            let mut net = DataParallel::new(net, comm, options)?;
            let early = Arc::new(AtomicBool::new(false));
            let seen = early.clone();
            let before = sent.load(SeqCst);
            net.backward(4, move |net, samples| {
                let x = net[0].forward(&Variable::new(tensor::ones([samples.len(), 2])));
                let (sent, seen) = (sent.clone(), seen.clone());
                x.register_hook(move |_| {
                    // The loss takes a message, and each of the two buckets of the second layer two.
                    let begin = Instant::now();
                    let patience = Duration::from_secs(if overlap { 30 } else { 0 });
                    while sent.load(SeqCst) < before + 5 && begin.elapsed() < patience {
                        std::thread::yield_now();
                    }
                    seen.store(sent.load(SeqCst) >= before + 5, SeqCst);
                });
                net[1].forward(&x).mean()
            })?;
            Ok::<_, Error>(early.load(SeqCst))
        })
        .unwrap()
    };
    assert_eq!(left_early(true), [Ok(true), Ok(true)]);
    assert_eq!(left_early(false), [Ok(false), Ok(false)]);
}

#[test]
fn ranks_that_have_other_batches_are_told() {
    let errors = Threads::run(2, |comm| {
        let samples = 16 + 8 * comm.rank();
        let options = DataParallelOptions { shards: 2, ..Default::default() };
        let mut net = DataParallel::new(sequential![Linear::new(1, 1)], comm, options)?;
        net.backward(samples, |net, samples| {
            net.forward(&Variable::new(tensor::ones([samples.len(), 1]))).mean()
        })
    });
    for error in errors.unwrap() {
        let words = error.unwrap_err().to_string();
        assert!(words.contains("samples, and not all others have"), "{words}");
    }
}

#[test]
fn what_is_trained_is_settled_in_the_beginning() {
    let errors = Threads::run(2, |comm| {
        let net = sequential![Linear::new(1, 1), Linear::new(1, 1)];
        net[0].requires_grad_(false);
        let options = DataParallelOptions { shards: 2, ..Default::default() };
        let mut net = DataParallel::new(net, comm, options)?;
        let loss = |net: &Sequential, samples: &Samples| {
            net.forward(&Variable::new(tensor::ones([samples.len(), 1]))).mean()
        };
        net.backward(4, loss)?;
        assert!(
            net.module().parameters()[0].grad().is_none() && net.module().parameters()[2].grad().is_some()
        );
        net.module()[0].requires_grad_(true);
        net.backward(4, loss)
    });
    for error in errors.unwrap() {
        let words = error.unwrap_err().to_string();
        assert!(words.contains("trains 0.weight now"), "{words}");
    }
}

/// The orders of samples come from it.
#[test]
fn the_default_generator_is_rank_0s() {
    let draws = Threads::run(3, |comm| {
        tensor::manual_seed(comm.rank() as u64);
        let options = DataParallelOptions { shards: 3, ..Default::default() };
        let _net = DataParallel::new(sequential![Linear::new(1, 1)], comm, options)?;
        Ok::<_, Error>(tensor::rand([1]).item())
    });
    let draws = draws.unwrap();
    assert!(draws[0].is_ok() && draws.iter().all(|draw| *draw == draws[0]));
}

/// What a shard kept counts, though it has no samples when all is summed.
#[test]
fn kept_gradients_of_a_shard_without_samples_are_summed() {
    for ranks in [1, 2, 4] {
        let gradients = Threads::run(ranks, |comm| {
            let net = sequential![Linear::new(1, 1), Linear::new(1, 1)];
            let options = DataParallelOptions { shards: 4, find_unused: true, ..Default::default() };
            let mut net = DataParallel::new(net, comm, options)?;
            let loss = |both: bool| {
                move |net: &Sequential, samples: &Samples| {
                    let x = net[0].forward(&Variable::new(tensor::ones([samples.len(), 1])));
                    if both { net[1].forward(&x).mean() } else { x.mean() }
                }
            };
            net.no_sync(|net| net.backward(4, loss(true)))?;
            net.backward(2, loss(false))?; // shards 0 and 2 have no samples
            Ok::<_, Error>(net.module().parameters()[3].grad().map(|gradient| gradient.item()))
        });
        assert_eq!(gradients.unwrap(), vec![Ok(Some(1.0)); ranks]);
    }
}
