//! IDX, the format of MNIST's files: a magic number, the sizes of the dimensions, the elements, all
//! big-endian.
//!
//! ```text
//! 00 00 type n        type: 08 u8, 09 i8, 0B i16, 0C i32, 0D f32, 0E f64
//! size of dimension 1 (u32), …, size of dimension n
//! elements, the last dimension fastest
//! ```
//!
//! A file may be gzipped, in one member or several; its first bytes tell. Zeros behind the packed data are
//! padding, anything else there is an error, as in Python's `gzip`.
//!
//! ```
//! use datasets::idx;
//! use tensor::Tensor;
//!
//! let path = std::env::temp_dir().join("datasets-doc.idx2.gz");
//! let x = Tensor::from([[1i16, -2, 3], [4, 5, -6]]);
//! idx::write(&path, &x)?;
//! let y = idx::read(&path)?;
//! assert_eq!(y.shape(), [2, 3]);
//! assert_eq!(y.to_vec::<i16>(), x.to_vec::<i16>());
//! # std::fs::remove_file(path).unwrap();
//! # Ok::<(), datasets::Error>(())
//! ```

mod header;
mod read;
mod write;

pub use read::{read, read_bytes};
pub use write::write;
