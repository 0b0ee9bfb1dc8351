//! Modules, layers, losses and initialisers with PyTorch's names and numbers, for Rushlight.
#![forbid(unsafe_code)]
