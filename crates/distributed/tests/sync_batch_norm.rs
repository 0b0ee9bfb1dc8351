//! Batch norm over the whole batch, whoever has its parts.

mod common;

use std::sync::Arc;

use autograd::Variable;
use common::{ENGINES, Engine};
use distributed::{Communicator, DataParallel, DataParallelOptions, Error, Samples, SyncBatchNorm};
use nn::{
    BatchNorm1d, BatchNorm2d, Conv2d, Dropout, Flatten, Forward, Linear, Module, Sequential, Tanh, sequential,
};
use optim::{Optimizer, SGD};
use tensor::{DType, Generator, Tensor, use_generator};

fn batch(step: usize, samples: usize) -> Tensor {
    use_generator(&mut Generator::new(100 + step as u64), || tensor::randn([samples, 2, 3, 3]))
}

fn mean_square(net: &Sequential, x: &Tensor, samples: &Samples) -> Variable {
    let x = samples.of(x);
    net.forward(&Variable::new(x)).square().mean()
}

fn train(comm: Arc<dyn Communicator>, samples: usize) -> Result<(Vec<f64>, Vec<Vec<u8>>), Error> {
    let net = use_generator(&mut Generator::new(comm.rank() as u64), || {
        sequential![
            Conv2d::new(2, 4, 2),
            SyncBatchNorm::new(4),
            Tanh::new(),
            Dropout::new(0.2),
            Flatten::new(),
            Linear::new(16, 5),
            SyncBatchNorm::new(5),
            Linear::new(5, 3),
        ]
    });
    let mut optim = SGD::new(net.parameters(), 0.1);
    let options = DataParallelOptions { shards: 8, bucket_bytes: 100, ..Default::default() };
    let mut net = DataParallel::new(net, comm, options)?;
    let mut losses = Vec::new();
    for step in 0..10 {
        let x = batch(step, samples);
        optim.zero_grad();
        if step % 4 == 3 {
            net.no_sync(|net| net.backward(samples, |net, samples| mean_square(net, &x, samples)))?;
        }
        losses.push(net.backward(samples, |net, samples| mean_square(net, &x, samples))?);
        optim.step();
    }
    let state = net.module().state_dict();
    Ok((losses, state.iter().map(|(_, tensor)| tensor.bytes().into_owned()).collect()))
}

#[test]
fn the_number_of_ranks_does_not_matter() {
    for samples in [21, 8, 5] {
        let run = |engine: Engine, ranks| engine.run(ranks, |comm| train(comm, samples));
        let expected = run(Engine::Threads, 1).remove(0);
        assert!(expected.as_ref().is_ok_and(|(losses, _)| losses.iter().all(|loss| loss.is_finite())));
        for engine in ENGINES {
            for ranks in [2, 3, 4, 8] {
                let same = |outcome: &Result<_, _>| *outcome == expected;
                assert!(run(engine, ranks).iter().all(same), "{engine:?}, {ranks} ranks, {samples} samples");
            }
        }
    }
}

/// A net with the norm of a single process, and the same with ours.
fn pair() -> [Sequential; 2] {
    let layers = || use_generator(&mut Generator::new(5), || (Conv2d::new(2, 4, 2), Linear::new(16, 5)));
    let (conv, linear) = layers();
    let alone = sequential![
        conv,
        BatchNorm2d::new(4),
        Tanh::new(),
        Flatten::new(),
        linear,
        BatchNorm1d::new(5),
        Tanh::new()
    ];
    let (conv, linear) = layers();
    let shared = sequential![
        conv,
        SyncBatchNorm::from(BatchNorm2d::new(4)),
        Tanh::new(),
        Flatten::new(),
        linear,
        SyncBatchNorm::new(5),
        Tanh::new()
    ];
    [alone, shared].map(|net| {
        net.to_dtype(DType::F64);
        net
    })
}

