//! n-d arrays with torch's semantics.
