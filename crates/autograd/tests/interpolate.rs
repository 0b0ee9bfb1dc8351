//! Interpolation computes and differentiates as torch does, to the bit.

use autograd::Variable;
use tensor::{InterpolateMode, InterpolateOptions, OptionValue, Value};
use testing::{assert_bits, ramp, recording};

/// What a dict says of an option.
fn option<T: OptionValue>(dict: &Value, name: &str) -> Option<T> {
    let mut entries = dict.as_dict().expect("a dict").iter();
    let (_, value) = entries.find(|(key, _)| key.as_str() == Some(name))?;
    Some(T::from_value(value).expect("a value of this type"))
}

#[test]
fn every_mode_is_torchs_to_the_bit() {
    for case in recording!("interpolate").cases() {
        let config = case.python("config");
        let options = InterpolateOptions {
            size: option(&config, "size"),
            scale_factor: option(&config, "scale_factor"),
            mode: option::<InterpolateMode>(&config, "mode").expect("every case has one"),
            align_corners: option(&config, "align_corners"),
            recompute_scale_factor: option(&config, "recompute_scale_factor"),
            antialias: option(&config, "antialias").unwrap_or(false),
        };
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let what = format!("{config} of {} {:?}", x.dtype(), x.shape());
        let y = x.interpolate(&options);
        assert_bits(&what, &y.data(), &case.tensor("y"));
        y.backward_with(ramp(&y.data()));
        assert_bits(format!("gradient of {what}"), &x.grad().expect("x took part"), &case.tensor("dx"));
    }
}
