//! Entropy, as a parameter: one seed for each activation.

use std::sync::{Arc, Mutex, PoisonError};

use asl::Entropy;

/// Somebody who draws seeds.
pub trait SeedSource: Send {
    /// A seed that has not been given before.
    fn seed(&mut self) -> [u8; 32];
}

/// Seeds stretched from one that the operating system gave when the process started.
#[derive(Debug)]
pub struct ProcessSeeds(Entropy);

impl ProcessSeeds {
    /// Asks the operating system, once. Fails where it has no randomness to give.
    pub fn from_system() -> Result<Self, getrandom::Error> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        Ok(Self::from_seed(seed))
    }

    /// The seeds that follow from `seed`, for a run that can be repeated.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(Entropy::from_seed(seed))
    }
}

impl SeedSource for ProcessSeeds {
    fn seed(&mut self) -> [u8; 32] {
        self.0.bytes()
    }
}

/// One source that several threads draw from.
#[derive(Clone)]
pub(crate) struct SharedSeeds(Arc<Mutex<Box<dyn SeedSource>>>);

impl SharedSeeds {
    pub(crate) fn new(source: Box<dyn SeedSource>) -> Self {
        Self(Arc::new(Mutex::new(source)))
    }
}

impl SeedSource for SharedSeeds {
    fn seed(&mut self) -> [u8; 32] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seed()
    }
}
