//! The stored form of an activation: versioned, checksummed, independent of the domain types.
