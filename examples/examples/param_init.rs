//! 4. Initialising parameters.
//!
//! Four ways to replace the numbers that training starts from: for one layer or for all of a kind, in a
//! `Sequential` and in a `Module`, and by the rules of `nn::init`.

use autograd::Variable;
use clap::Parser;
use examples::Result;
use ndarray::Array2;
use nn::{Forward, Linear, Module, ReLU, Sequential, init, sequential};
use rand::RngExt;
use tensor::{DType, NumpyRandomState, Tensor, randn, with_default_generator};

/// Sets the weights of the tutorial's nets in four ways.
#[derive(Parser)]
struct Options {
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

// class sim_net(nn.Module):
#[derive(Module)]
struct SimNet {
    l1: Sequential,
    l2: Sequential,
    l3: Sequential,
}

impl SimNet {
    fn new() -> Self {
        let l1 = sequential![Linear::new(30, 40), ReLU::new()];
        // One layer directly: self.l1[0].weight.data = torch.randn(40, 30)
        l1.layer::<Linear>(0).weight.set_data(randn([40, 30]));
        let l2 = sequential![Linear::new(40, 50), ReLU::new()];
        let l3 = sequential![Linear::new(50, 10), ReLU::new()];
        SimNet { l1, l2, l3 }
    }
}

impl Forward for SimNet {
    fn forward(&self, x: &Variable) -> Variable {
        let x = self.l1.forward(x);
        let x = self.l2.forward(&x);
        self.l3.forward(&x)
    }
}

fn main() -> Result {
    let Options { seed } = Options::parse();
    tensor::manual_seed(seed);
    // np.random.seed(seed)
    let mut np_random = NumpyRandomState::new(seed as u32);

    let net1 =
        sequential![Linear::new(30, 40), ReLU::new(), Linear::new(40, 50), ReLU::new(), Linear::new(50, 10),];

    // The weight of the first layer.
    let w1 = &net1.layer::<Linear>(0).weight;
    println!("{w1}");

    // One way: new numbers for one layer. The array may come from NumPy's generator …
    // net1[0].weight.data = torch.from_numpy(np.random.uniform(3, 5, size=(40, 30)))
    let array = np_random.uniform(3.0, 5.0, [40, 30]);
    w1.set_data(Tensor::from(array).to_dtype(DType::F32)); // torch would let it become float64, and fail later
    println!("{w1}");

    // … or from `rand`, with the generator that all random tensors here come from.
    let array =
        with_default_generator(|g| Array2::from_shape_simple_fn((40, 30), || g.random_range(3.0f32..5.0)));
    w1.set_data(Tensor::from(array));
    println!("{w1}");

    // Another: the same for all layers of a kind.
    // for layer in net1: if isinstance(layer, nn.Linear): …
    for layer in &net1 {
        if let Some(linear) = layer.downcast_ref::<Linear>() {
            let param_shape = [linear.out_features, linear.in_features];
            let array = np_random.normal(0.0, 0.5, param_shape); // mean 0, standard deviation 0.5
            linear.weight.set_data(Tensor::from(array).to_dtype(DType::F32));
        }
    }
    println!("{w1}");

    // In a Module, children() are the parts one level down …
    let net2 = SimNet::new();
    for i in net2.children() {
        println!("{i}");
    }

    // … and modules() all parts down to the last, the net itself first.
    for i in net2.modules() {
        println!("{i}");
    }

    // So a third way reaches every layer of any net.
    for layer in net2.modules() {
        if let Some(linear) = layer.downcast_ref::<Linear>() {
            let param_shape = [linear.out_features, linear.in_features];
            let array = np_random.normal(0.0, 0.5, param_shape);
            linear.weight.set_data(Tensor::from(array).to_dtype(DType::F32));
        }
    }
    println!("{}", net2.l1.layer::<Linear>(0).weight);

    // The fourth: the rules of torch.nn.init, by name.
    init::xavier_uniform(w1);
    println!("{w1}");

    let out = net2.forward(&Variable::new(randn([1, 30])));
    println!("{out}");
    Ok(())
}
