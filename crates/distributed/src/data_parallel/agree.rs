//! Whether all ranks are about the same run.

use nn::{Module, Parameter};
use tensor::Tensor;

use super::DataParallelOptions;
use crate::{Communicator, Error, ErrorKind, Result};

/// Compares the ranks' options and parameters.
pub(super) fn agree(
    comm: &dyn Communicator,
    options: &DataParallelOptions,
    parameters: &[(String, Parameter)],
) -> Result<()> {
    // One line for each option.
    let options = format!("{options:#?}");
    let mut lines: Vec<String> =
        options.lines().map(|line| line.trim().trim_end_matches(',').to_owned()).collect();
    lines.extend(parameters.iter().map(|(name, p)| {
        let trained = if p.requires_grad() { "trained" } else { "not trained" };
        format!("{name} of {:?}, {}, {trained}", p.shape(), p.dtype())
    }));
    let mut first = lines.join("\n").into_bytes();
    comm.broadcast(0, &mut first)?;
    let first = String::from_utf8_lossy(&first);
    let mut theirs = first.lines();
    let mut mine = lines.iter().map(|line| &line[..]);
    loop {
        match (mine.next(), theirs.next()) {
            (None, None) => break,
            (mine, theirs) if mine == theirs => {}
            (mine, theirs) => {
                let [mine, theirs] = [mine, theirs].map(|line| line.unwrap_or("no more parameters"));
                let how = format_args!("has {mine}, and rank 0 has {theirs}");
                return Err(comm.fail(Error::differs(comm.rank(), how)));
            }
        }
    }
    if options.shards < comm.size() {
        let message = format!("{} ranks need at least as many shards, not {}", comm.size(), options.shards);
        return Err(comm.fail(Error::new(ErrorKind::Setup, comm.rank(), message)));
    }
    Ok(())
}

/// Gives rank 0's parameters and buffers to all.
pub(super) fn take_first(comm: &dyn Communicator, net: &impl Module) -> Result<()> {
    for parameter in net.parameters() {
        parameter.set_data(broadcast(comm, parameter.data())?);
    }
    for buffer in net.buffers() {
        buffer.set_data(broadcast(comm, buffer.data())?);
    }
    Ok(())
}

/// Rank 0's tensor.
pub(super) fn broadcast(comm: &dyn Communicator, mut x: Tensor) -> Result<Tensor> {
    comm.broadcast(0, &mut x)?;
    Ok(x)
}
