use std::fmt;

use clap::ValueEnum;
use nn::Parameter;
use optim::{Adadelta, AdadeltaConfig, Adagrad, Adam, Momentum, Optimizer, RmsProp, RmsPropConfig, Sgd};

/// The note's six optimizers, as `--optimizer` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "`build` says what each one is")]
pub enum OptimizerKind {
    Sgd,
    Momentum,
    Adagrad,
    #[value(name = "rmsprop")]
    RmsProp,
    Adadelta,
    Adam,
}

impl OptimizerKind {
    /// All six, in the note's order.
    pub const ALL: [Self; 6] =
        [Self::Sgd, Self::Momentum, Self::Adagrad, Self::RmsProp, Self::Adadelta, Self::Adam];

    /// The learning rate that the note gives it.
    pub fn lr(self) -> f64 {
        match self {
            Self::Sgd | Self::Momentum | Self::Adagrad => 1e-2,
            Self::RmsProp | Self::Adam => 1e-3,
            Self::Adadelta => 1.0,
        }
    }

    /// The optimizer with the note's settings, and this learning rate.
    pub fn build(self, params: Vec<Parameter>, lr: f64) -> Box<dyn Optimizer> {
        match self {
            // torch.optim.SGD(net.parameters(), lr)
            Self::Sgd => Box::new(Sgd::new(params, lr)),
            // torch.optim.SGD(net.parameters(), lr, momentum=0.9)
            Self::Momentum => Box::new(Momentum::new(params, lr, 0.9)),
            // torch.optim.Adagrad(net.parameters(), lr)
            Self::Adagrad => Box::new(Adagrad::new(params, lr)),
            // torch.optim.RMSprop(net.parameters(), lr, alpha=0.9)
            Self::RmsProp => {
                Box::new(RmsProp::with(params, RmsPropConfig { lr, alpha: 0.9, ..Default::default() }))
            }
            // torch.optim.Adadelta(net.parameters(), lr, rho=0.9)
            Self::Adadelta => {
                Box::new(Adadelta::with(params, AdadeltaConfig { lr, rho: 0.9, ..Default::default() }))
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
