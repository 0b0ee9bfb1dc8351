use std::fmt;

use clap::ValueEnum;
use nn::Parameter;
use optim::{Adadelta, AdadeltaOptions, Adagrad, Adam, Momentum, Optimizer, RMSprop, RMSpropOptions, SGD};

/// The tutorial's six optimizers, as `--optimizer` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "`build` says what each one is")]
pub enum OptimizerKind {
    SGD,
    Momentum,
    Adagrad,
    #[value(name = "rmsprop")]
    RMSprop,
    Adadelta,
    Adam,
}

impl OptimizerKind {
    /// All six, in the tutorial's order.
    pub const ALL: [Self; 6] =
        [Self::SGD, Self::Momentum, Self::Adagrad, Self::RMSprop, Self::Adadelta, Self::Adam];

    /// The learning rate that the tutorial gives it.
    pub fn lr(self) -> f64 {
        match self {
            Self::SGD | Self::Momentum | Self::Adagrad => 1e-2,
            Self::RMSprop | Self::Adam => 1e-3,
            Self::Adadelta => 1.0,
        }
    }

    /// The optimizer with the tutorial's settings, and this learning rate.
    pub fn build(self, params: Vec<Parameter>, lr: f64) -> Box<dyn Optimizer> {
        match self {
            // torch.optim.SGD(net.parameters(), lr)
            Self::SGD => Box::new(SGD::new(params, lr)),
            // torch.optim.SGD(net.parameters(), lr, momentum=0.9)
            Self::Momentum => Box::new(Momentum::new(params, lr, 0.9)),
            // torch.optim.Adagrad(net.parameters(), lr)
            Self::Adagrad => Box::new(Adagrad::new(params, lr)),
            // torch.optim.RMSprop(net.parameters(), lr, alpha=0.9)
            Self::RMSprop => {
                Box::new(RMSprop::with(params, RMSpropOptions { lr, alpha: 0.9, ..Default::default() }))
            }
            // torch.optim.Adadelta(net.parameters(), lr, rho=0.9)
            Self::Adadelta => {
                Box::new(Adadelta::with(params, AdadeltaOptions { lr, rho: 0.9, ..Default::default() }))
            }
            // torch.optim.Adam(net.parameters(), lr)
            Self::Adam => Box::new(Adam::new(params, lr)),
        }
    }
}

impl fmt::Display for OptimizerKind {
    /// As on the command line and in the results.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.to_possible_value().expect("no optimizer is hidden").get_name())
    }
}
