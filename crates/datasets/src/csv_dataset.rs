use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use tensor::Tensor;

use crate::{BatchOf, Classes, Dataset, Error, Result, TensorDataset};

/// A table in a CSV file: the numbers of each row with a target (feature `csv`).
///
/// A sample is the row's features, `F32` of shape `[features]`, and its target, a scalar: the number of a
/// class, `I64`, or a number, `F32`. The table is in memory.
///
/// ```
/// use datasets::{CsvDataset, CsvOptions, CsvTarget, DataLoader};
///
/// let file = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n4.9,3.0,setosa\n";
/// let options = CsvOptions { target: CsvTarget::class("kind"), ..Default::default() };
/// let data = CsvDataset::read("flowers.csv", file.as_bytes(), options)?; // `open` takes a path
/// assert_eq!(data.feature_names(), ["length", "width"]);
/// assert_eq!(data.classes(), ["setosa", "versicolor"]);
///
/// let (x, y) = DataLoader::new(&data).batch_size(3).iter().next().unwrap();
/// assert_eq!(x.to_vec::<f32>(), [5.1, 3.5, 7.0, 3.2, 4.9, 3.0]);
/// assert_eq!(y.to_vec::<i64>(), [0, 1, 0]);
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CsvDataset {
    rows: TensorDataset,
    feature_names: Vec<String>,
    classes: Vec<String>,
}

/// Which columns of a [`CsvDataset`] are read, and how.
#[derive(Clone, Debug)]
pub struct CsvOptions {
    /// The columns of features, by their names and in this order. Default: all but the target's.
    pub features: Vec<String>,
    /// The column of the target. Default: the last one, as numbers.
    pub target: CsvTarget,
    /// Whether the first row has the names of the columns; otherwise they are called `"0"`, `"1"` and so on.
    /// Default: `true`.
    pub has_headers: bool,
    /// What stands between the fields. Default: a comma.
    pub delimiter: u8,
    /// The number that stands for an empty field. Default: none, and such a field is an error.
    pub missing: Option<f32>,
}

/// What the target of a [`CsvDataset`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CsvTarget {
    /// The last column, as numbers.
    LastNumber,
    /// The numbers of this column.
    Number(String),
    /// The classes that this column names, numbered in their order: that of numbers if all are integers, or
    /// else of the alphabet.
    Class(String),
}

impl CsvTarget {
    /// The numbers of this column.
    pub fn number(column: impl Into<String>) -> Self {
        Self::Number(column.into())
    }

    /// The classes that this column names.
    pub fn class(column: impl Into<String>) -> Self {
        Self::Class(column.into())
    }
}

impl Default for CsvOptions {
    fn default() -> Self {
        let (features, target) = (Vec::new(), CsvTarget::LastNumber);
        Self { features, target, has_headers: true, delimiter: b',', missing: None }
    }
}

impl CsvDataset {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, a column is not there, a row is longer or shorter than the first, there are no
    /// rows, a field of a number is none, or a class is empty. The message names the file, the line and the
    /// column.
    pub fn open(path: impl AsRef<Path>, options: CsvOptions) -> Result<Self> {
        let (path, name) = (path.as_ref(), path.as_ref().display().to_string());
        let file = File::open(path).map_err(|source| Error::Io { file: name.clone(), source })?;
        Self::read(&name, file, options)
    }

