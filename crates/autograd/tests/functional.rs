//! `autograd::functional` beside `torch.autograd.functional`: `fixtures/functional.py` printed the numbers.

use autograd::functional::{hessian, hvp, jacobian, jvp, vjp};
use autograd::{Variable, grad};
use tensor::Tensor;

/// Torch's answers: the function, and its results in order, each with its shape.
#[rustfmt::skip]
#[allow(clippy::excessive_precision)]
const RECORDED: &[(&str, &[usize], &[f64])] = &[
    ("jacobian", &[2, 2, 2, 2], &[
        0.0178355637389959, 0.13376672804246925, 0.0, 0.0, -0.095154874015597, 0.16652102952729472, 0.0,
        0.0, 0.0, 0.0, 0.1291407393682024, 0.9685555452615179, 0.0, 0.0, -0.5014235486299413,
        0.8774912101023973,
    ]),
    ("jacobian", &[2, 2, 2, 2], &[
        0.04458890934748975, 0.0, -0.0891778186949795, 0.0, 0.0, 0.11894359251949624, 0.0,
        -0.23788718503899248, 0.19371110905230357, 0.0, 0.5165629574728096, 0.0, 0.0, 0.376067661472456,
        0.0, 1.0028470972598826,
    ]),
    ("hessian", &[2, 2, 2, 2], &[
        -0.10654997089351825, 0.17814803902615767, -0.44960211953834006, 1.7687274450873143,
        0.17814803902615772, 0.9740216943876001, -0.07199505169197495, 2.146334512933679,
        -0.44960211953834006, -0.07199505169197495, -0.7664772979409753, 1.3076348402563094,
        1.7687274450873143, 2.146334512933679, 1.3076348402563094, 2.449260359759441,
    ]),
    ("hessian", &[2, 2, 2, 2], &[
        0.30243771735663016, 0.5829482568106674, 0.4061231232981318, 0.874550528630251,
        0.31803257644866173, 0.590903043350143, 0.321426713897081, 0.7159086445279044, 0.5925642022082134,
        1.2470013193518938, 0.3389637139879977, 0.7645725586609688, -0.010385238821610451,
        0.49526545476565054, 0.15164667095869383, 1.5177731038956646,
    ]),
    ("hessian", &[2, 2, 2, 2], &[
        0.3024377173566301, 0.3180325764486617, 0.5925642022082134, -0.010385238821610465,
        0.5829482568106674, 0.5909030433501429, 1.2470013193518938, 0.4952654547656506, 0.4061231232981318,
        0.321426713897081, 0.33896371398799763, 0.15164667095869377, 0.8745505286302508,
        0.7159086445279044, 0.7645725586609688, 1.5177731038956646,
    ]),
    ("hessian", &[2, 2, 2, 2], &[
        -0.02315953209465796, 0.0, -0.1857871758839943, 0.0, 0.0, 0.06860307844457834, 0.0,
        -0.13669775534175996, -0.18578717588399427, 0.0, -0.24737562176083866, 0.0, 0.0,
        -0.13669775534175999, 0.0, 0.2747512481432445,
    ]),
    ("vjp", &[2, 2], &[
        0.4125690685963635, 0.48855761576864176, 2.3421378178561145, 1.5123193143305762,
    ]),
    ("vjp", &[2, 2], &[
        0.20814531177018988, -0.1992753310121202, -1.439700276205723, 3.116751402937951,
    ]),
    ("vjp", &[2, 2], &[
        0.14144446387364154, 0.8903157993783755, 0.1691036600414253, 3.484315661857633,
    ]),
    ("jvp", &[2, 2], &[
        0.4125690685963635, 0.48855761576864176, 2.3421378178561145, 1.5123193143305762,
    ]),
    ("jvp", &[2, 2], &[
        -0.18281452832470793, -0.8563938661403729, 2.6280140461429182, 4.5378831151009695,
    ]),
    ("hvp", &[], &[
        2.8533502899310177,
    ]),
    ("hvp", &[2, 2], &[
        6.346773171958679, 6.108093727518783, 5.083981321135968, 8.604118114770777,
    ]),
    ("hvp", &[2, 2], &[
        0.059234019007912364, 1.2644849147775918, 0.542275783018238, 4.873162224741707,
    ]),
];

