//! 23. A policy and a judge of states balance a pole: PyTorch's example actor_critic.py, line by line.

use std::time::Instant;

use autograd::distributions::{Categorical, Distribution};
use autograd::{Variable, stack};
use clap::Parser;
use examples::cart_pole::{CartPole, EpisodeOptions, STEPS, THRESHOLD, returns};
use examples::plot::lines;
use examples::{Result, StepResults};
use nn::{Forward, Linear, Module, functional as f};
use optim::{Adam, Optimizer};

/// Trains an actor and a critic on CartPole: the one chooses the push, and the other tells what each state
/// will bring, so that the actor learns from what came better or worse than expected. Each optimizer step is
/// an episode; the program ends when the average reward passes 475.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    episodes: EpisodeOptions,
}

/// Implements both actor and critic in one model
#[derive(Debug, Module)]
struct Policy {
    affine1: Linear,
    /// actor's layer
    action_head: Linear,
    /// critic's layer
    value_head: Linear,
}

impl Policy {
    fn new() -> Self {
        Self {
            affine1: Linear::new(4, 128),
            action_head: Linear::new(128, 2),
            value_head: Linear::new(128, 1),
        }
    }

    /// A probability of each action, and the value of the state.
    fn forward(&self, x: &Variable) -> (Variable, Variable) {
        let x = f::relu(&self.affine1.forward(x));

        // actor: chooses action to take from state s_t
        // by returning probability of each action
        let action_prob = f::softmax(&self.action_head.forward(&x), -1);

        // critic: evaluates being in the state s_t
        let state_values = self.value_head.forward(&x);

        (action_prob, state_values)
    }
}

/// The logarithm of an action's probability, and the value of the state that it was taken in.
struct SavedAction {
    log_prob: Variable,
    value: Variable,
}

fn select_action(model: &Policy, state: [f32; 4]) -> (i64, SavedAction) {
    let (probs, state_value) = model.forward(&Variable::new(state));

    // create a categorical distribution over the list of probabilities of actions
    let m = Categorical::new(probs);

    // and sample an action using the distribution
    let action = m.sample();
    (action.item_as(), SavedAction { log_prob: m.log_prob(&action), value: state_value })
}

/// Training code. Calculates actor and critic loss and performs backprop.
fn finish_episode(saved_actions: &[SavedAction], rewards: &[f64], gamma: f64, optimizer: &mut Adam) -> f64 {
    let mut policy_losses = Vec::new(); // list to save actor (policy) loss
    let mut value_losses = Vec::new(); // list to save critic (value) loss
    let returns = returns(rewards, gamma); // the true value using rewards returned from the environment

    for (SavedAction { log_prob, value }, r) in saved_actions.iter().zip(&returns) {
        let advantage = &r - value.item();

        // calculate actor (policy) loss
        policy_losses.push(-log_prob * advantage);

        // calculate critic (value) loss using L1 smooth loss
        value_losses.push(f::smooth_l1_loss(value, &r.unsqueeze(0)));
    }

    // reset gradients
    optimizer.zero_grad();

    // sum up all the values of policy_losses and value_losses
    let loss = stack(&policy_losses, 0).sum() + stack(&value_losses, 0).sum();

    // perform backprop
    loss.backward();
    optimizer.step();
    loss.item()
}

fn main() -> Result {
    let EpisodeOptions { run: options, gamma, log_interval } = Options::parse().episodes;
    options.prepare()?;
    let mut env = CartPole::new(options.seed);
    let model = Policy::new();
    println!("{model}");
    let mut optimizer = Adam::new(model.parameters(), 3e-2);

    let (mut losses, mut rewards_by_episode, start) = (Vec::new(), Vec::new(), Instant::now());
    let mut running_reward = 10.0;
    for i_episode in 1..=options.steps {
        // reset environment and episode reward
        let mut state = env.reset();
        let (mut saved_actions, mut rewards) = (Vec::new(), Vec::new());

        for _ in 0..STEPS {
            // select action from policy
            let (action, saved) = select_action(&model, state);
            saved_actions.push(saved);

            // take the action
            let done;
            (state, done) = env.step(action);
            rewards.push(1.0);
            if done {
                break;
            }
        }

        // update cumulative reward
        let ep_reward: f64 = rewards.iter().sum();
        running_reward = 0.05 * ep_reward + (1.0 - 0.05) * running_reward;

        // perform backprop
        losses.push(finish_episode(&saved_actions, &rewards, gamma, &mut optimizer));
        rewards_by_episode.push((i_episode as f64, ep_reward));

        // log results
        if i_episode % log_interval == 0 {
            println!("Episode {i_episode}\tLast reward: {ep_reward:.2}\tAverage reward: {running_reward:.2}");
        }

        // check if we have "solved" the cart pole problem
        if running_reward > THRESHOLD {
            println!("Solved! Running reward is now {running_reward:.2} after {i_episode} episodes.");
            break;
        }
    }
    let train_seconds = start.elapsed().as_secs_f64();
    StepResults { seed: options.seed, dataset: "CartPole", losses: &losses, train_seconds }
        .write(options.json.as_deref())?;
    let curves = [("reward", rewards_by_episode)];
    lines(&options.plot.join("actor_critic_reward.svg"), "reward", "episode", &curves)
}
