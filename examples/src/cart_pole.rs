//! A pole on a cart, to be balanced: `CartPole-v1` of Gymnasium, after Barto, Sutton and Anderson
//! (*Neuronlike adaptive elements that can solve difficult learning control problems*, 1983).

use clap::Args;
use tensor::{Generator, Tensor};

use crate::{StepOptions, at_least_one};

const GRAVITY: f64 = 9.8;
const MASS_CART: f64 = 1.0;
const MASS_POLE: f64 = 0.1;
/// Half of the pole's.
const LENGTH: f64 = 0.5;
const FORCE: f64 = 10.0;
/// Seconds between two states.
const TAU: f64 = 0.02;
/// Twelve degrees.
const THETA_LIMIT: f64 = 12.0 * std::f64::consts::PI / 180.0;
const X_LIMIT: f64 = 2.4;

/// Steps after which an episode ends, and the pole counts as balanced.
pub const STEPS: usize = 500;

/// The average reward that counts as solved.
pub const THRESHOLD: f64 = 475.0;

/// How a policy learns, with the defaults of PyTorch's examples.
#[derive(Args, Clone, Debug)]
pub struct EpisodeOptions {
    /// What all programs have that count steps
    #[command(flatten)]
    pub run: StepOptions<1000, 543>,

    /// What a reward one step later is worth
    #[arg(long, value_name = "NUMBER", default_value_t = 0.99)]
    pub gamma: f64,

    /// Episodes between two lines
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = at_least_one)]
    pub log_interval: usize,
}

/// The cart and its pole.
#[derive(Debug)]
pub struct CartPole {
    /// Place and speed of the cart, angle and angular speed of the pole.
    state: [f64; 4],
    generator: Generator,
}

impl CartPole {
    /// A cart whose first states are drawn with this seed, by torch's generator; Gymnasium has its own.
    pub fn new(seed: u64) -> Self {
        Self { state: [0.0; 4], generator: Generator::new(seed) }
    }

    /// Begins an episode: the pole stands nearly upright.
    pub fn reset(&mut self) -> [f32; 4] {
        let draws = self.generator.rand([4], tensor::DType::F64).to_vec::<f64>();
        self.state = std::array::from_fn(|i| 0.1 * draws[i] - 0.05);
        self.observe()
    }

    /// Pushes the cart to the left (0) or right (1) for one step: the new state, and whether the pole has
    /// fallen or the cart left its track.
    pub fn step(&mut self, action: i64) -> ([f32; 4], bool) {
        let [x, dx, theta, dtheta] = self.state;
        let force = if action == 1 { FORCE } else { -FORCE };
        let (sin, cos) = theta.sin_cos();
        let mass = MASS_CART + MASS_POLE;
        let push = (force + MASS_POLE * LENGTH * dtheta * dtheta * sin) / mass;
        let ddtheta = (GRAVITY * sin - cos * push) / (LENGTH * (4.0 / 3.0 - MASS_POLE * cos * cos / mass));
        let ddx = push - MASS_POLE * LENGTH * ddtheta * cos / mass;
        self.state = [x + TAU * dx, dx + TAU * ddx, theta + TAU * dtheta, dtheta + TAU * ddtheta];
        let over = self.state[0].abs() > X_LIMIT || self.state[2].abs() > THETA_LIMIT;
        (self.observe(), over)
    }

    fn observe(&self) -> [f32; 4] {
        self.state.map(|x| x as f32)
    }
}

/// What each action of an episode brought in all that followed, a reward one step later being worth `gamma`
/// as much; with mean 0 and deviation 1.
pub fn returns(rewards: &[f64], gamma: f64) -> Tensor {
    let mut r = 0.0;
    let mut returns = Vec::new();
    for reward in rewards.iter().rev() {
        r = reward + gamma * r;
        returns.insert(0, r as f32);
    }
    let returns = Tensor::from(returns);
    (&returns - returns.mean()) / (returns.std() + f64::from(f32::EPSILON))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `gymnasium.envs.classic_control.CartPoleEnv` gives from this state, by hand: the first speed is
    /// `τ·(10 / 1.1 + 0.05·ÿ)` as the angle is 0.
    #[test]
    fn a_push_moves_the_cart_and_tilts_the_pole_the_other_way() {
        let mut cart = CartPole::new(0);
        let ddtheta = -(10.0 / 1.1) / (0.5 * (4.0 / 3.0 - 0.1 / 1.1));
        let ddx = 10.0 / 1.1 - 0.05 * ddtheta / 1.1;
        let (state, over) = cart.step(1);
        assert_eq!(state, [0.0, (0.02 * ddx) as f32, 0.0, (0.02 * ddtheta) as f32]);
        assert!(!over);
    }

    #[test]
    fn a_cart_that_is_pushed_one_way_loses_its_pole() {
        let mut cart = CartPole::new(0);
        assert!(cart.reset().iter().all(|x| x.abs() <= 0.05));
        let steps = (0..STEPS).take_while(|_| !cart.step(0).1).count();
        assert!((7..12).contains(&steps), "{steps}");
    }
}
