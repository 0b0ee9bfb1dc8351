use std::fmt;
use std::path::{Path, PathBuf};

use datasets::transforms::{Compose, Flatten, Normalize, ToTensor};
use datasets::{Dataset, Mnist, Subset, transforms};

use crate::{Failure, Result};

/// The tutorial's transform: scaled to [0, 1], then `(x − 0.5) / 0.5`, then flat.
///
/// ```text
/// def data_tf(x):
///     x = np.array(x, dtype='float32') / 255
///     x = (x - 0.5) / 0.5
///     x = x.reshape((-1,))
///     return torch.from_numpy(x)
/// ```
pub fn data_tf() -> Compose {
    transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten]
}

/// The transform of PyTorch's example: an image `[1, 28, 28]` with mean 0 and standard
/// deviation 1 over all of MNIST.
///
/// ```text
/// transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
/// ```
pub fn image_tf() -> Compose {
    transforms![ToTensor, Normalize::new(0.1307, 0.3081)]
}

/// [`image_tf`], then flat.
pub fn data_tf_standardised() -> Compose {
    transforms![ToTensor, Normalize::new(0.1307, 0.3081), Flatten]
}

/// Where digits come from.
pub enum Source {
    /// All of MNIST, from files.
    Mnist(PathBuf),
    /// The sample in the library.
    Embedded,
}

impl Source {
    /// MNIST below the folder; without a folder, MNIST below `./data` if it has been downloaded there
    /// and the embedded sample if not.
    ///
    /// # Errors
    /// If the folder does not exist.
    pub fn find(folder: Option<&Path>) -> Result<Source> {
        let default = Path::new("./data");
        match folder {
            Some(folder) if folder.is_dir() => Ok(Source::Mnist(folder.into())),
            Some(folder) => {
                Err(Failure::new(format!("--data {}: there is no such folder", folder.display())))
            }
            None if default.join("MNIST/raw").is_dir() => Ok(Source::Mnist(default.into())),
            None => Ok(Source::Embedded),
        }
    }

    /// `"mnist"` or `"embedded"`: its name in results.
    pub fn name(&self) -> &'static str {
        match self {
            Source::Mnist(_) => "mnist",
            Source::Embedded => "embedded",
        }
    }

    /// The training digits: `mnist.MNIST('./data', train=True, transform=transform)`.
    ///
    /// # Errors
    /// If the files are missing or damaged.
    pub fn train(&self, transform: Compose) -> Result<Mnist> {
        match self {
            Source::Mnist(folder) => Ok(Mnist::train(folder, transform)?),
            Source::Embedded => Ok(Mnist::embedded_train(transform)),
        }
    }

    /// The test digits: `mnist.MNIST('./data', train=False, transform=transform)`.
    ///
    /// # Errors
    /// If the files are missing or damaged.
    pub fn test(&self, transform: Compose) -> Result<Mnist> {
        match self {
            Source::Mnist(folder) => Ok(Mnist::test(folder, transform)?),
            Source::Embedded => Ok(Mnist::embedded_test(transform)),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Mnist(folder) => write!(f, "MNIST from {}", folder.display()),
            Source::Embedded => {
                f.write_str("the embedded sample of MNIST (all of it comes with `cargo xtask fetch-mnist`)")
            }
        }
    }
}

/// The digits to train on and to test with.
pub struct Data {
    /// Where they come from.
    pub source: Source,
    /// The training samples, or the first of them.
    pub train: Subset<Mnist>,
    /// The test samples, all.
    pub test: Mnist,
}

impl Data {
    /// Reads the digits; `limit` keeps only so many training samples, and
    /// `transform` says what becomes of each.
    ///
    /// # Errors
    /// If the files are missing or damaged.
    pub fn open(source: Source, limit: Option<usize>, transform: fn() -> Compose) -> Result<Data> {
        let (train, test) = (source.train(transform())?, source.test(transform())?);
        let count = limit.map_or(train.len(), |limit| limit.min(train.len()));
        let train = Subset::new(train, 0..count);
        Ok(Data { source, train, test })
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (train, test) = (self.train.len(), self.test.len());
        write!(f, "data: {}: {train} training and {test} test samples", self.source)
    }
}