fn expect(name: &str, results: &[Variable]) {
    let recorded: Vec<_> = RECORDED.iter().filter(|(of, ..)| *of == name).collect();
    assert_eq!(recorded.len(), results.len(), "{name}");
    for ((_, shape, values), result) in recorded.into_iter().zip(results) {
        assert_eq!(&result.shape(), shape, "{name}");
        for (x, y) in result.data().to_vec::<f64>().iter().zip(*values) {
            assert!((x - y).abs() <= 1e-12 * y.abs().max(1.0), "{name}: {x} for {y}");
        }
    }
}

fn f(x: &[Variable]) -> Variable {
    x[0].matmul(&x[1]).tanh().exp()
}

fn g(x: &[Variable]) -> Variable {
    (f(x) * x[0].sum()).sum()
}

fn matrices(a: [[f64; 2]; 2], b: [[f64; 2]; 2]) -> [Variable; 2] {
    [a, b].map(|x| Variable::new(Tensor::from(x)))
}

fn at() -> [Variable; 2] {
    matrices([[0.5, -1.0], [0.3, 0.8]], [[0.2, -0.4], [1.5, 0.7]])
}

fn along() -> [Variable; 2] {
    matrices([[1.0, -2.0], [0.5, 3.0]], [[0.1, 0.4], [-0.7, 2.0]])
}

#[test]
fn all_equal_torchs() {
    let (x, v) = (at(), along());
    expect("jacobian", &jacobian(f, &x, false));
    expect("hessian", &hessian(g, &x, false).concat());
    let (y, products) = vjp(f, &x, Some(&v[0]), false);
    expect("vjp", &[vec![y], products].concat());
    let (y, product) = jvp(f, &x, Some(&v), false);
    expect("jvp", &[y, product]);
    let (y, products) = hvp(g, &x, Some(&v), false);
    expect("hvp", &[vec![y], products].concat());
    assert!(x.iter().all(|x| !x.requires_grad() && x.grad().is_none()));
}

#[test]
fn results_can_be_differentiated_and_are_not_without_being_asked() {
    let x = [Variable::new(Tensor::from(2.0f64)).requires_grad_(true)];
    let quartic = |x: &[Variable]| x[0].powf(4.0);
    let second = hessian(quartic, &x, true).remove(0).remove(0);
    let third = grad(&second, &x[0]).remove(0);
    assert_eq!((second.item(), third.item()), (48.0, 48.0)); // 12x², 24x
    assert!(!hessian(quartic, &x, false)[0][0].requires_grad());
    let (y, slope) = jvp(quartic, &x, None, true);
    assert!(y.requires_grad() && slope.item() == 32.0 && slope.requires_grad());
    assert_eq!(hvp(quartic, &x, None, false).1[0].item(), 48.0);
}

#[test]
fn what_does_not_depend_on_an_input_has_zeros() {
    let x = at();
    let linear = |x: &[Variable]| x[0].sum() * 3.0;
    let zeros = hessian(linear, &x, false).concat();
    assert!(zeros.iter().all(|h| h.shape() == [2; 4] && h.data().to_vec::<f64>() == [0.0; 16]));
    assert_eq!(jacobian(linear, &x, false)[1].data().to_vec::<f64>(), [0.0; 4]);
    assert_eq!(jvp(|_| Variable::new(tensor::ones([3])), &x, Some(&along()), false).1.shape(), [3]);
}

#[test]
#[should_panic(expected = "vjp: v has invalid size: should be [2, 2] but got [3]")]
fn a_vector_has_the_outputs_shape() {
    vjp(f, &at(), Some(&Variable::new(tensor::ones([3]))), false);
}
