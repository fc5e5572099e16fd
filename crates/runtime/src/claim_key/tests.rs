use machine::ExecutionId;
use proptest::prelude::*;

use super::{Entry, claim_key};

const ENTRY: Entry<'static> =
    Entry { engine: [1; 16], execution: ExecutionId([2; 16]), path: "/3.1/0", entry: 4 };

#[test]
fn an_entry_has_one_key_for_ever() {
    assert_eq!(claim_key(&ENTRY), claim_key(&ENTRY.clone()));
    let hex: String = claim_key(&ENTRY).iter().map(|byte| format!("{byte:02x}")).collect();
    expect_test::expect!["67b373e3ec6dfacbfd59c96e43505039148cc666f2448b389728eaafd2f7fc9e"].assert_eq(&hex);
}

#[test]
fn every_part_makes_a_difference() {
    let others = [
        Entry { engine: [9; 16], ..ENTRY },
        Entry { execution: ExecutionId([9; 16]), ..ENTRY },
        Entry { path: "/3.1/1", ..ENTRY },
        Entry { path: "/3.2/0", ..ENTRY },
        Entry { path: "", ..ENTRY },
        Entry { entry: 5, ..ENTRY },
    ];
    let mut keys: Vec<_> = others.iter().chain([&ENTRY]).map(claim_key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 7);
}

proptest! {
    #[test]
    fn different_entries_have_different_keys(
        one in ("[/.0-9]{0,8}", 1_u64..5),
        other in ("[/.0-9]{0,8}", 1_u64..5),
    ) {
        let key = |(path, entry): &(String, u64)| claim_key(&Entry { path, entry: *entry, ..ENTRY });
        prop_assert_eq!(one == other, key(&one) == key(&other));
    }
}
