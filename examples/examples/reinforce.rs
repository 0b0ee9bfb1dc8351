//! 18. A policy learns to balance a pole by trial and reward: PyTorch's example reinforce.py, line by line.

use autograd::distributions::{Categorical, Distribution};
use autograd::{Variable, cat};
use clap::Parser;
use examples::cart_pole::{CartPole, EpisodeOptions, STEPS, THRESHOLD, returns};
use examples::plot::lines;
use examples::{Result, StepResults};
use nn::{Dropout, Forward, Linear, Module};
use optim::{Adam, Optimizer};
use tensor::Tensor;

/// Trains a policy by REINFORCE (Williams, 1992) on CartPole: push the cart left or right, and get a reward
/// of 1 for every step until the pole falls, 500 at most. Each optimizer step is an episode; the
/// program ends when the average reward passes 475.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    episodes: EpisodeOptions,
}

#[derive(Debug, Module)]
struct Policy {
    affine1: Linear,
    dropout: Dropout,
    affine2: Linear,
}

impl Policy {
    fn new() -> Self {
        Self { affine1: Linear::new(4, 128), dropout: Dropout::new(0.6), affine2: Linear::new(128, 2) }
    }
}

impl Forward for Policy {
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.dropout.forward(&self.affine1.forward(x)).relu();
        self.affine2.forward(&x).softmax(1)
    }
}

/// An action, and the logarithm of its probability.
fn select_action(policy: &Policy, state: [f32; 4]) -> (i64, Variable) {
    let probs = policy.forward(&Variable::new(Tensor::from([state])));
    let m = Categorical::new(probs);
    let action = m.sample();
    (action.item_as(), m.log_prob(&action))
}

fn main() -> Result {
    let EpisodeOptions { run: options, gamma, log_interval } = Options::parse().episodes;
    options.prepare()?;
    let mut env = CartPole::new(options.seed);
    let policy = Policy::new();
    println!("{policy}");
    let mut optimizer = Adam::new(policy.parameters(), 1e-2);
    let (mut losses, mut rewards_by_episode) = (Vec::new(), Vec::new());
    let start = std::time::Instant::now();
    let mut running_reward = 10.0;
    for episode in 1..=options.steps {
        let mut state = env.reset();
        let (mut saved_log_probs, mut rewards) = (Vec::new(), Vec::new());
        for _ in 0..STEPS {
            let (action, log_prob) = select_action(&policy, state);
            saved_log_probs.push(log_prob);
            let done;
            (state, done) = env.step(action);
            rewards.push(1.0);
            if done {
                break;
            }
        }
        let reward: f64 = rewards.iter().sum();
        running_reward = 0.05 * reward + 0.95 * running_reward;

        let mut policy_loss = Vec::new();
        for (log_prob, r) in saved_log_probs.iter().zip(&returns(&rewards, gamma)) {
            policy_loss.push(-log_prob * r);
        }
        optimizer.zero_grad();
        let policy_loss = cat(&policy_loss, 0).sum();
        policy_loss.backward();
        optimizer.step();

        losses.push(policy_loss.item());
        rewards_by_episode.push((episode as f64, reward));
        if episode % log_interval == 0 {
            println!("Episode {episode}\tLast reward: {reward:.2}\tAverage reward: {running_reward:.2}");
        }
        if running_reward > THRESHOLD {
            println!("Solved! Running reward is now {running_reward:.2} after {episode} episodes.");
            break;
        }
    }
    let train_seconds = start.elapsed().as_secs_f64();
    StepResults { seed: options.seed, dataset: "CartPole", losses: &losses, train_seconds }
        .write(options.json.as_deref())?;
    let curves = [("reward", rewards_by_episode)];
    lines(&options.plot.join("reinforce_reward.svg"), "reward", "episode", &curves)
}
