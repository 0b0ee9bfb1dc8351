//! Downloads of the collections, checked and unpacked, to where torchvision would put them (feature
//! `download`).
//!
//! ```no_run
//! use datasets::Mnist;
//! use datasets::transforms::ToTensor;
//!
//! Mnist::download("./data")?; // what is there already and right is not asked for again
//! let train_set = Mnist::train("./data", ToTensor)?;
//! # Ok::<(), datasets::Error>(())
//! ```
//!
//! Every file is compared with torchvision's MD5 sum, and gets its name only when it is whole and right.
//! [`Download`] tells how far it is, and takes the files from elsewhere.

mod collection;
mod http;
mod source;
mod store;
#[cfg(test)]
mod tests;

pub use collection::Collection;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Cifar10, Cifar100, EMnist, Error, FashionMnist, KMnist, Mnist, QMnist};
use collection::Listing;
use http::Patience;
use source::Source;
use store::Store;

/// Why a file could not be had, for the message.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

/// What a [`Download`] reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// This file is there already.
    Known(&'a str),
    /// This mirror, folder or file is asked.
    Asks(&'a str),
    /// It could not give everything, for this reason.
    Failed(&'a str),
    /// So many bytes of a file have come, of as many as the server promised.
    Received {
        /// The file's name there.
        file: &'a str,
        /// How many have come.
        bytes: u64,
        /// How many there are, if the server says so.
        of: Option<u64>,
    },
}

/// A download of a collection.
///
/// ```no_run
/// use datasets::download::{Collection, Download, Event};
///
/// let report = |event: Event| match event {
///     Event::Received { file, bytes, .. } => eprint!("\r{file}: {bytes} bytes"),
///     event => eprintln!("{event:?}"),
/// };
/// let folder = Download::new(Collection::KMnist, "./data").report(&report).run()?;
/// println!("complete in {}", folder.display()); // ./data/KMNIST/raw
/// # Ok::<(), datasets::Error>(())
/// ```
#[derive(Clone)]
pub struct Download<'r> {
    collection: Collection,
    root: PathBuf,
    from: Option<String>,
    client: Client<'r>,
}

/// How servers are asked, and who is told.
#[derive(Clone, Copy)]
struct Client<'r> {
    patience: Patience,
    report: &'r (dyn Fn(Event<'_>) + Sync),
}

impl<'r> Download<'r> {
    /// Into the collection's folder below `root`.
    pub fn new(collection: Collection, root: impl AsRef<Path>) -> Self {
        let client = Client { patience: Patience::default(), report: &|_| {} };
        Self { collection, root: root.as_ref().to_path_buf(), from: None, client }
    }

    /// Takes the files from here, not from the mirrors: a folder that holds them (packed or not, or in
    /// torchvision's layout), one of the files, a tar or zip file, or the address of a mirror or of such a
    /// file.
    pub fn from(self, from: impl Into<String>) -> Self {
        Self { from: Some(from.into()), ..self }
    }

    /// Calls this function on the way.
    pub fn report(self, report: &'r (dyn Fn(Event<'_>) + Sync)) -> Self {
        Self { client: Client { report, ..self.client }, ..self }
    }

    /// Completes the folder and returns it: keeps what is right, unpacks what is packed, asks for the rest.
    ///
    /// # Errors
    /// If some file cannot be had, with every place that was asked and what it said.
    pub fn run(&self) -> crate::Result<PathBuf> {
        let listing = self.collection.listing();
        let run = || {
            let sources = match &self.from {
                Some(from) => vec![Source::parse(from)?],
                None => Source::of(&listing),
            };
            let store = Store::new(self.root.join(listing.folder))?;
            fetch(&listing, &store, &sources, self.client)?;
            Ok(store.path().to_path_buf())
        };
        run().map_err(|why: Failure| Error::Download(why.to_string()))
    }
}

impl fmt::Debug for Download<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, root) = (self.collection.name(), self.root.display());
        write!(f, "Download({name} to {root} from {})", self.from.as_deref().unwrap_or("its mirrors"))
    }
}

macro_rules! downloads {
    ($($name:ident),*) => {$(
        impl $name {
            /// Downloads the files, training and test set, to where they are read below `root` (feature
            /// `download`). What is there already and right is not asked for again; see
            /// [`download`](crate::download).
            ///
            /// # Errors
            /// If some file cannot be had, with every mirror that was asked and what it said.
            pub fn download(root: impl AsRef<Path>) -> crate::Result<()> {
                Download::new(Collection::$name, root).run().map(drop)
            }
        }
    )*};
}
downloads!(Mnist, FashionMnist, KMnist, EMnist, QMnist, Cifar10, Cifar100);

/// Completes the store: keeps what is right, unpacks what is packed, asks each source in turn for the rest.
fn fetch(listing: &Listing, store: &Store, sources: &[Source], client: Client<'_>) -> Result<()> {
    let mut failures = Vec::new();
    let mut wanted = Vec::new();
    for file in &listing.files {
        if store.holds(file) {
            (client.report)(Event::Known(file.name));
        } else if !store.holds_gz(file) {
            wanted.push(file);
        } else if let Err(e) = store.unpack(file) {
            failures.push(format!("{}.gz: {e}", file.name));
            wanted.push(file);
        }
    }
    for source in sources {
        if wanted.is_empty() {
            break;
        }
        (client.report)(Event::Asks(&source.to_string()));
        if let Err(e) = source.fetch(&wanted, store, listing, client) {
            (client.report)(Event::Failed(&e.to_string()));
            failures.push(format!("{source}: {e}"));
        }
        wanted.retain(|file| !store.holds(file));
    }
    match wanted.iter().map(|file| file.name).collect::<Vec<_>>() {
        missing if missing.is_empty() => Ok(()),
        missing => Err(nowhere(listing, store, &missing, &failures)),
    }
}

/// Every source and why it failed, and what to do without any of them.
fn nowhere(listing: &Listing, store: &Store, missing: &[&str], failures: &[String]) -> Failure {
    let (holds, file) = match &listing.archive {
        Some(archive) => (archive.name.to_string(), "that file"),
        None => (format!("{}.gz and the others", listing.files[0].name), "one of them or a tar file of them"),
    };
    let (name, folder) = (listing.command, store.path().display());
    format!(
        "{name} is incomplete in {folder}: {} missing\n  {}\n\
         If you can get the files in another way, hand them over to `Download::from`, or to\n  \
         cargo xtask fetch-data {name} --from DIR|FILE|URL\n\
         DIR or URL holds {holds}; FILE is {file}.",
        missing.join(", "),
        failures.join("\n  "),
    )
    .into()
}
