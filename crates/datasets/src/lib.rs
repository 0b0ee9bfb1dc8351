//! MNIST, IDX files, transforms and the DataLoader, for Rushlight.
#![forbid(unsafe_code)]
