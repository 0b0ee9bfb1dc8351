use crate::image_collection::fetch;
use crate::{ImageCollection, ImageDataset};

/// The MNIST digits (LeCun, Cortes and Burges, 1998): 60,000 images of 28 × 28 for training, 10,000 for
/// testing.
///
/// `Mnist::download("./data")` (feature `download`) or `cargo xtask fetch-mnist` downloads them;
/// torchvision's download is read as well.
///
/// ```no_run
/// use datasets::transforms::{Flatten, Normalize, ToTensor};
/// use datasets::{DataLoader, Mnist, transforms};
///
/// let transforms = || transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten];
/// let train_set = Mnist::train("./data", transforms())?;
/// let test_set = Mnist::test("./data", transforms())?;
/// let train_data = DataLoader::new(&train_set).batch_size(64).shuffle(true);
/// let test_data = DataLoader::new(&test_set).batch_size(128);
/// let (images, labels) = train_data.iter().next().unwrap(); // [64, 784] F32, [64] I64
/// # Ok::<(), datasets::Error>(())
/// ```
pub type Mnist = ImageDataset<Digits>;

/// The collection behind [`Mnist`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Digits;

impl ImageCollection for Digits {
    const FOLDER: &'static str = "MNIST";
    const FETCH: &'static str = fetch!("Mnist", "mnist");

    fn classes(&self) -> &'static [&'static str] {
        &[
            "0 - zero",
            "1 - one",
            "2 - two",
            "3 - three",
            "4 - four",
            "5 - five",
            "6 - six",
            "7 - seven",
            "8 - eight",
            "9 - nine",
        ]
    }
}
