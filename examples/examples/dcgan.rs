//! 13. Two nets against each other draw digits: PyTorch's example of a DCGAN, line by line.

use autograd::Variable;
use clap::Parser;
use datasets::transforms::{Normalize, Resize, ToTensor};
use datasets::utils::{MakeGridOptions, save_image};
use datasets::{DataLoader, transforms};
use examples::dcgan::{Discriminator, Generator, weights_init};
use examples::plot::plot;
use examples::{Result, Results, Run, TrainOptions, at_least_one, learning_rate};
use nn::{BCELoss, Forward, Module};
use optim::{Adam, AdamOptions, Optimizer};

/// Trains the two nets of github.com/pytorch/examples/dcgan on digits of 32×32 pixels: a
/// generator draws, and a discriminator learns to tell its digits from real ones. After each
/// epoch it writes a grid of drawn digits.
///
/// PyTorch's program has images of 64×64 and --ngf 64 --ndf 64, for a machine with more arithmetic.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    train: TrainOptions<5, 1>,

    /// Learning rate of both nets
    #[arg(long, value_name = "NUMBER", default_value_t = 2e-4, value_parser = learning_rate)]
    lr: f64,

    /// Adam's first beta
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5)]
    beta1: f64,

    /// Numbers that an image is drawn from
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one)]
    nz: usize,

    /// Width of the generator
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_least_one)]
    ngf: usize,

    /// Width of the discriminator
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_least_one)]
    ndf: usize,

    /// Go through the samples in their order
    #[arg(long)]
    no_shuffle: bool,
}

/// Pixels of a side.
const SIZE: usize = 32;

fn main() -> Result {
    let options = Options::parse();
    let TrainOptions { epochs, batch_size, .. } = options.train;
    let data =
        options.train.prepare_with(|| transforms![Resize::new(SIZE), ToTensor, Normalize::new(0.5, 0.5)])?;
    let picture = |name: String| options.train.plot.join(format!("dcgan_{name}"));

    // torch.manual_seed(opt.manualSeed)
    tensor::manual_seed(options.train.seed);
    let net_g = Generator::new(SIZE, options.nz, options.ngf, 1);
    net_g.apply(weights_init);
    println!("{net_g}");
    let net_d = Discriminator::new(SIZE, options.ndf, 1);
    net_d.apply(weights_init);
    println!("{net_d}");
    let criterion = BCELoss::new();
    let fixed_noise = Variable::new(tensor::randn([batch_size, options.nz, 1, 1]));
    // optimizerD = optim.Adam(netD.parameters(), lr=opt.lr, betas=(opt.beta1, 0.999))
    let adam = || AdamOptions { lr: options.lr, betas: (options.beta1, 0.999), ..Default::default() };
    let mut optimizer_d = Adam::with(net_d.parameters(), adam());
    let mut optimizer_g = Adam::with(net_g.parameters(), adam());

    let dataloader = DataLoader::new(&data.train).batch_size(batch_size).shuffle(!options.no_shuffle);
    let [mut run_d, mut run_g] =
        ["discriminator", "generator"].map(|name| Run::new(name, epochs, dataloader.len()));
    for epoch in 1..=epochs {
        for (real, _) in &dataloader {
            let batch_size = real.size(0);
            let (real_label, fake_label) = (tensor::ones([batch_size]), tensor::zeros([batch_size]));

            // Update the discriminator: maximize log(D(x)) + log(1 - D(G(z)))
            net_d.zero_grad();
            let err_real = criterion.forward(&net_d.forward(&Variable::new(real)), &real_label);
            err_real.backward();
            let noise = Variable::new(tensor::randn([batch_size, options.nz, 1, 1]));
            let fake = net_g.forward(&noise);
            let err_fake = criterion.forward(&net_d.forward(&fake.detach()), &fake_label);
            err_fake.backward();
            optimizer_d.step();
            run_d.unscored_batch(err_real.item() + err_fake.item());

            // Update the generator: maximize log(D(G(z))); to it, its images are to be real.
            net_g.zero_grad();
            let err_g = criterion.forward(&net_d.forward(&fake), &real_label);
            err_g.backward();
            optimizer_g.step();
            run_g.unscored_batch(err_g.item());
        }
        let [d, g] = [&mut run_d, &mut run_g].map(|run| run.end_epoch((f64::NAN, f64::NAN)).train_loss);
        println!("epoch: {epoch}, Loss_D: {d:.6}, Loss_G: {g:.6}");
        let fake = net_g.forward(&fixed_noise).data();
        let normalize = MakeGridOptions { normalize: true, ..Default::default() };
        save_image(&fake, picture(format!("fake_samples_epoch_{epoch:03}.png")), normalize)?;
    }

    let runs = [run_d, run_g];
    for run in &runs {
        let file = picture(format!("{}_loss.svg", run.optimizer));
        plot(&file, &format!("{}'s loss", run.optimizer), run.epochs.iter().map(|e| e.train_loss))?;
    }
    Results::new(options.train.seed, &data, &runs).write(options.train.json.as_deref())
}
