//! Every bound of the runtime.
