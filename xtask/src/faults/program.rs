//! The program whose ranks meet with faults: a small training run that stops and goes on.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use autograd::Variable;
use clap::Args;
use datasets::{DataLoader, LoaderState, TensorDataset};
use distributed::{
    Batch, Communicator, DataParallel, DataParallelOptions, Tcp, TcpOptions, ZeroRedundancyOptimizer,
};
use nn::Module;
use nn::{BatchNorm1d, Dropout, Forward, Linear, MSELoss, ReLU, Value, sequential};
use optim::{Adam, Optimizer};
use serialize::{Checkpoint, Saving};
use tensor::Tensor;

use super::phase::{Moment, Phase};
use super::points::{Points, Then, Watched};
use super::stranger::Stranger;
use crate::Result;

/// The last step; the checkpoints are written every `EVERY` steps.
pub(super) const STEPS: u64 = 12;
pub(super) const EVERY: u64 = 3;

/// So many numbers are written with each checkpoint, so that it takes a moment.
const BALLAST: usize = 4 << 20;

/// One rank of the program that `faults` starts
#[derive(Args)]
pub(crate) struct FaultsRank {
    /// The checkpoint, from which it goes on if it is there
    #[arg(long)]
    file: PathBuf,
    /// Keep a copy of each checkpoint, beside the file
    #[arg(long)]
    keep: bool,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[arg(long, default_value_t = 4)]
    shards: usize,
    /// Features in the middle of the net
    #[arg(long, default_value_t = 32)]
    width: usize,
    /// Every rank sends 64 MiB to the others first
    #[arg(long)]
    large: bool,
    /// Use TCP within one machine, too
    #[arg(long)]
    tcp: bool,
    /// The moment at which something happens
    #[arg(long)]
    at: Option<Moment>,
    #[arg(long, default_value = "go")]
    then: Then,
    /// Be no rank, but a program that introduces itself so
    #[arg(long)]
    stranger: Option<Stranger>,
    /// Time limits in seconds
    #[arg(long)]
    timeout: f64,
    #[arg(long)]
    silence: f64,
}

impl FaultsRank {
    pub(crate) fn run(self) -> Result<()> {
        let mut options = TcpOptions::from_env()?;
        options.timeout = Duration::from_secs_f64(self.timeout);
        options.silence = Duration::from_secs_f64(self.silence);
        options.unix_sockets = !self.tcp;
        if let Some(stranger) = self.stranger {
            return stranger.meet(&options);
        }
        let points = Arc::new(Points::new(self.at, self.then));
        points.reach(Phase::Connect, 0);
        points.reach(Phase::Meet, 0);
        let comm = Arc::new(Watched { comm: Tcp::connect(options)?, points: points.clone() });
        self.train(comm, &points)
    }

    fn train(self, comm: Arc<dyn Communicator>, points: &Points) -> Result<()> {
        tensor::manual_seed(0);
        let (inputs, width) = (8, self.width);
        let data = TensorDataset::new(tensor::randn([48, inputs]), tensor::randn([48, 1]));
        let net = sequential![
            Linear::new(inputs, width),
            BatchNorm1d::new(width),
            ReLU::new(),
            Dropout::new(0.3),
            Linear::new(width, 1)
        ];
        let optim = Adam::new(net.parameters(), 1e-2);
        let (shards, seed) = (self.shards, self.seed);
        let options =
            DataParallelOptions { shards, seed, bucket_bytes: 1 << 10, zero: true, ..Default::default() };
        let rank = comm.rank();
        if self.large {
            points.enter(Phase::Large);
            for root in 0..comm.size() {
                let mut message = if root == rank { vec![root as u8; 64 << 20] } else { Vec::new() };
                comm.broadcast(root, &mut message)?;
            }
        }
        points.enter(Phase::Broadcast);
        // The net has the only handle on the group, so that a panic drops both at once.
        let mut net = DataParallel::new(net, comm, options)?;
        points.enter(Phase::Exchange);
        let mut optim = ZeroRedundancyOptimizer::new(optim, &net);
        let loader = DataLoader::new(&data).batch_size(12).shuffle(true).part(net.own());
        let mut losses = Vec::new();
        let mut batches = if self.file.exists() {
            let saved = Checkpoint::new(net.module(), &mut optim).resume(&self.file)?;
            net.set_step(saved.entry("step")?.as_int().ok_or("the file has no step")? as u64);
            losses = Tensor::try_from(saved.entry("losses")?)?.to_vec::<f64>();
            loader.resume(&LoaderState::try_from(saved.entry("loader")?)?)?
        } else {
            loader.iter()
        };
        let mut saving: Option<(u64, Saving)> = None;
        while net.step() < STEPS {
            let Some((x, y)) = batches.next() else {
                batches = loader.iter();
                continue;
            };
            let step = net.step() + 1;
            optim.zero_grad();
            let loss = net.backward(Batch::Own(y.size(0)), |net, samples| {
                points.reach(Phase::Forward, step);
                let (x, y) = (Variable::new(samples.of(&x)), Variable::new(samples.of(&y)));
                MSELoss::new().forward(&net.forward(&x), &y)
            })?;
            optim.try_step()?;
            losses.push(loss);
            points.reach(Phase::Between, step);
            if step % EVERY == 0 {
                optim.consolidate_state_dict(0)?;
                let position = batches.state();
                if rank == 0 {
                    self.written(saving.take())?;
                    let run = Checkpoint::new(net.module(), &mut optim);
                    let run = run.with("loader", position).with("step", step as i64);
                    let run = run.with("losses", Value::from(Tensor::from(losses.clone())));
                    let run = run.with("ballast", Value::from(tensor::zeros([BALLAST])));
                    saving = Some((step, run.save_async(&self.file)));
                }
                points.reach(Phase::Checkpoint, step);
            }
        }
        self.written(saving)?;
        points.reach(Phase::End, 0);
        net.comm().barrier()?;
        points.reach(Phase::Leave, 0);
        Ok(())
    }

    /// Waits for a checkpoint.
    fn written(&self, saving: Option<(u64, Saving)>) -> Result<()> {
        let Some((step, saving)) = saving else { return Ok(()) };
        saving.wait()?;
        if self.keep {
            std::fs::copy(&self.file, self.file.with_extension(format!("{step}.pth")))?;
        }
        Ok(())
    }
}
