use std::io;

use tensor::DType;

/// An error in the files of a dataset, in a saved position, or in data to be written.
///
/// `file` is the path, or a description where the bytes came from memory.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused to read or write.
    #[error("{file}: {source}")]
    Io {
        /// Which file.
        file: String,
        /// Why.
        r#source: io::Error, // the sentence has it, so it is no `source()` of its own
    },
    /// The file cannot be read, or its bytes are not those of the format or hold more than fits into memory.
    #[error("{file}: {source}")]
    Format {
        /// Which file.
        file: String,
        /// Why.
        r#source: formats::Error, // the sentence has it, as above
    },
    /// No file of the dataset is there.
    #[error("Dataset not found. Tried:\n  {}\nYou can use {command} to download it", tried.join("\n  "))]
    NotFound {
        /// Every path that was looked at.
        tried: Vec<String>,
        /// What downloads it.
        command: String,
    },
    /// A collection could not be downloaded: what is missing, and what every mirror said.
    #[error("{0}")]
    Download(String),
    /// The first two bytes are not 0, as in every IDX file.
    #[error("{file}: not an IDX file but {found}")]
    NotIdx {
        /// Which file.
        file: String,
        /// How it begins.
        magic: [u8; 4],
        /// The kind of file that it is instead, as far as its first bytes say.
        found: String,
    },
    /// The third byte names no element type.
    #[error("{file}: unknown IDX element type 0x{code:02x}")]
    UnknownElementType {
        /// Which file.
        file: String,
        /// The byte found.
        code: u8,
    },
    /// The fourth byte, the number of dimensions, is 0.
    #[error("{file}: the IDX header has no dimensions")]
    NoDimensions {
        /// Which file.
        file: String,
    },
    /// The sizes in the header multiply to more than this machine can address or give.
    #[error("{file}: the IDX header promises {shape:?}, more than fits into memory")]
    TooLarge {
        /// Which file.
        file: String,
        /// The sizes promised.
        shape: Vec<usize>,
    },
    /// The file ends before what its header promises.
    #[error("{file}: truncated: the header promises {expected} bytes and the file ends after {found}")]
    Truncated {
        /// Which file.
        file: String,
        /// Bytes promised, header included, after unpacking.
        expected: u64,
        /// Bytes found, header included, after unpacking.
        found: u64,
    },
    /// The file goes on after what its header promises.
    #[error("{file}: too long: bytes follow the {expected} that the header promises")]
    TooLong {
        /// Which file.
        file: String,
        /// Bytes promised, header included, after unpacking.
        expected: u64,
    },
    /// The elements are of another type than the dataset's.
    #[error("{file}: holds {found} elements, expected {expected}")]
    ElementType {
        /// Which file.
        file: String,
        /// The type the dataset needs.
        expected: DType,
        /// The type in the file.
        found: DType,
    },
    /// The dimensions are not those of the dataset's images or labels.
    #[error("{file}: has shape {found:?}, expected {expected}")]
    Shape {
        /// Which file.
        file: String,
        /// The shape that the dataset needs, in words.
        expected: &'static str,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// Images and labels differ in number.
    #[error("{file}: holds {labels} labels for {images} images")]
    Count {
        /// The file of the labels.
        file: String,
        /// The number of images.
        images: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A label is outside the classes.
    #[error("{file}: label {index} is {label}, not one of the {classes} classes")]
    Label {
        /// The file of the labels.
        file: String,
        /// Which label.
        index: usize,
        /// Its value.
        label: i64,
        /// The number of classes, from 0 on.
        classes: usize,
    },
    /// The tensor's dtype is none of the six that IDX knows.
    #[error("{file}: IDX holds uint8, int8, int16, int32, float32 and float64, not {dtype}")]
    Unwritable {
        /// Which file.
        file: String,
        /// The dtype of the tensor.
        dtype: DType,
    },
    /// IDX counts dimensions in one byte, from 1 on, and sizes in four.
    #[error("{file}: IDX cannot hold the shape {shape:?}")]
    UnwritableShape {
        /// Which file.
        file: String,
        /// The shape of the tensor.
        shape: Vec<usize>,
    },
    /// The folder of an `ImageFolder` has no folders.
    #[error("Couldn't find any class folder in {root}.")]
    NoClasses {
        /// The folder.
        root: String,
    },
    /// Folders of an `ImageFolder` have no pictures.
    #[error("Found no valid file for the classes {classes}. Supported extensions are: {extensions}")]
    EmptyClasses {
        /// The names of the folders.
        classes: String,
        /// What the names of pictures end in.
        extensions: String,
    },
    /// A `CsvDataset`'s table is not what it should be.
    #[error("{file}: {what}")]
    Table {
        /// Which file.
        file: String,
        /// What is wrong, and where.
        what: String,
    },
    /// The name of a picture to write does not end in `.png`.
    #[error("{file}: pictures are written as PNG, so the name is to end in .png")]
    NotPng {
        /// Which file.
        file: String,
    },
    /// A character is none of a `CharVocab`'s.
    #[error("character {at} is {character:?}, which the vocabulary does not have")]
    UnknownCharacter {
        /// The character.
        character: char,
        /// Its place in the text, in characters.
        at: usize,
    },
    /// A number is none of a vocabulary's.
    #[error("token {at} is {number}, and the vocabulary has {size}")]
    NoSuchToken {
        /// The number.
        number: i64,
        /// Its place in the tensor.
        at: usize,
        /// How many tokens the vocabulary has.
        size: usize,
    },
    /// A saved position of a `DataLoader` does not belong to this loader, or is damaged.
    #[error("loader state: {0}")]
    LoaderState(String),
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

tensor::debug_as_display!(Error);

#[cfg(test)]
mod tests {
    /// `main` shows the sentence of an error that it returns, with the system's reason in it once.
    #[test]
    fn debug_is_the_sentence_too() {
        let error = crate::idx::read("no/such/file").unwrap_err();
        assert!(format!("{error:?}").starts_with("no/such/file: "), "{error:?}");
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(std::error::Error::source(&error).is_none());
    }
}
