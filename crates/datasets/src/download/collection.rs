//! The collections that can be fetched: their files, checksums and mirrors.

/// A collection of images and labels that can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Collection {
    /// [`Mnist`](crate::Mnist), 12 MB.
    Mnist,
    /// [`FashionMnist`](crate::FashionMnist), 31 MB.
    FashionMnist,
    /// [`KMnist`](crate::KMnist), 21 MB.
    KMnist,
    /// [`EMnist`](crate::EMnist), all splits, 562 MB.
    EMnist,
    /// [`QMnist`](crate::QMnist), 20 MB.
    QMnist,
    /// [`Cifar10`](crate::Cifar10), 170 MB.
    Cifar10,
    /// [`Cifar100`](crate::Cifar100), 169 MB.
    Cifar100,
}

impl Collection {
    /// All of them.
    pub const ALL: [Collection; 7] = [
        Collection::Mnist,
        Collection::FashionMnist,
        Collection::KMnist,
        Collection::EMnist,
        Collection::QMnist,
        Collection::Cifar10,
        Collection::Cifar100,
    ];

    /// Its name for `cargo xtask fetch-data`, such as `fashion-mnist`.
    ///
    /// ```
    /// use datasets::download::Collection;
    /// assert_eq!(Collection::FashionMnist.name(), "fashion-mnist");
    /// ```
    pub fn name(self) -> &'static str {
        self.listing().command
    }

    pub(super) fn listing(self) -> Listing {
        match self {
            Collection::Mnist => mnist(),
            Collection::FashionMnist => fashion_mnist(),
            Collection::KMnist => kmnist(),
            Collection::EMnist => emnist(),
            Collection::QMnist => qmnist(),
            Collection::Cifar10 => cifar10(),
            Collection::Cifar100 => cifar100(),
        }
    }
}

/// Files, where they go and where they come from.
#[derive(Debug)]
pub(crate) struct Listing {
    /// The folder below the data directory, torchvision's.
    pub(crate) folder: &'static str,
    /// Its name on the command line.
    pub(crate) command: &'static str,
    pub(crate) files: Vec<DataFile>,
    /// What is downloaded if not a `.gz` for each file: one archive of all.
    pub(crate) archive: Option<Archive>,
    /// Addresses that the name of a `.gz` or of the archive is appended to, best first.
    pub(crate) mirrors: &'static [&'static str],
}

/// A zip or tar file, known by its checksum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Archive {
    pub(crate) name: &'static str,
    /// Its MD5, as torchvision publishes it.
    pub(crate) md5: &'static str,
    /// No more bytes than these are downloaded.
    pub(crate) at_most: u64,
}

/// One file, known by a checksum.
#[derive(Debug)]
pub(crate) struct DataFile {
    /// Name of the unpacked file; a packed one has `.gz` appended.
    pub(crate) name: &'static str,
    /// The unpacked file has no more bytes.
    pub(crate) at_most: u64,
    pub(crate) known: Known,
}

/// What vouches for a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// The MD5 of its `.gz`, as torchvision publishes it, and the SHA-256 of the unpacked file, where one
    /// is known.
    Packed { md5: &'static str, sha256: Option<&'static str> },
    /// Its own MD5, as torchvision publishes it.
    Md5(&'static str),
    /// The MD5 of the archive that it comes in.
    ByArchive,
}

/// Files with the names of MNIST's, by their checksums: images and labels for training, and for testing.
fn like_mnist(md5: [&'static str; 4], sha256: [Option<&'static str>; 4]) -> Vec<DataFile> {
    let names = [
        ("train-images-idx3-ubyte", 47_040_016),
        ("train-labels-idx1-ubyte", 60_008),
        ("t10k-images-idx3-ubyte", 7_840_016),
        ("t10k-labels-idx1-ubyte", 10_008),
    ];
    let checksums = md5.into_iter().zip(sha256).map(|(md5, sha256)| Known::Packed { md5, sha256 });
    names
        .into_iter()
        .zip(checksums)
        .map(|((name, at_most), known)| DataFile { name, at_most, known })
        .collect()
}

