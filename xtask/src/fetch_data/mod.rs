//! `fetch-data` and its short form `fetch-mnist`: the files of a collection, checked, in torchvision's
//! layout.

mod collection;
mod http;
mod source;
mod store;
#[cfg(test)]
mod tests;

use crate::{Error, Result};
use clap::Args;
use collection::{Collection, Name};
use http::Patience;
use source::Source;
use std::path::PathBuf;
use store::Store;

/// Fetch a collection of images into ./data, checked and unpacked, where torchvision would put it
#[derive(Args)]
pub(crate) struct FetchData {
    /// Which collection
    collection: Name,
    #[command(flatten)]
    options: Options,
}

/// Fetch MNIST: short for `fetch-data mnist`
#[derive(Args)]
pub(crate) struct FetchMnist {
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
struct Options {
    /// Where the collection's folder goes
    #[arg(long, default_value = "data")]
    dir: PathBuf,
    /// Take the files from here instead of the mirrors: a folder that holds them (packed
    /// or not, or in torchvision's layout), one of the files, a tar or zip file, or an
    /// address of a mirror or of such a file
    #[arg(long, value_name = "DIR|FILE|URL")]
    from: Option<String>,
}

impl FetchData {
    pub(crate) fn run(self) -> Result<()> {
        self.options.run(&self.collection.collection())
    }
}

impl FetchMnist {
    pub(crate) fn run(self) -> Result<()> {
        self.options.run(&Name::Mnist.collection())
    }
}

impl Options {
    fn run(self, collection: &Collection) -> Result<()> {
        let sources = match &self.from {
            Some(from) => vec![Source::parse(from)?],
            None => Source::of(collection),
        };
        let store = Store::new(self.dir.join(collection.folder))?;
        fetch(collection, &store, &sources, Patience::default())?;
        println!("{} is complete in {}", collection.command, store.path().display());
        Ok(())
    }
}

/// Completes the store: keeps what is right, unpacks what is packed, asks each source in turn for the rest.
fn fetch(collection: &Collection, store: &Store, sources: &[Source], patience: Patience) -> Result<()> {
    let mut failures = Vec::new();
    let mut wanted = Vec::new();
    for file in &collection.files {
        if store.holds(file) {
            println!("{} is there already", file.name);
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
        println!("asking {source}");
        if let Err(e) = source.fetch(&wanted, store, collection, patience) {
            println!("  {e}");
            failures.push(format!("{source}: {e}"));
        }
        wanted.retain(|file| !store.holds(file));
    }
    match wanted.is_empty() {
        true => Ok(()),
        false => Err(nowhere(
            collection,
            store,
            &wanted.iter().map(|file| file.name).collect::<Vec<_>>(),
            &failures,
        )),
    }
}

/// Every source and why it failed, and what to do without any of them.
fn nowhere(collection: &Collection, store: &Store, missing: &[&str], failures: &[String]) -> Error {
    format!(
        "{} is incomplete in {}: {} missing\n  {}\n\
         If you can get the files in another way, hand them over:\n  \
         cargo xtask fetch-data {} --from DIR|FILE|URL\n\
         DIR or URL holds {}; FILE is {}.",
        collection.command,
        store.path().display(),
        missing.join(", "),
        failures.join("\n  "),
        collection.command,
        match &collection.archive {
            Some(archive) => archive.name.to_string(),
            None => format!("{}.gz and the others", collection.files[0].name),
        },
        match &collection.archive {
            Some(_) => "that file",
            None => "one of them or a tar file of them",
        },
    )
    .into()
}
