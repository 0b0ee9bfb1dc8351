use crate::image_collection::fetch;
use crate::{ImageCollection, ImageDataset};

/// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747): articles of clothing in the form of
/// [`Mnist`](crate::Mnist). `FashionMnist::download` (feature `download`) or `cargo xtask fetch-data
/// fashion-mnist` downloads them.
pub type FashionMnist = ImageDataset<Clothes>;

/// The collection behind [`FashionMnist`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Clothes;

impl ImageCollection for Clothes {
    const FOLDER: &'static str = "FashionMNIST";
    const FETCH: &'static str = fetch!("FashionMnist", "fashion-mnist");

    fn classes(&self) -> &'static [&'static str] {
        &[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ]
    }
}
