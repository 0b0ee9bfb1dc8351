//! A run that was stopped, saved and resumed in a new process equals the one that was not stopped, bit for
//! bit.

use std::path::Path;

use datasets::transforms::Lambda;
use datasets::{DataLoader, Dataset, LoaderState, Mnist, Subset, random, transforms};
use examples::{OptimizerKind, data_tf};
use nn::{CrossEntropyLoss, Dropout, Forward, Linear, Module, ReLU, Sequential, sequential};
use optim::Optimizer;
use optim::lr_scheduler::{LRScheduler, StepLR};
use serialize::Checkpoint;
use tensor::{Tensor, with_default_generator};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const EPOCHS: i64 = 3;

/// Everything a run consists of.
struct Run {
    net: Sequential,
    optim: Box<dyn Optimizer>,
    scheduler: StepLR,
    /// Bits of the losses so far.
    losses: Vec<u32>,
}

impl Run {
    fn new(optimizer: OptimizerKind) -> Run {
        let net = sequential![Linear::new(784, 64), ReLU::new(), Dropout::new(0.5), Linear::new(64, 10)];
        let mut optim = optimizer.build(net.parameters(), optimizer.lr());
        let scheduler = StepLR::with_gamma(&mut *optim, 1, 0.5);
        Run { net, optim, scheduler, losses: Vec::new() }
    }

    fn step(&mut self, x: Tensor, y: &Tensor) {
        let loss = CrossEntropyLoss::new().forward(&self.net.forward(&x.into()), y);
        self.optim.zero_grad();
        loss.backward();
        self.optim.step();
        self.losses.push((loss.item() as f32).to_bits());
    }

    /// Trains from the start. If `stop` names a step, it ends before that one of
    /// epoch 1 and leaves a checkpoint.
    fn train(
        &mut self,
        loader: &DataLoader<impl Dataset<Sample = (Tensor, i64)>>,
        stop: Option<(usize, &Path)>,
    ) -> Result {
        for epoch in 0..EPOCHS {
            let mut batches = loader.iter();
            loop {
                if let Some((step, path)) = stop
                    && epoch == 1
                    && loader.len() - batches.len() == step
                {
                    return self.save(epoch, batches.state(), path);
                }
                let Some((x, y)) = batches.next() else { break };
                self.step(x, &y);
            }
            self.scheduler.step(&mut *self.optim);
        }
        Ok(())
    }

    fn save(&mut self, epoch: i64, loader: LoaderState, path: &Path) -> Result {
        let run = self.checkpoint().with("loader", loader).with("epoch", epoch);
        Ok(run.save(path)?)
    }

    fn checkpoint(&mut self) -> Checkpoint<'_> {
        Checkpoint::new(&self.net, &mut *self.optim).scheduler(&mut self.scheduler)
    }

    /// Goes on from a checkpoint to the end.
    fn resume(&mut self, loader: &DataLoader<impl Dataset<Sample = (Tensor, i64)>>, path: &Path) -> Result {
        let saved = self.checkpoint().resume(path)?;
        let position = LoaderState::try_from(saved.entry("loader")?)?;
        let first = saved.entry("epoch")?.as_int().expect("it was saved as a number");
        let mut rest = Some(loader.resume(&position)?);
        for _ in first..EPOCHS {
            for (x, y) in rest.take().unwrap_or_else(|| loader.iter()) {
                self.step(x, &y);
            }
            self.scheduler.step(&mut *self.optim);
        }
        Ok(())
    }

    /// Losses, parameters and the generator's next number.
    fn bits(&self) -> (Vec<u32>, Vec<u32>, u64) {
        let weights =
            self.net.parameters().iter().flat_map(|p| p.data().to_vec::<f32>()).map(f32::to_bits).collect();
        (self.losses.clone(), weights, with_default_generator(|g| g.next_u64()))
    }
}

/// Some digits, each with noise of its own every time.
fn digits() -> Subset<Mnist> {
    let noise = |x: Tensor| {
        let noise = random::with_generator(|g| g.randn([784], x.dtype()));
        x + noise * 0.1
    };
    Subset::new(Mnist::embedded_train(transforms![data_tf(), Lambda(noise)]), 0..500)
}

#[test]
fn a_resumed_run_equals_the_uninterrupted_one() -> Result {
    let folder = tempfile::tempdir()?;
    let digits = digits();
    let loader = |num_workers| DataLoader::new(&digits).batch_size(64).shuffle(true).num_workers(num_workers);
    for optimizer in OptimizerKind::ALL {
        tensor::manual_seed(11);
        let mut whole = Run::new(optimizer);
        whole.train(&loader(0), None)?;
        let (losses, weights, next) = whole.bits();
        assert_eq!(losses.len(), 24);

        // Before the epoch's first batch, amid it, and after its last; with workers
        // that are ahead of what was used.
        for (file, step, num_workers) in
            [("run.ckpt", 3, 0), ("run.pth", 3, 2), ("run.pth", 0, 0), ("run.ckpt", 8, 0)]
        {
            let what = format!("{optimizer}, {file}, step {step}, {num_workers} workers");
            let path = folder.path().join(file);
            tensor::manual_seed(11);
            let mut stopped = Run::new(optimizer);
            stopped.train(&loader(num_workers), Some((step, &path)))?;
            assert_eq!(stopped.losses, losses[..8 + step], "{what}: before the stop");

            // As a new process would start: from other weights and another generator.
            tensor::manual_seed(99);
            let mut resumed = Run::new(optimizer);
            resumed.resume(&loader(0), &path)?;
            let (rest, same_weights, same_next) = resumed.bits();
            assert_eq!(rest, losses[8 + step..], "{what}: losses after it");
            assert!(same_weights == weights, "{what}: parameters");
            assert_eq!(same_next, next, "{what}: generator");
        }
    }
    Ok(())
}
