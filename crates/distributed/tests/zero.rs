//! Divided optimizers, and runs that stop on so many ranks and go on with others.

mod common;

use std::path::Path;
use std::sync::Arc;

use autograd::Variable;
use common::{ENGINES, Engine};
use datasets::random::with_generator;
use datasets::{DataLoader, Dataset, LoaderState};
use distributed::{Batch, Communicator, DataParallel, DataParallelOptions, Error, ZeroRedundancyOptimizer};
use nn::{
    BatchNorm1d, CrossEntropyLoss, Dropout, Forward, Linear, Module, Parameter, ReLU, Sequential, Value,
    sequential,
};
use optim::lr_scheduler::{LRScheduler, StepLR};
use optim::{Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop, SGD, SGDOptions};
use serialize::Checkpoint;
use tensor::{Generator, Tensor, use_generator};

/// Samples that are drawn anew in each epoch.
struct Noisy(usize);

impl Dataset for Noisy {
    type Sample = (Tensor, i64);

    fn len(&self) -> usize {
        self.0
    }

    fn get(&self, index: usize) -> (Tensor, i64) {
        let noise: Vec<f32> = with_generator(|g| (0..6).map(|_| g.uniform_f32()).collect());
        (Tensor::from(noise) + index as f64 / 10.0, index as i64 % 3)
    }
}

type Optim = fn(Vec<Parameter>) -> Box<dyn Optimizer>;

const OPTIMIZERS: [Optim; 6] = [
    |p| Box::new(SGD::with(p, SGDOptions { lr: 0.1, momentum: 0.9, ..Default::default() })),
    |p| Box::new(Adagrad::new(p, 0.05)),
    |p| Box::new(RMSprop::new(p, 0.01)),
    |p| Box::new(Adadelta::new(p, 1.0)),
    |p| Box::new(Adam::new(p, 0.01)),
    |p| Box::new(AdamW::new(p, 0.01)),
];

fn net() -> Sequential {
    use_generator(&mut Generator::new(4), || {
        sequential![
            Linear::new(6, 16),
            BatchNorm1d::new(16),
            ReLU::new(),
            Dropout::new(0.3),
            Linear::new(16, 3),
        ]
    })
}

/// The losses, and the parameters and buffers as bits.
type Outcome = (Vec<u64>, Vec<Vec<u8>>);

/// How a part of a run is done.
#[derive(Clone, Copy)]
struct Way {
    optim: Optim,
    /// Whether the optimizer is divided; and the gradients.
    divided: Option<bool>,
}

/// Some steps of a run of two epochs, from a file if there is one, and then to the end or into a file.
fn train(
    comm: Arc<dyn Communicator>,
    way: Way,
    from: Option<&Path>,
    stop: Option<(usize, &Path)>,
) -> Result<Outcome, Error> {
    let net = net();
    let mut optim = (way.optim)(net.parameters());
    let mut scheduler = StepLR::with_gamma(&mut optim, 1, 0.5);
    let options = DataParallelOptions {
        shards: 8,
        zero: way.divided == Some(true),
        bucket_bytes: 300,
        ..Default::default()
    };
    let mut net = DataParallel::new(net, comm.clone(), options)?;
    let mut optim = ZeroRedundancyOptimizer::new(optim, &net);
    let data = Noisy(100);
    let loader = DataLoader::new(&data).batch_size(21).shuffle(true).drop_last(true).part(net.own());
    let mut losses = Vec::new();
    let (mut epoch, mut resumed) = (0, None);
    if let Some(from) = from {
        let saved = Checkpoint::new(net.module(), &mut optim)
            .scheduler(&mut scheduler)
            .resume(from)
            .expect("the file is whole");
        let number = |name: &str| saved.get(name).and_then(Value::as_int).expect("it is there");
        net.set_step(number("step") as u64);
        epoch = number("epoch");
        resumed = Some(LoaderState::try_from(saved.entry("loader").unwrap()).unwrap());
    }
    while epoch < 2 {
        let mut batches = match resumed.take() {
            Some(state) => loader.resume(&state).unwrap(),
            None => loader.iter(),
        };
        while let Some((x, y)) = batches.next() {
            optim.zero_grad();
            let (loss, [samples]) = net.backward(Batch::Own(y.numel()), |net, samples| {
                let [x, y] = [&x, &y].map(|t| samples.of(t));
                let loss = CrossEntropyLoss::new().forward(&net.forward(&Variable::new(x)), &y);
                (loss, [samples.len() as f64])
            })?;
            assert_eq!(samples, 21.0);
            optim.try_step()?;
            losses.push(loss.to_bits());
            if let Some((_, file)) = stop.filter(|(step, _)| *step as u64 == net.step()) {
                optim.consolidate_state_dict(0)?;
                let state = batches.state();
                if comm.rank() == 0 {
                    let saving = Checkpoint::new(net.module(), &mut optim)
                        .scheduler(&mut scheduler)
                        .with("loader", state)
                        .with("epoch", epoch)
                        .with("step", net.step() as i64)
                        .save_async(file);
                    saving.wait().expect("it can be written");
                }
                let state = net.module().state_dict();
                return Ok((losses, state.iter().map(|(_, x)| x.bytes().into_owned()).collect()));
            }
        }
        scheduler.step(&mut optim);
        epoch += 1;
    }
    let state = net.module().state_dict();
    Ok((losses, state.iter().map(|(_, x)| x.bytes().into_owned()).collect()))
}

