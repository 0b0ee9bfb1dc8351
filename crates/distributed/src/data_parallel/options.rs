/// What defines a [`DataParallel`](crate::DataParallel) run besides its net and its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataParallelOptions {
    /// The number of parts of a batch, at least as many as ranks. Default 1.
    pub shards: usize,
    /// Where each shard's random numbers come from. Default 0.
    pub seed: u64,
    /// About so many bytes of gradients travel in one message. Default 25 MiB, as torch's
    /// `bucket_cap_mb=25`. Results do not depend on it.
    pub bucket_bytes: usize,
    /// Whether a loss may leave parameters without a gradient: one that no shard gives a gradient keeps none,
    /// and a shard that gives none counts as 0. Default no: then it is an error that names them. With one
    /// shard it is none, as without any of this.
    pub find_unused: bool,
    /// Whether gradients are exchanged while the backward pass is still on its way. Default yes. Results do
    /// not depend on it.
    pub overlap: bool,
    /// Whether a gradient comes only to the rank whose
    /// [`ZeroRedundancyOptimizer`](crate::ZeroRedundancyOptimizer) updates the parameter; on the others it stays
    /// what it was. A step then sends as much as one whose optimizer is not divided; else it sends half as
    /// much again. A norm of all gradients, as for clipping, cannot be had then. Default no.
    pub zero: bool,
}

impl Default for DataParallelOptions {
    fn default() -> Self {
        DataParallelOptions {
            shards: 1,
            seed: 0,
            bucket_bytes: 25 << 20,
            find_unused: false,
            overlap: true,
            zero: false,
        }
    }
}
