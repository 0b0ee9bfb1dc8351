//! `convert`: from one format of model files to another.

use crate::Result;
use clap::Args;
use serialize::{Contents, Format};
use std::path::PathBuf;

/// Write what a model file holds as a file of another format
///
/// The name of OUT says which: .safetensors, .pth or .pt, anything else Rushlight's own container.
#[derive(Args)]
pub(crate) struct Convert {
    /// The file to read, of any format
    input: PathBuf,
    /// The file to write
    output: PathBuf,
}

impl Convert {
    pub(crate) fn run(self) -> Result<()> {
        let contents = Contents::read(&self.input)?;
        contents.write(&self.output)?;
        if Format::for_path(&self.output) == Format::Torch && !contents.metadata.is_empty() {
            let names: Vec<_> = contents.metadata.iter().map(|(name, _)| name.as_str()).collect();
            eprintln!("note: .pth has no place for metadata, left out: {}", names.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn::{Linear, Module, Sequential, sequential};

    #[test]
    fn a_model_goes_round_all_formats() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let net = sequential![Linear::new(2, 3)];
        serialize::save(&net, path("a.model")).expect("writes");
        for (input, output) in
            [("a.model", "b.pth"), ("b.pth", "c.safetensors"), ("c.safetensors", "d.model")]
        {
            Convert { input: path(input), output: path(output) }.run().expect("converts");
        }
        let again: Sequential = serialize::load(path("d.model")).expect("reads");
        assert_eq!(
            again.state_dict()["0.weight"].to_vec::<f32>(),
            net.state_dict()["0.weight"].to_vec::<f32>()
        );
    }
}
