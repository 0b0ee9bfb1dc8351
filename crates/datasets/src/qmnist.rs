use std::path::Path;

use tensor::{DType, Tensor};

use crate::image_collection::{fetch, read_idx};
use crate::{Digits, Error, ImageCollection, ImageDataset, Labelled, Part, Result};

/// QMNIST (Yadav and Bottou, 2019, arXiv:1905.10498): the digits of MNIST made again from their source, with
/// all 60,000 test digits. `QMnist::download` (feature
/// `download`) or `cargo xtask fetch-data qmnist` downloads them.
///
/// As with torchvision's `compat=True`, a sample's label is its class. The other seven columns of the label
/// files (the writer and so on) are there for [`idx::read`](crate::idx::read).
///
/// ```no_run
/// use datasets::transforms::ToTensor;
/// use datasets::{Part, QMnist, QMnistPart};
///
/// let train_set = QMnist::train("./data", ToTensor)?;
/// let fifty_thousand_more = QMnist::open(QMnistPart::Test50k, "./data", Part::Test, ToTensor)?;
/// # Ok::<(), datasets::Error>(())
/// ```
pub type QMnist = ImageDataset<QMnistPart>;

/// Which test digits of [`QMnist`]; torchvision's `what`. The training digits are the same for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QMnistPart {
    /// All 60,000.
    #[default]
    Test,
    /// The 10,000 that are MNIST's test set.
    Test10k,
    /// The others.
    Test50k,
}

impl ImageCollection for QMnistPart {
    const FOLDER: &'static str = "QMNIST";
    const FETCH: &'static str = fetch!("QMnist", "qmnist");

    fn classes(&self) -> &'static [&'static str] {
        Digits.classes()
    }

    fn files(&self, part: Part) -> [String; 2] {
        let part = match part {
            Part::Train => "train",
            Part::Test => "test",
        };
        [format!("qmnist-{part}-images-idx3-ubyte"), format!("qmnist-{part}-labels-idx2-int")]
    }

    fn read(&self, root: &Path, part: Part) -> Result<Labelled> {
        let [images, labels] = self.files(part).map(|name| read_idx::<Self>(root, &name));
        let (images, (file, labels)) = (images?, labels?);
        if labels.dtype() != DType::I32 {
            return Err(Error::ElementType { file, expected: DType::I32, found: labels.dtype() });
        }
        if labels.ndim() != 2 || labels.numel() == 0 {
            let expected = "[labels, columns], none of them 0";
            return Err(Error::Shape { file, expected, found: labels.shape().to_vec() });
        }
        let labels = labels.select(1, 0).to_dtype(DType::I64).contiguous();
        let Labelled { images, labels } =
            Labelled::new(images, (file.clone(), labels), self.classes().len())?;
        let first = MNISTS_TEST_DIGITS.min(labels.numel());
        let (from, count) = match (part, self) {
            (Part::Train, _) | (_, QMnistPart::Test) => (0, labels.numel()),
            (_, QMnistPart::Test10k) => (0, first),
            (_, QMnistPart::Test50k) => (first, labels.numel() - first),
        };
        if count == 0 {
            let expected = "[labels], more than the 10000 of MNIST's test set";
            return Err(Error::Shape { file, expected, found: labels.shape().to_vec() });
        }
        let part = |x: &Tensor| x.narrow(0, from as isize, count).contiguous();
        Ok(Labelled { images: part(&images), labels: part(&labels) })
    }
}

/// They come first.
const MNISTS_TEST_DIGITS: usize = 10_000;
