use super::Entropy;

#[test]
fn a_seed_determines_the_stream() {
    let (mut one, mut other) = (Entropy::from_seed([1; 32]), Entropy::from_seed([1; 32]));
    assert_eq!((one.next_u64(), one.uuid_v4()), (other.next_u64(), other.uuid_v4()));
    assert_ne!(Entropy::from_seed([2; 32]).next_u64(), Entropy::from_seed([1; 32]).next_u64());
}

#[test]
fn a_uuid_says_that_it_is_random() {
    let uuid = Entropy::from_seed([1; 32]).uuid_v4();
    let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert_eq!(&uuid[14..15], "4");
    assert!("89ab".contains(&uuid[19..20]));
}

#[test]
fn a_unit_is_at_least_zero_and_less_than_one() {
    let mut entropy = Entropy::from_seed([3; 32]);
    assert!((0..1_000).map(|_| entropy.unit()).all(|unit| (0.0..1.0).contains(&unit)));
}
