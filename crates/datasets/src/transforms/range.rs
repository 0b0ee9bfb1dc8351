use tensor::Value;

/// The range of a random setting.
#[derive(Clone, Copy, Debug)]
pub enum Range {
    /// How far it goes to either side: one number.
    Around(f64),
    /// Its ends: two numbers.
    Between([f64; 2]),
}

impl From<f64> for Range {
    fn from(around: f64) -> Self {
        Self::Around(around)
    }
}

impl From<[f64; 2]> for Range {
    fn from(ends: [f64; 2]) -> Self {
        Self::Between(ends)
    }
}

impl Range {
    /// The ends, around `center` and not below `least` if one number was given; `name` is the setting's
    /// of the transform `whose`.
    #[track_caller]
    pub(super) fn ends(self, whose: &str, name: &str, center: f64, least: f64) -> [f64; 2] {
        match self {
            Self::Around(width) => {
                assert!(
                    width >= 0.0,
                    "{whose}: If {name} is a single number, it must be non negative, got {width}"
                );
                [(center - width).max(least), center + width]
            }
            Self::Between(ends) => ends,
        }
    }
}

/// Numbers as Python prints a list of them.
pub(super) fn list(numbers: &[f64]) -> String {
    Value::List(numbers.iter().map(|&x| Value::Float(x)).collect()).to_string()
}
