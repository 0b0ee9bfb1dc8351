//! A real sample of MNIST in the binary: the first digits of each file, as they are there.

use crate::transforms::Transform;
use crate::{Digits, ImageCollection, Labelled, Mnist, idx};

impl Mnist {
    /// The first 10,000 training digits, from the binary.
    ///
    /// ```
    /// use datasets::transforms::{Flatten, Normalize, ToTensor};
    /// use datasets::{DataLoader, Dataset, Mnist, transforms};
    ///
    /// let train_set = Mnist::embedded_train(transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten]);
    /// assert_eq!(train_set.len(), 10_000);
    /// let (images, labels) = DataLoader::new(&train_set).batch_size(64).iter().next().unwrap();
    /// assert_eq!(images.shape(), [64, 784]);
    /// assert_eq!(labels.to_vec::<i64>()[..4], [5, 0, 4, 1]);
    /// ```
    pub fn embedded_train(transform: impl Transform + 'static) -> Self {
        embedded(
            include_bytes!("../data/train-images-idx3-ubyte.gz"),
            include_bytes!("../data/train-labels-idx1-ubyte.gz"),
            transform,
        )
    }

    /// The first 2,000 test digits, from the binary.
    pub fn embedded_test(transform: impl Transform + 'static) -> Self {
        embedded(
            include_bytes!("../data/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../data/t10k-labels-idx1-ubyte.gz"),
            transform,
        )
    }
}

fn embedded(images: &[u8], labels: &[u8], transform: impl Transform + 'static) -> Mnist {
    let read = |name: &str, bytes| {
        (
            name.to_string(),
            idx::read_bytes(name, bytes).expect("the embedded files are right, a test reads them"),
        )
    };
    let classes = Digits.classes().len();
    let labelled = Labelled::new(read("embedded images", images), read("embedded labels", labels), classes)
        .expect("the embedded images and labels belong together, a test reads them");
    Mnist::of(Digits, labelled, transform)
}
