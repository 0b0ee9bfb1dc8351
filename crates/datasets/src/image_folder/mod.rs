//! Folders of pictures, one for each class.

mod jpeg;
mod list;
mod load;
mod png;

pub use load::load_image;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tensor::Tensor;

use crate::dataset::out_of_range;
use crate::transforms::Transform;
use crate::{Classes, Dataset, Result};

/// PNG and JPEG pictures in a folder for each class, as `torchvision.datasets.ImageFolder` (feature
/// `images`):
///
/// ```text
/// root/cat/1.png
/// root/cat/more/2.jpg
/// root/dog/1.jpeg
/// ```
///
/// Classes are the names of the folders, sorted; samples come class by class, sorted by their paths, from all
/// folders below. A picture is read when its sample is asked for, by [`load_image`], and is `U8` of shape
/// `[height, width, 3]` for the first transform.
///
/// ```
/// use datasets::transforms::ToTensor;
/// use datasets::{Dataset, ImageFolder};
///
/// # let root = tempfile::tempdir().unwrap();
/// # let pixel = include_bytes!("../../tests/fixtures/pixel.png");
/// # for class in ["cat", "dog"] {
/// #     std::fs::create_dir(root.path().join(class)).unwrap();
/// #     std::fs::write(root.path().join(class).join("1.png"), pixel).unwrap();
/// # }
/// # let root = root.path();
/// let pets = ImageFolder::new(root, ToTensor)?;
/// assert_eq!(pets.classes(), ["cat", "dog"]);
/// let (image, label) = pets.get(1);
/// assert_eq!((image.shape(), label), (&[3, 1, 1][..], 1));
/// # Ok::<(), datasets::Error>(())
/// ```
///
/// Torchvision also lists pictures in other formats. Here such a file is an error of [`ImageFolder::new`],
/// since leaving it out would give the others other numbers.
#[derive(Clone)]
pub struct ImageFolder {
    classes: Vec<String>,
    samples: Vec<(PathBuf, i64)>,
    transform: Arc<dyn Transform>,
}

impl ImageFolder {
    /// The pictures below `root`.
    ///
    /// # Errors
    /// If `root` has no folders, one of them has no pictures, or a folder cannot be read.
    pub fn new(root: impl AsRef<Path>, transform: impl Transform + 'static) -> Result<Self> {
        let root = root.as_ref();
        let classes = list::find_classes(root)?;
        let samples = list::make_dataset(root, &classes)?;
        Ok(Self { classes, samples, transform: Arc::new(transform) })
    }

    /// The names of the labels.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The path and label of each sample: torchvision's `samples` and `imgs`.
    pub fn samples(&self) -> &[(PathBuf, i64)] {
        &self.samples
    }

    /// All labels, `I64`.
    pub fn targets(&self) -> Tensor {
        Tensor::from(self.samples.iter().map(|(_, label)| *label).collect::<Vec<_>>())
    }

    /// Reads every picture once, so that a damaged one is found before the training.
    ///
    /// # Errors
    /// The first picture's that cannot be read.
    pub fn verify(&self) -> Result<()> {
        self.samples.iter().try_for_each(|(path, _)| load_image(path).map(drop))
    }
}

impl Dataset for ImageFolder {
    /// The transformed picture and its label.
    type Sample = (Tensor, i64);

    fn len(&self) -> usize {
        self.samples.len()
    }

    /// # Panics
    /// If there is no such sample, or its picture cannot be read: [`ImageFolder::verify`] tells before.
    fn get(&self, index: usize) -> (Tensor, i64) {
        let Some((path, label)) = self.samples.get(index) else { out_of_range(index, self.len()) };
        let image = load_image(path).unwrap_or_else(|error| panic!("ImageFolder: {error}"));
        (self.transform.apply(image), *label)
    }
}

impl std::fmt::Debug for ImageFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImageFolder({} images of {} classes)", self.samples.len(), self.classes.len())
    }
}

impl Classes for ImageFolder {
    fn class_names(&self) -> Vec<&str> {
        self.classes.iter().map(String::as_str).collect()
    }

    fn labels(&self) -> Vec<i64> {
        self.samples.iter().map(|(_, label)| *label).collect()
    }
}
