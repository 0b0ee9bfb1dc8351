//! Layers and initialisers of no size, and parameters that do not lie row by row. Values of torch 2.15.

use autograd::Variable;
use nn::init;
use nn::{Forward, Linear};
use tensor::{manual_seed, ones, zeros};

#[test]
fn linear_of_no_features() {
    for (rows, inputs, outputs) in [(2, 3, 0), (0, 3, 2), (2, 0, 3), (0, 0, 0)] {
        let layer = Linear::new(inputs, outputs);
        let x = Variable::new(ones([rows, inputs])).requires_grad_(true);
        let y = layer.forward(&x);
        assert_eq!(y.shape(), [rows, outputs]);
        y.sum().backward();
        assert_eq!(x.grad().unwrap().shape(), [rows, inputs]);
        assert_eq!(layer.weight.grad().unwrap().shape(), [outputs, inputs]);
        assert_eq!(layer.bias.as_ref().unwrap().grad().unwrap().to_vec::<f32>(), vec![rows as f32; outputs]);
    }
    assert_eq!(Linear::new(0, 3).bias.unwrap().data().to_vec::<f32>(), [0.0; 3]);
}

#[test]
#[should_panic(expected = "Storage size calculation overflowed with sizes=[1099511627776, 1099511627776]")]
fn linear_of_more_features_than_there_are() {
    Linear::new(1 << 40, 1 << 40);
}

#[test]
fn initialisers_leave_nothing_as_it_is() {
    let fills: [fn(&Variable); 10] = [
        |w| init::uniform(w, 0.0, 1.0),
        |w| init::normal(w, 0.0, 1.0),
        |w| init::trunc_normal(w, 0.0, 1.0, -2.0, 2.0),
        init::xavier_uniform,
        init::xavier_normal,
        init::kaiming_uniform,
        init::kaiming_normal,
        init::orthogonal,
        |w| init::sparse(w, 0.5),
        init::eye,
    ];
    for shape in [[0, 3], [3, 0], [0, 0]] {
        for fill in fills {
            let w = Variable::new(zeros(shape));
            fill(&w);
            assert_eq!(w.shape(), shape);
        }
    }
}

/// `init.…(torch.zeros(3, 4).t())` after `torch.manual_seed(0)`; one test, for the generator is shared.
#[test]
fn a_transposed_parameter_is_drawn_in_the_order_of_its_memory() {
    let drawn = |fill: &dyn Fn(&Variable)| {
        manual_seed(0);
        let w = Variable::new(zeros([3, 4]).t());
        fill(&w);
        w.data().to_vec::<f32>()
    };
    let close = |x: Vec<f32>, y: [f32; 12]| {
        let near = x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-5);
        assert!(near, "{x:?} instead of {y:?}");
    };
    close(
        drawn(&|w| init::uniform(w, 0.0, 1.0)),
        [
            0.496_256_6,
            0.307_422_8,
            0.455_628,
            0.768_221_8,
            0.634_078_7,
            0.632_306_3,
            0.088_477_43,
            0.490_093_4,
            0.348_893_46,
            0.132_030_49,
            0.896_444_74,
            0.401_717_3,
        ],
    );
    let mut normal = [
        1.540_996_1,
        -1.084_522_4,
        -0.719_257_6,
        -0.293_428_9,
        -1.398_595_5,
        -0.403_343_5,
        -2.178_789_4,
        0.403_346_83,
        -0.596_635_34,
        0.568_431_26,
        0.838_026_34,
        0.182_036_49,
    ];
    close(drawn(&|w| init::normal(w, 0.0, 1.0)), normal);
    normal[6] = -1.071_187_4; // the only one outside the bounds
    close(drawn(&|w| init::trunc_normal(w, 0.0, 1.0, -2.0, 2.0)), normal);
    close(
        drawn(&|w| init::trunc_normal(w, 0.0, 1.0, 2.0, 3.0)),
        [
            2.496_256_6,
            2.185_231,
            2.175_910_2,
            2.262_961_4,
            2.373_417_4,
            2.269_833_6,
            2.088_477_4,
            2.490_093_5,
            2.348_893_4,
            2.132_030_5,
            2.932,
            2.031_719_4,
        ],
    );
    close(
        drawn(&|w| init::sparse(w, 0.5)),
        [
            0.0,
            0.0,
            0.0,
            -0.002_934_289_2,
            0.0,
            0.0,
            -0.021_787_893,
            0.004_033_468_7,
            -0.005_966_353_7,
            0.0,
            0.008_380_263,
            0.001_820_364_9,
        ],
    );
    close(
        drawn(&init::orthogonal),
        [
            0.886_280_3,
            -0.029_169_87,
            0.258_661_9,
            0.326_924_56,
            -0.662_902_2,
            -0.441_255_75,
            0.231_978_77,
            0.603_456_3,
            -0.762_525_1,
            -0.231_976_85,
            -0.442_210_67,
            -0.396_160_3,
        ],
    );
}
