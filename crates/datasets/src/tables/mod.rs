//! Tables of scikit-learn's size, which lie in the library. A program that loads none of them does not hold
//! them either.

mod breast_cancer;
mod diabetes;
mod digits;
mod iris;
mod wine;

pub use breast_cancer::load_breast_cancer;
pub use diabetes::load_diabetes;
pub use digits::load_digits;
pub use iris::load_iris;
pub use wine::load_wine;

use std::io::Read;

use flate2::read::GzDecoder;
use tensor::{DType, Tensor};

/// A table of numbers with a target for each row, as scikit-learn's `Bunch`: what [`load_iris`] and the other
/// loaders of its name give.
///
/// ```
/// use datasets::{DataLoader, TensorDataset, load_iris};
/// use tensor::DType;
///
/// let iris = load_iris();
/// assert_eq!(iris.feature_names[2], "petal length (cm)");
/// assert_eq!(iris.target_names, ["setosa", "versicolor", "virginica"]);
///
/// let data = TensorDataset::new(iris.data.to_dtype(DType::F32), iris.target);
/// let (x, y) = DataLoader::new(&data).batch_size(50).iter().next().unwrap();
/// assert_eq!((x.shape(), y.shape()), (&[50, 4][..], &[50][..]));
/// ```
#[derive(Clone, Debug)]
pub struct Bunch {
    /// The features, `F64` of shape `[rows, features]`, as scikit-learn has them; nets take `F32`.
    pub data: Tensor,
    /// What is to be told from them, of shape `[rows]`: classes as `I64`, other numbers as `F64`.
    pub target: Tensor,
    /// What the columns of `data` are.
    pub feature_names: Vec<String>,
    /// The names of the classes, from 0 on; none where the target is a number.
    pub target_names: Vec<String>,
}

impl Bunch {
    /// From packed rows of numbers, the target last.
    fn of_classes(packed: &[u8], feature_names: &[&str], target_names: &[&str]) -> Self {
        let (data, target) = read(packed, feature_names.len());
        let [feature_names, target_names] =
            [feature_names, target_names].map(|names| names.iter().map(|name| name.to_string()).collect());
        Self { data, target: target.to_dtype(DType::I64), feature_names, target_names }
    }
}

/// The features and the target, both `F64`.
fn read(packed: &[u8], features: usize) -> (Tensor, Tensor) {
    let mut text = String::new();
    GzDecoder::new(packed)
        .read_to_string(&mut text)
        .expect("the embedded tables are right, a test reads them");
    let (mut data, mut target) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let mut numbers = line.split(',').map(|x| x.parse::<f64>().expect("the tables hold numbers"));
        data.extend(numbers.by_ref().take(features));
        target.extend(numbers);
    }
    let rows = target.len();
    (Tensor::from_vec(data, [rows, features]), Tensor::from(target))
}
