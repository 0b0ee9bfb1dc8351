use crate::image_collection::fetch;
use crate::{ImageCollection, ImageDataset};

/// Kuzushiji-MNIST (Clanuwat and others, 2018, arXiv:1812.01718): ten characters of cursive Japanese in the
/// form of [`Mnist`](crate::Mnist). `KMnist::download` (feature `download`) or `cargo xtask fetch-data
/// kmnist` downloads them.
pub type KMnist = ImageDataset<Kuzushiji>;

/// The collection behind [`KMnist`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Kuzushiji;

impl ImageCollection for Kuzushiji {
    const FOLDER: &'static str = "KMNIST";
    const FETCH: &'static str = fetch!("KMnist", "kmnist");

    fn classes(&self) -> &'static [&'static str] {
        &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
    }
}
