//! Pictures of tensors: what `torchvision.utils` has to look at images. The feature `images` brings it.
//!
//! ```
//! use datasets::utils::{MakeGridOptions, save_image};
//!
//! let path = std::env::temp_dir().join("datasets-doc.png");
//! let samples = tensor::rand([16, 1, 28, 28]); // what a generator made
//! save_image(&samples, &path, MakeGridOptions { nrow: 4, ..Default::default() })?;
//! # std::fs::remove_file(path).unwrap();
//! # Ok::<(), datasets::Error>(())
//! ```

mod make_grid;
mod save_image;

pub use make_grid::{MakeGridOptions, make_grid};
pub use save_image::save_image;
