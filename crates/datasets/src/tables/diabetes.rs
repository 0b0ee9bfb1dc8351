use tensor::Tensor;

use super::{Bunch, read};

/// Ten measures of 442 people with diabetes, and how far the disease went in a year (Efron and others, 2004),
/// as `sklearn.datasets.load_diabetes()`: each feature has mean 0, and its squares add up to 1.
///
/// From the [authors' page](https://www4.stat.ncsu.edu/~boos/var.select/diabetes.html), where no licence is
/// stated; scikit-learn distributes it under BSD-3-Clause.
///
/// ```
/// let diabetes = datasets::load_diabetes();
/// assert_eq!(diabetes.data.shape(), [442, 10]);
/// assert_eq!(diabetes.target.to_vec::<f64>()[..3], [151.0, 75.0, 141.0]);
/// ```
pub fn load_diabetes() -> Bunch {
    const NAMES: [&str; 10] = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"];
    let (data, target) = read(include_bytes!("../../data/diabetes.csv.gz"), NAMES.len());
    let (mut data, n) = (data.to_vec::<f64>(), target.numel() as f64);
    // scikit-learn's `scale`, in its order of sums, and then the root of the number of rows.
    for column in 0..NAMES.len() {
        let values = || data.iter().skip(column).step_by(NAMES.len());
        let mean = values().sum::<f64>() / n;
        let std = (values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        data.iter_mut().skip(column).step_by(NAMES.len()).for_each(|x| *x = (*x - mean) / std / n.sqrt());
    }
    Bunch {
        data: Tensor::from_vec(data, [target.numel(), NAMES.len()]),
        target,
        feature_names: NAMES.map(str::to_string).into(),
        target_names: Vec::new(),
    }
}
