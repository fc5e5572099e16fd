//! Picture strings: how numbers are written as text, and read from it.
//!
//! Spec: `fn:format-number` and `fn:format-integer` of the W3C's functions and operators 3.1, in the subset of JSONata.

pub(crate) mod integer;
pub(crate) mod number;
mod sub_picture;
#[cfg(test)]
mod tests;
mod words;

/// How far apart grouping separators stand, if they do so evenly. `places` are counted from the decimal point.
fn regular_distance(places: &[usize]) -> Option<usize> {
    let distance = places.iter().copied().reduce(common_divisor)?;
    let is_regular = distance > 0 && (1..=places.len()).all(|it| places.contains(&(it * distance)));
    is_regular.then_some(distance)
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
