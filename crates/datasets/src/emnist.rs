use std::path::Path;

use crate::image_collection::fetch;
use crate::transforms::Transform;
use crate::{ImageCollection, ImageDataset, Part, Result};

/// EMNIST (Cohen and others, 2017, arXiv:1702.05373): handwritten letters and digits in the form of
/// [`Mnist`](crate::Mnist), in six splits. `EMnist::download` (feature `download`)
/// or `cargo xtask fetch-data emnist` downloads them.
///
/// The images lie on their side: rows and columns are exchanged in the files, and torchvision leaves them so.
/// A transform puts them right:
///
/// ```no_run
/// use datasets::transforms::ToTensor;
/// use datasets::{EMnist, EMnistSplit, transforms};
/// use tensor::Tensor;
///
/// let upright = transforms![|x: Tensor| x.t(), ToTensor];
/// let train_set = EMnist::train("./data", EMnistSplit::Letters, upright)?;
/// assert_eq!(train_set.classes()[1], "a");
/// # Ok::<(), datasets::Error>(())
/// ```
pub type EMnist = ImageDataset<EMnistSplit>;

/// How [`EMnist`] is divided, and into which classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EMnistSplit {
    /// Digits, capital and small letters: 62 classes, as often as people write them.
    ByClass,
    /// As `ByClass`, with small letters that look like their capitals among these: 47 classes.
    ByMerge,
    /// The classes of `ByMerge`, of each as many.
    Balanced,
    /// Letters, capital or small, from label 1 on; no image has label 0, `"N/A"`.
    Letters,
    /// Digits.
    Digits,
    /// As many digits as MNIST has.
    Mnist,
}

impl EMnist {
    /// The training set of a split below `root`: `root/EMNIST/raw/emnist-letters-train-images-idx3-ubyte` and
    /// so on, or the same with `.gz`.
    ///
    /// # Errors
    /// If a file is not there, or is not what it should be.
    pub fn train(
        root: impl AsRef<Path>,
        split: EMnistSplit,
        transform: impl Transform + 'static,
    ) -> Result<Self> {
        Self::open(split, root, Part::Train, transform)
    }

    /// The test set of a split, as [`EMnist::train`].
    ///
    /// # Errors
    /// As [`EMnist::train`].
    pub fn test(
        root: impl AsRef<Path>,
        split: EMnistSplit,
        transform: impl Transform + 'static,
    ) -> Result<Self> {
        Self::open(split, root, Part::Test, transform)
    }
}

impl EMnistSplit {
    /// All six, in torchvision's order.
    pub const ALL: [EMnistSplit; 6] = [
        EMnistSplit::ByClass,
        EMnistSplit::ByMerge,
        EMnistSplit::Balanced,
        EMnistSplit::Letters,
        EMnistSplit::Digits,
        EMnistSplit::Mnist,
    ];

    /// Torchvision's name, such as `letters`.
    pub fn name(self) -> &'static str {
        match self {
            EMnistSplit::ByClass => "byclass",
            EMnistSplit::ByMerge => "bymerge",
            EMnistSplit::Balanced => "balanced",
            EMnistSplit::Letters => "letters",
            EMnistSplit::Digits => "digits",
            EMnistSplit::Mnist => "mnist",
        }
    }
}

impl ImageCollection for EMnistSplit {
    const FOLDER: &'static str = "EMNIST";
    const FETCH: &'static str = fetch!("EMnist", "emnist");

    fn classes(&self) -> &'static [&'static str] {
        match self {
            EMnistSplit::ByClass => &ALL,
            EMnistSplit::ByMerge | EMnistSplit::Balanced => &MERGED,
            EMnistSplit::Letters => &LETTERS,
            EMnistSplit::Digits | EMnistSplit::Mnist => &ALL[..10],
        }
    }

    fn files(&self, part: Part) -> [String; 2] {
        let part = match part {
            Part::Train => "train",
            Part::Test => "test",
        };
        ["images-idx3", "labels-idx1"].map(|end| format!("emnist-{}-{part}-{end}-ubyte", self.name()))
    }
}

#[rustfmt::skip]
static ALL: [&str; 62] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z",
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
];

#[rustfmt::skip]
static MERGED: [&str; 47] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M",
    "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z",
    "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t",
];

#[rustfmt::skip]
static LETTERS: [&str; 27] = [
    "N/A",
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z",
];
