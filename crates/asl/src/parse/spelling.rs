//! Which known word a misspelt one was meant to be.

/// Words longer than this are not misspellings of ours.
const WORD_BYTES_MAX: usize = 64;

/// The closest of `known` to `word`, if any is close enough to be worth asking.
pub(crate) fn closest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if word.len() > WORD_BYTES_MAX {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let scored =
        known.iter().map(|candidate| (distance(&lower, &candidate.to_ascii_lowercase()), *candidate));
    let (steps, candidate) = scored.min_by_key(|(steps, _)| *steps)?;
    // A third of the word may be wrong; of very short words one letter.
    (steps <= (word.chars().count() / 3).clamp(1, 3)).then_some(candidate)
}

/// Letters to insert, drop, replace or swap with their neighbour to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 || b.len() > WORD_BYTES_MAX {
        return usize::MAX;
    }
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut next = vec![i + 1; b.len() + 1];
        for (j, to) in b.iter().enumerate() {
            let replaced = row[j] + usize::from(from != to);
            next[j + 1] = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *from == b[j - 1] && a[i - 1] == *to {
                next[j + 1] = next[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}