fn seeded(
    engine: Engine,
    ranks: usize,
    f: impl Fn(Arc<dyn Communicator>) -> Result<Outcome, Error> + Sync,
) -> Outcome {
    let outcomes = engine.run(ranks, |comm| use_generator(&mut Generator::new(9), || f(comm)));
    let first = outcomes[0].clone().unwrap();
    assert!(outcomes.into_iter().all(|outcome| outcome == Ok(first.clone())));
    first
}

#[test]
fn a_divided_optimizer_makes_the_same_steps() {
    for optim in OPTIMIZERS {
        let whole = seeded(Engine::Threads, 1, |comm| train(comm, Way { optim, divided: None }, None, None));
        assert_eq!(whole.0.len(), 8);
        for engine in ENGINES {
            for (ranks, divided) in [(2, true), (3, true), (3, false), (8, true)] {
                let way = Way { optim, divided: Some(divided) };
                assert!(
                    seeded(engine, ranks, |comm| train(comm, way, None, None)) == whole,
                    "{engine:?} {ranks}"
                );
            }
        }
    }
}

#[test]
fn a_run_goes_on_with_any_number_of_ranks() {
    let folder = tempfile::tempdir().unwrap();
    for optim in [OPTIMIZERS[0], OPTIMIZERS[4]] {
        let way = Way { optim, divided: Some(true) };
        let whole = seeded(Engine::Threads, 1, |comm| train(comm, way, None, None));
        for (before, after, step) in [(1, 3, 2), (4, 2, 3), (2, 8, 4), (3, 1, 5)] {
            let file = folder.path().join("run.pth");
            let first = seeded(Engine::Tcp, before, |comm| train(comm, way, None, Some((step, &file))));
            // A generator that is somewhere else than where the run began: the file says where it was.
            let rest = seeded(Engine::Threads, after, |comm| {
                tensor::rand([17]);
                train(comm, way, Some(&file), None)
            });
            assert!(
                first.0[..] == whole.0[..step] && rest.0[..] == whole.0[step..],
                "{before} and {after} ranks"
            );
            assert!(rest.1 == whole.1);
        }
    }
}

#[test]
fn a_rank_has_the_state_of_its_part_alone() {
    let counts = Engine::Threads.run(2, |comm| {
        let net = sequential![Linear::new(4, 8), Linear::new(8, 4), Linear::new(4, 4)];
        let optim = Adam::new(net.parameters(), 0.1);
        let options = DataParallelOptions { shards: 2, zero: true, ..Default::default() };
        let mut net = DataParallel::new(net, comm.clone(), options)?;
        let mut optim = ZeroRedundancyOptimizer::new(optim, &net);
        net.backward(4, |net, samples| {
            net.forward(&Variable::new(tensor::ones([samples.len(), 4]))).square().mean()
        })?;
        let gradients = net.module().parameters().iter().filter(|p| p.grad().is_some()).count();
        optim.try_step()?;
        let states = optim.local().state_dict().get("state").unwrap().as_dict().unwrap().len();
        assert!(testing::refusal(|| drop(optim.state_dict())).contains("consolidate_state_dict"));
        optim.consolidate_state_dict(1)?;
        let all =
            (comm.rank() == 1).then(|| optim.state_dict().get("state").unwrap().as_dict().unwrap().len());
        Ok::<_, Error>((gradients, states, all))
    });
    assert_eq!(counts, [Ok((4, 4, None)), Ok((2, 2, Some(6)))]);
}

/// Hooks see the whole step: clipping before it the norm of all gradients, and averages after it all parameters.
#[test]
fn hooks_and_options_are_those_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let run = |ranks: usize| {
        Engine::Threads.run(ranks, |comm| {
            let net =
                use_generator(&mut Generator::new(2), || sequential![Linear::new(4, 8), Linear::new(8, 4)]);
            net[0].requires_grad_(false);
            let optim = Adam::new(net.parameters(), 0.1);
            let options = DataParallelOptions { shards: 2, ..Default::default() };
            let mut net = DataParallel::new(net, comm.clone(), options)?;
            let mut optim = ZeroRedundancyOptimizer::new(optim, &net);
            optim.register_step_pre_hook(|optim| {
                for group in optim.param_groups() {
                    optim::clip_grad_norm_(group.params(), 0.01);
                }
            });
            let after = Arc::new(std::sync::Mutex::new(Vec::new()));
            let seen = after.clone();
            optim.register_step_post_hook(move |optim| {
                let parameters = optim.param_groups()[0].params().to_vec();
                seen.lock().unwrap().extend(parameters.iter().map(|p| p.data().sum().item().to_bits()));
            });
            for _ in 0..3 {
                optim.zero_grad();
                net.backward(4, |net, samples| {
                    net.forward(&Variable::new(tensor::ones([samples.len(), 4]))).square().mean()
                })?;
                optim.try_step()?;
            }
            optim.consolidate_state_dict(0)?;
            optim.set_lr(0.025);
            if comm.rank() == 0 {
                let file = folder.path().join(format!("{ranks}.pth"));
                Checkpoint::new(net.module(), &mut optim).save(&file).unwrap();
                optim.set_lr(1.0);
                Checkpoint::new(net.module(), &mut optim).resume(&file).unwrap();
                assert_eq!(optim.lr(), 0.025);
            }
            optim.try_step()?;
            comm.barrier()?;
            if comm.rank() == 1 {
                // Back to the last file, in the middle of a run.
                Checkpoint::new(net.module(), &mut optim).resume(folder.path().join("2.pth")).unwrap();
            }
            let seen = after.lock().unwrap().clone();
            Ok::<_, Error>(seen)
        })
    };
    let alone = run(1).remove(0);
    assert!(alone.is_ok());
    assert!(run(2).into_iter().all(|seen| seen == alone));
}
