//! The driver: threads, channels, real time.