    /// As [`CsvDataset::open`], from anything that can be read; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`CsvDataset::open`].
    pub fn read(name: &str, content: impl Read, options: CsvOptions) -> Result<Self> {
        let CsvOptions { features, target, has_headers, delimiter, missing } = options;
        let wrong = |what: String| Error::Table { file: name.to_string(), what };
        let failed = |error: csv::Error| wrong(error.to_string());
        let mut reader =
            ReaderBuilder::new().has_headers(has_headers).delimiter(delimiter).from_reader(content);
        let first = reader.headers().map_err(failed)?;
        let names: Vec<String> = match has_headers {
            true => first.iter().map(|name| name.trim().to_string()).collect(),
            false => (0..first.len()).map(|i| i.to_string()).collect(),
        };
        let column = |name: &String| {
            let found = names.iter().position(|known| known == name);
            found.ok_or_else(|| wrong(format!("has no column {name:?}; there are {}", names.join(", "))))
        };
        let target_column = match &target {
            CsvTarget::LastNumber => names.len().checked_sub(1).ok_or_else(|| wrong("is empty".into()))?,
            CsvTarget::Number(name) | CsvTarget::Class(name) => column(name)?,
        };
        let columns: Vec<usize> = match features.is_empty() {
            true => (0..names.len()).filter(|&i| i != target_column).collect(),
            false => features.iter().map(column).collect::<Result<_>>()?,
        };
        let wrong_field = |row: &StringRecord, at: usize, what: String| {
            let line = row.position().map_or(0, |p| p.line());
            wrong(format!("line {line}, column {:?}: {what}", names[at]))
        };
        let number = |row: &StringRecord, at: usize| {
            let field = row[at].trim();
            match (field.parse::<f32>(), missing) {
                (Ok(x), _) => Ok(x),
                (Err(_), Some(missing)) if field.is_empty() => Ok(missing),
                _ => Err(wrong_field(row, at, format!("{field:?} is not a number"))),
            }
        };
        let class = |row: &StringRecord, at: usize| match row[at].trim() {
            "" => Err(wrong_field(row, at, "the class is missing".into())),
            word => Ok(word.to_string()),
        };
        let (mut x, mut numbers, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for row in reader.records() {
            let row = row.map_err(failed)?;
            for &at in &columns {
                x.push(number(&row, at)?);
            }
            match target {
                CsvTarget::Class(_) => words.push(class(&row, target_column)?),
                _ => numbers.push(number(&row, target_column)?),
            }
        }
        let classes = in_order(&words);
        let labels: HashMap<&str, i64> = classes.iter().map(String::as_str).zip(0..).collect();
        let y = match target {
            CsvTarget::Class(_) => {
                Tensor::from(words.iter().map(|word| labels[word.as_str()]).collect::<Vec<_>>())
            }
            _ => Tensor::from(numbers),
        };
        if y.numel() == 0 {
            return Err(wrong("has no rows".into()));
        }
        let x = Tensor::from_vec(x, [y.numel(), columns.len()]);
        let feature_names = columns.iter().map(|&at| names[at].clone()).collect();
        Ok(Self { rows: TensorDataset::new(x, y), feature_names, classes })
    }

    /// All features, `F32` of shape `[rows, features]`.
    pub fn data(&self) -> &Tensor {
        &self.rows.tensors().0
    }

    /// All targets, `I64` or `F32` of shape `[rows]`.
    pub fn targets(&self) -> &Tensor {
        &self.rows.tensors().1
    }

    /// The names of the features.
    pub fn feature_names(&self) -> &[String] {
        &self.feature_names
    }

    /// The names of the classes, from 0 on; none if the target is a number.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }
}

/// Each word once, sorted; as numbers, if all are integers.
fn in_order(words: &[String]) -> Vec<String> {
    let mut classes = words.to_vec();
    classes.sort();
    classes.dedup();
    if classes.iter().all(|word| word.parse::<i64>().is_ok()) {
        classes.sort_by_key(|word| word.parse::<i64>().expect("checked above"));
    }
    classes
}

impl Dataset for CsvDataset {
    /// The features of a row and its target.
    type Sample = (Tensor, Tensor);

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn get(&self, index: usize) -> (Tensor, Tensor) {
        self.rows.get(index)
    }

    fn batch(&self, indices: &[usize]) -> BatchOf<Self> {
        self.rows.batch(indices)
    }
}

impl Classes for CsvDataset {
    fn class_names(&self) -> Vec<&str> {
        self.classes.iter().map(String::as_str).collect()
    }

    /// None if the target is a number.
    fn labels(&self) -> Vec<i64> {
        if self.classes.is_empty() { Vec::new() } else { self.targets().to_vec() }
    }
}
