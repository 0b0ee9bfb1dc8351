//! Whether all ranks are about the same run.

use nn::{Buffer, Module, Parameter};
use tensor::kernels::rounding::Rounding;
use tensor::{Tensor, with_default_generator};

use super::DataParallelOptions;
use crate::{Communicator, Error, ErrorKind, Result};

/// Compares the ranks' options and parameters.
pub(super) fn agree(
    comm: &dyn Communicator,
    options: &DataParallelOptions,
    parameters: &[(String, Parameter)],
    buffers: &[(String, Buffer)],
) -> Result<()> {
    // One line for each option.
    let text = format!("{options:#?}");
    let mut lines: Vec<String> =
        text.lines().map(|line| line.trim().trim_end_matches(',').to_owned()).collect();
    lines.extend(parameters.iter().map(|(name, p)| {
        let trained = if p.requires_grad() { "trained" } else { "not trained" };
        format!("{name} of {:?}, {}, {trained}", p.shape(), p.dtype())
    }));
    lines.extend(
        buffers.iter().map(|(name, b)| format!("{name} of {:?}, {}, a buffer", b.shape(), b.dtype())),
    );
    lines.push(format!("version {}", env!("CARGO_PKG_VERSION")));
    lines.push(format!("sums rounded as RUSHLIGHT_ROUNDING={}", Rounding::current().name()));
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

/// Gives rank 0's parameters, buffers and default generator to all.
pub(super) fn take_first(comm: &dyn Communicator, net: &impl Module) -> Result<()> {
    // A copy on rank 0 as well: bits may depend on where numbers lie.
    let copy = |x: Tensor| Tensor::from_bytes(x.dtype(), x.shape(), &x.bytes());
    for parameter in net.parameters() {
        parameter.set_data(copy(broadcast(comm, parameter.data())?));
    }
    for buffer in net.buffers() {
        buffer.set_data(copy(broadcast(comm, buffer.data())?));
    }
    let state = broadcast(comm, with_default_generator(|generator| generator.get_state()))?;
    with_default_generator(|generator| generator.set_state(&state)).expect("it is a generator's");
    Ok(())
}

/// Rank 0's tensor.
pub(super) fn broadcast(comm: &dyn Communicator, mut x: Tensor) -> Result<Tensor> {
    comm.broadcast(0, &mut x)?;
    Ok(x)
}
