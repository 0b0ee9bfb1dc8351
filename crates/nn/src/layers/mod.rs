//! The layers, one file each.

mod identity;
mod linear;

pub use identity::Identity;
pub use linear::Linear;

use crate::{Registry, Sequential};

/// Every layer that a file can name without the user's help.
pub(crate) fn register(registry: &mut Registry) {
    registry.register::<Identity>();
    registry.register::<Linear>();
    registry.register::<Sequential>();
}
