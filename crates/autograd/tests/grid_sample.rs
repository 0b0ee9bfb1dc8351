//! Images read where a grid says, and the grids of matrices, are torch's to the bit, and so are their
//! gradients.

use autograd::Variable;
use tensor::{GridSampleMode, GridSampleOptions, GridSamplePadding, OptionValue, Value};
use testing::{assert_bits, ramp, recording};

/// What a dict says of an option.
fn option<T: OptionValue>(dict: &Value, name: &str) -> T {
    let mut entries = dict.as_dict().expect("a dict").iter();
    let (_, value) = entries.find(|(key, _)| key.as_str() == Some(name)).expect("every case has it");
    T::from_value(value).expect("a value of this type")
}

#[test]
fn every_mode_is_torchs_to_the_bit() {
    for case in recording!("grid_sample").cases().iter().filter(|case| case.name() != "affine_grid") {
        let config = case.python("config");
        let options = GridSampleOptions {
            mode: option::<GridSampleMode>(&config, "mode"),
            padding_mode: option::<GridSamplePadding>(&config, "padding_mode"),
            align_corners: option(&config, "align_corners"),
        };
        let [x, grid] = ["x", "grid"].map(|name| Variable::new(case.tensor(name)).requires_grad_(true));
        let seen = match case["view"].as_str() {
            Some("planes") => grid.permute([0, 2, 3, 1]),
            Some(_) => grid.transpose(1, 2),
            None => grid.clone(),
        };
        let what = format!("{config} of {} {:?} at {:?}", x.dtype(), x.shape(), grid.shape());
        let y = x.grid_sample(&seen, options);
        assert_bits(&what, &y.data(), &case.tensor("y"));
        y.backward_with(ramp(&y.data()));
        for (name, of) in [("dx", &x), ("dgrid", &grid)] {
            // Torch has no gradient where it reads outside of the image.
            if let Some(expected) = case.get_tensor(name) {
                assert_bits(format!("{name} of {what}"), &of.grad().expect("it took part"), &expected);
            }
        }
    }
}

#[test]
fn affine_grids_are_torchs_to_the_bit() {
    for case in recording!("grid_sample").cases().iter().filter(|case| case.name() == "affine_grid") {
        let size = case.sizes("size");
        let align_corners = case["align_corners"].as_bool().expect("a bool");
        let theta = Variable::new(case.tensor("theta")).requires_grad_(true);
        let what = format!("{} {size:?}, {align_corners}", theta.dtype());
        let y = theta.affine_grid(&size, align_corners);
        assert_bits(&what, &y.data(), &case.tensor("y"));
        y.backward_with(ramp(&y.data()));
        assert_bits(
            format!("gradient of {what}"),
            &theta.grad().expect("it took part"),
            &case.tensor("dtheta"),
        );
    }
}