#[test]
fn it_is_batch_norm_of_the_whole_batch() {
    let x = batch(0, 11).to_dtype(DType::F64);
    let results = Engine::Threads.run(3, |comm| {
        let [alone, shared] = pair();
        let options = DataParallelOptions { shards: 4, ..Default::default() };
        let mut shared = DataParallel::new(shared, comm, options)?;
        for _ in 0..2 {
            let expected = alone.forward(&Variable::new(x.clone())).square().mean();
            expected.backward();
            let loss = shared.backward(11, |net, samples| mean_square(net, &x, samples))?;
            assert!((loss - expected.item()).abs() < 1e-12);
        }
        let state = alone.state_dict();
        for (name, tensor) in shared.module().state_dict().iter() {
            assert!(
                tensor.to_dtype(DType::F64).allclose(&state[name].to_dtype(DType::F64), 1e-10, 1e-12),
                "{name}"
            );
        }
        let gradients = alone.named_parameters().into_iter().zip(shared.module().parameters());
        for ((name, expected), parameter) in gradients {
            let [expected, gradient] = [expected.grad().unwrap(), parameter.grad().unwrap()];
            assert!(gradient.allclose(&expected, 1e-9, 1e-12), "{name}: {gradient} {expected}");
        }
        alone.eval();
        shared.module().eval();
        let [expected, y] =
            [&alone, shared.module()].map(|net| net.forward(&Variable::new(x.clone())).data());
        assert!(y.allclose(&expected, 1e-10, 1e-12));
        Ok::<_, Error>(())
    });
    assert_eq!(results, [Ok(()), Ok(()), Ok(())]);
}

#[test]
fn alone_it_is_batch_norm_to_the_bit() {
    let x = Variable::new(batch(0, 11).to_dtype(DType::F64));
    let [alone, shared] = pair();
    assert_eq!(alone.forward(&x).data().bytes(), shared.forward(&x).data().bytes());
    let [alone, shared] = [alone, shared].map(|net| net.state_dict());
    assert!(alone.iter().zip(shared.iter()).all(|((n, x), (m, y))| n == m && x.bytes() == y.bytes()));
}

#[test]
fn shards_that_take_other_ways_are_an_error() {
    for engine in ENGINES {
        for (ranks, odd) in [(1, 0), (1, 1), (2, 1)] {
            let errors = std::panic::catch_unwind(|| {
                engine.run(ranks, |comm| {
                    let net = sequential![Linear::new(2, 2), SyncBatchNorm::new(2)];
                    let options = DataParallelOptions { shards: 2 * ranks, ..Default::default() };
                    let mut net = DataParallel::new(net, comm, options)?;
                    net.backward(8 * ranks, |net, samples| {
                        let mut y = net.forward(&Variable::new(tensor::ones([samples.len(), 2])));
                        if samples.range().start == 4 * odd {
                            y = net[1].forward(&y);
                        }
                        y.mean()
                    })
                })
            });
            assert!(errors.is_err() || errors.is_ok_and(|errors| errors.iter().all(Result::is_err)));
        }
    }
}

/// A parameter behind the norm that one shard alone uses is finished at another moment on its rank.
#[test]
fn unused_parameters_and_the_norm_go_together() {
    for ranks in [1, 2] {
        let results = Engine::Threads.run(ranks, |comm| {
            let net = sequential![Linear::new(2, 2), SyncBatchNorm::new(2), Linear::new(2, 2)];
            let options =
                DataParallelOptions { shards: 2, find_unused: true, bucket_bytes: 1, ..Default::default() };
            let mut net = DataParallel::new(net, comm, options)?;
            let x = use_generator(&mut Generator::new(3), || tensor::randn([8, 2]));
            net.backward(8, |net, samples| {
                let y = net[1].forward(&net[0].forward(&Variable::new(samples.of(&x))));
                if samples.range().start == 0 { y.square().mean() } else { net[2].forward(&y).mean() }
            })?;
            Ok::<_, Error>(net.module().parameters().iter().all(|p| p.grad().is_some()))
        });
        assert_eq!(results, vec![Ok(true); ranks]);
    }
}

/// The graph of a result that is kept holds on to where the shards met.
#[test]
fn a_result_may_outlive_the_training() {
    let kept = std::sync::Mutex::new(Vec::new());
    let results = Engine::Threads.run(2, |comm| {
        let net = sequential![Linear::new(2, 2), SyncBatchNorm::new(2)];
        let options = DataParallelOptions { shards: 4, ..Default::default() };
        let mut net = DataParallel::new(net, comm, options)?;
        net.backward(8, |net, samples| {
            let y = net.forward(&Variable::new(tensor::ones([samples.len(), 2])));
            kept.lock().unwrap().push(y.clone());
            y.mean()
        })
    });
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(kept.into_inner().unwrap().len(), 4);
}
