//! A connection that nobody waits in: whoever wants to wait asks for it.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(super) use other::Stream;
#[cfg(unix)]
pub(super) use unix::Stream;