fn mnist() -> Listing {
    Listing {
        folder: "MNIST/raw",
        command: "mnist",
        files: like_mnist(
            [
                "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "d53e105ee54ea40749a09fcbcd1e9432",
                "9fb629c4189551a2d022fa330f9573f3",
                "ec29112dd5afa0611ce80d1b7f02629c",
            ],
            [
                Some("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                Some("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                Some("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                Some("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            ],
        ),
        archive: None,
        mirrors: &[
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ],
    }
}

fn fashion_mnist() -> Listing {
    Listing {
        folder: "FashionMNIST/raw",
        command: "fashion-mnist",
        files: like_mnist(
            [
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ],
            [None; 4],
        ),
        archive: None,
        mirrors: &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ],
    }
}

fn kmnist() -> Listing {
    Listing {
        folder: "KMNIST/raw",
        command: "kmnist",
        files: like_mnist(
            [
                "bdb82020997e1d708af4cf47b453dcf7",
                "e144d726b3acfaa3e44228e80efcd344",
                "5c965bf0a639b31b8f53240b1b52f4d7",
                "7320c461ea6c1c855c0b718fb2a4b134",
            ],
            [None; 4],
        ),
        archive: None,
        mirrors: &["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    }
}

fn emnist() -> Listing {
    let file = |name| DataFile { name, at_most: 1 << 30, known: Known::ByArchive };
    Listing {
        folder: "EMNIST/raw",
        command: "emnist",
        files: [
            "emnist-byclass-train-images-idx3-ubyte",
            "emnist-byclass-train-labels-idx1-ubyte",
            "emnist-byclass-test-images-idx3-ubyte",
            "emnist-byclass-test-labels-idx1-ubyte",
            "emnist-bymerge-train-images-idx3-ubyte",
            "emnist-bymerge-train-labels-idx1-ubyte",
            "emnist-bymerge-test-images-idx3-ubyte",
            "emnist-bymerge-test-labels-idx1-ubyte",
            "emnist-balanced-train-images-idx3-ubyte",
            "emnist-balanced-train-labels-idx1-ubyte",
            "emnist-balanced-test-images-idx3-ubyte",
            "emnist-balanced-test-labels-idx1-ubyte",
            "emnist-letters-train-images-idx3-ubyte",
            "emnist-letters-train-labels-idx1-ubyte",
            "emnist-letters-test-images-idx3-ubyte",
            "emnist-letters-test-labels-idx1-ubyte",
            "emnist-digits-train-images-idx3-ubyte",
            "emnist-digits-train-labels-idx1-ubyte",
            "emnist-digits-test-images-idx3-ubyte",
            "emnist-digits-test-labels-idx1-ubyte",
            "emnist-mnist-train-images-idx3-ubyte",
            "emnist-mnist-train-labels-idx1-ubyte",
            "emnist-mnist-test-images-idx3-ubyte",
            "emnist-mnist-test-labels-idx1-ubyte",
        ]
        .map(file)
        .into(),
        archive: Some(Archive {
            name: "gzip.zip",
            md5: "58c8d27c78d21e728a6bc7b3cc06412e",
            at_most: 1 << 30,
        }),
        mirrors: &["https://biometrics.nist.gov/cs_links/EMNIST/"],
    }
}

fn qmnist() -> Listing {
    let file = |name, at_most, md5| DataFile { name, at_most, known: Known::Packed { md5, sha256: None } };
    Listing {
        folder: "QMNIST/raw",
        command: "qmnist",
        files: vec![
            file("qmnist-train-images-idx3-ubyte", 47_040_016, "ed72d4157d28c017586c42bc6afe6370"),
            file("qmnist-train-labels-idx2-int", 1_920_012, "0058f8dd561b90ffdd0f734c6a30e5e4"),
            file("qmnist-test-images-idx3-ubyte", 47_040_016, "1394631089c404de565df7b7aeaf9412"),
            file("qmnist-test-labels-idx2-int", 1_920_012, "5b5b05890a5e13444e108efe57b788aa"),
        ],
        archive: None,
        mirrors: &["https://raw.githubusercontent.com/facebookresearch/qmnist/master/"],
    }
}

fn cifar10() -> Listing {
    let file = |(name, md5)| DataFile { name, at_most: 32 << 20, known: Known::Md5(md5) };
    Listing {
        folder: "cifar-10-batches-py",
        command: "cifar10",
        files: [
            ("data_batch_1", "c99cafc152244af753f735de768cd75f"),
            ("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
            ("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"),
            ("data_batch_4", "634d18415352ddfa80567beed471001a"),
            ("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"),
            ("test_batch", "40351d587109b95175f43aff81a1287e"),
            ("batches.meta", "5ff9c542aee3614f3951f8cda6e48888"),
        ]
        .map(file)
        .into(),
        archive: Some(Archive {
            name: "cifar-10-python.tar.gz",
            md5: "c58f30108f718f92721af3b95e74349a",
            at_most: 256 << 20,
        }),
        mirrors: &["https://www.cs.toronto.edu/~kriz/"],
    }
}

fn cifar100() -> Listing {
    let file = |(name, md5)| DataFile { name, at_most: 256 << 20, known: Known::Md5(md5) };
    Listing {
        folder: "cifar-100-python",
        command: "cifar100",
        files: [
            ("train", "16019d7e3df5f24257cddd939b257f8d"),
            ("test", "f0ef6b0ae62326f3e7ffdfab6717acfc"),
            ("meta", "7973b15100ade9c7d40fb424638fde48"),
        ]
        .map(file)
        .into(),
        archive: Some(Archive {
            name: "cifar-100-python.tar.gz",
            md5: "eb9058c3a382ffc7106e4002c42a8d85",
            at_most: 256 << 20,
        }),
        mirrors: &["https://www.cs.toronto.edu/~kriz/"],
    }
}
