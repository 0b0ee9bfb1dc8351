use autograd::Variable;
use nn::{BCELoss, BCELossOptions, Forward, Linear, Module, Reduction};
use tensor::Tensor;

/// The variational autoencoder of `github.com/pytorch/examples/vae` (Kingma and Welling,
/// *Auto-encoding variational Bayes*, 2014): a digit becomes a distribution over 20 numbers,
/// and a draw from it a digit again.
#[derive(Debug, Module)]
#[allow(missing_docs)] // PyTorch's names
pub struct Vae {
    pub fc1: Linear,
    pub fc21: Linear,
    pub fc22: Linear,
    pub fc3: Linear,
    pub fc4: Linear,
}

impl Vae {
    /// A new net.
    pub fn new() -> Self {
        Self {
            fc1: Linear::new(784, 400),
            fc21: Linear::new(400, 20),
            fc22: Linear::new(400, 20),
            fc3: Linear::new(20, 400),
            fc4: Linear::new(400, 784),
        }
    }

    /// Mean, and logarithm of the variance, of each image's distribution: two times `[batch, 20]`.
    pub fn encode(&self, x: &Variable) -> (Variable, Variable) {
        let h1 = self.fc1.forward(x).relu();
        (self.fc21.forward(&h1), self.fc22.forward(&h1))
    }

    /// A draw from each distribution.
    pub fn reparameterize(&self, mu: &Variable, logvar: &Variable) -> Variable {
        let std = (logvar * 0.5).exp();
        let eps = Variable::new(tensor::randn(std.shape()));
        mu + eps * std
    }

    /// The images of such draws: `[batch, 784]`, between 0 and 1.
    pub fn decode(&self, z: &Variable) -> Variable {
        let h3 = self.fc3.forward(z).relu();
        self.fc4.forward(&h3).sigmoid()
    }

    /// The images that come back, and the distributions that they were drawn from.
    pub fn forward(&self, x: &Variable) -> (Variable, Variable, Variable) {
        let (mu, logvar) = self.encode(&x.reshape([-1, 784]));
        let z = self.reparameterize(&mu, &logvar);
        (self.decode(&z), mu, logvar)
    }

    /// Reconstruction and Kullback-Leibler divergence, summed over all elements and the batch.
    pub fn loss_function(recon_x: &Variable, x: &Tensor, mu: &Variable, logvar: &Variable) -> Variable {
        let options = BCELossOptions { reduction: Reduction::Sum, ..Default::default() };
        let bce = BCELoss::with(options).forward(recon_x, &x.reshape([-1, 784]));
        // 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
        let kld = (1.0 + logvar - mu.square() - logvar.exp()).sum() * -0.5;
        bce + kld
    }
}

impl Default for Vae {
    fn default() -> Self {
        Self::new()
    }
}
