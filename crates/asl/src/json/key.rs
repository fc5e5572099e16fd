//! Keys: compared and shared faster than strings in general, for there are many, short and often the same.

use std::sync::Arc;

/// Whether two short texts are the same: without a call, up to sixteen bytes.
#[inline]
pub fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    if let (Some(first_a), Some(first_b)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        return first_a == first_b && a.last_chunk::<8>() == b.last_chunk::<8>() && (a.len() <= 16 || a == b);
    }
    if let (Some(first_a), Some(first_b)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        return first_a == first_b && a.last_chunk::<4>() == b.last_chunk::<4>();
    }
    match (a, b) {
        ([a], [b]) => a == b,
        ([a @ .., last_a], [b @ .., last_b]) => {
            a.first() == b.first() && a.last() == b.last() && last_a == last_b
        }
        _ => true,
    }
}

/// A number below `2^bits` that tells keys apart, mostly: made of the length, the first and the last bytes.
#[inline]
pub(super) fn mix(key: &str, bits: u32) -> usize {
    let bytes = key.as_bytes();
    let ends = match (bytes.first_chunk::<8>(), bytes.first_chunk::<4>(), bytes) {
        (Some(first), _, _) => {
            let last = bytes.last_chunk::<8>().unwrap_or(first);
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29)
        }
        (None, Some(first), _) => {
            let last = bytes.last_chunk::<4>().unwrap_or(first);
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        (None, None, [first, .., last]) => {
            u64::from(*first) | u64::from(bytes[1]) << 8 | u64::from(*last) << 16
        }
        (None, None, [only]) => u64::from(*only),
        (None, None, []) => 0,
    };
    // The golden ratio's bits carry what differs upwards, so the upper bits are the ones to take.
    let mixed = (ends ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits);
    usize::try_from(mixed).expect("few bits are left")
}

/// Keys that are known before a text is read, such as a schema's field names: the objects read share them.
#[derive(Debug, Default)]
pub struct KeyTable {
    /// A power of two of slots, at least twice as many as keys; a key stands in one of [`Self::PROBES`] slots or nowhere.
    slots: Box<[Option<Arc<str>>]>,
}

impl KeyTable {
    const PROBES: usize = 4;

    /// A table of `keys`. A few of very many may be left out: then they are not shared, and that is all.
    pub fn new(keys: impl IntoIterator<Item = Arc<str>>) -> Self {
        let keys: std::collections::BTreeSet<Arc<str>> = keys.into_iter().collect();
        let mut slots = vec![None; (keys.len() * 2).next_power_of_two().max(8)].into_boxed_slice();
        for key in keys {
            let start = slot(&key, slots.len());
            let free = (0..Self::PROBES).map(|probe| (start + probe) % slots.len());
            if let Some(at) = free.into_iter().find(|at| slots[*at].is_none()) {
                slots[at] = Some(key);
            }
        }
        Self { slots }
    }

    /// The known key that reads so.
    #[inline]
    pub(super) fn get(&self, key: &str) -> Option<&Arc<str>> {
        if self.slots.is_empty() {
            return None;
        }
        let start = slot(key, self.slots.len());
        for probe in 0..Self::PROBES {
            match &self.slots[(start + probe) & (self.slots.len() - 1)] {
                Some(known) if same_text(known, key) => return Some(known),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }
}

/// `slots` is a power of two, and at least two.
#[inline]
fn slot(key: &str, slots: usize) -> usize {
    mix(key, slots.trailing_zeros())
}

/// Keys of the text being read: in an array of like objects every key is allocated once.
pub(super) struct KeyCache {
    slots: [Option<Arc<str>>; Self::SLOTS],
}

impl KeyCache {
    const SLOTS: usize = 32;
    const KEY_BYTES_MAX: usize = 40;

    pub(super) fn share(&mut self, key: &str) -> Arc<str> {
        if key.len() > Self::KEY_BYTES_MAX {
            return key.into();
        }
        // A poor mix costs an allocation, never more: one slot is looked at.
        let slot = &mut self.slots[slot(key, Self::SLOTS)];
        match slot {
            Some(known) if same_text(known, key) => Arc::clone(known),
            _ => Arc::clone(slot.insert(key.into())),
        }
    }
}

impl Default for KeyCache {
    fn default() -> Self {
        Self { slots: [const { None }; Self::SLOTS] }
    }
}
