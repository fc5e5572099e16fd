//! "Did you mean": the name that differs least from one that was not found.

use crate::limits::HINT_NAMES_MAX;

/// Longer names are not compared: nobody mistypes one of these by a letter and needs us to see it.
const NAME_BYTES_MAX: usize = 100;

/// The nearest of `names`, if it is near enough to be a slip.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > NAME_BYTES_MAX {
        return None;
    }
    let slips_max = (wanted.len() / 3).clamp(1, 3);
    names
        .take(HINT_NAMES_MAX)
        .filter(|name| name.len().abs_diff(wanted.len()) <= slips_max && name.len() <= NAME_BYTES_MAX)
        .map(|name| (distance(wanted.as_bytes(), name.as_bytes()), name))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}

/// Letters to insert, to remove or to replace; capitals do not count.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(!left.eq_ignore_ascii_case(right));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
