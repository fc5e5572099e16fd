//! Did you mean …? The nearest of a few known words.

/// Edits between two words that still count as a slip.
const DISTANCE_MAX: usize = 3;
/// Characters beyond which a word is not compared.
const CHARS_MAX: usize = 64;

/// The known word nearest to `found`, if it is near enough to be meant.
pub(crate) fn closest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bound = DISTANCE_MAX.min(found.chars().count().div_ceil(2));
    known
        .into_iter()
        .filter(|word| *word != "*")
        .map(|word| (distance(found, word), word))
        .filter(|(distance, _)| *distance <= bound)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Levenshtein's distance, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(CHARS_MAX).collect();
    let b: Vec<char> = b.to_lowercase().chars().take(CHARS_MAX).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
