use asl::{StateId, Timestamp};
use machine::{Actor, Event, Fact, FrameId, NewPayload, PayloadId, Step};
use proptest::prelude::*;

use super::samples::{KINDS, kind, one, payload};
use super::{FORMAT, Reader, RecordError, encode, erase};
use crate::store::ExecutionKey;

const KEY: ExecutionKey = ExecutionKey::new(0, 77);

fn step(events: Vec<Event>) -> Step {
    let new = |number: u32| NewPayload {
        id: PayloadId(number),
        payload: payload(number).payload,
        salt: [number.to_le_bytes()[0]; 16],
    };
    Step { events, payloads: vec![new(1), new(2)], ..Step::default() }
}

fn event(id: u64, fact: Fact) -> Event {
    let at = Timestamp::from_unix_ms(1_795_500_000_000 + id.cast_signed());
    Event { id, previous: id.saturating_sub(1), at, actor: Actor::Engine, fact }
}

fn decode(record: &[u8]) -> Result<Vec<Event>, RecordError> {
    let mut events = Vec::new();
    Reader::new(KEY).read(1, record, &mut events)?;
    Ok(events)
}

#[track_caller]
fn check(events: &[Event]) {
    let record = encode(KEY, 1, &step(events.to_vec())).expect("it has a stored form");
    assert_eq!(decode(&record).expect("it reads back"), events);
}

/// Every kind of fact, once; a part of AWS's history and a part that AWS does not show.
fn one_of_each() -> Vec<Event> {
    (0..KINDS).map(|at| event(if at % 3 == 2 { 0 } else { u64::from(at) + 1 }, one(at, at + 1))).collect()
}

/// Ten Pass states that hand one payload on.
fn ten_passes() -> Vec<Event> {
    let (frame, none) = (FrameId::ROOT, Vec::new);
    let mut facts = vec![Fact::ExecutionStarted { input: payload(1), timeout: None, checks: none() }];
    for at in 0..10 {
        let state = StateId(at);
        let next = (at < 9).then_some(StateId(at + 1));
        facts.push(Fact::StateEntered { frame, state, input: payload(1), checks: none() });
        facts.push(Fact::StateExited {
            frame,
            state,
            output: payload(1),
            assigned: vec![],
            next,
            checks: none(),
        });
    }
    facts.push(Fact::ExecutionSucceeded { output: payload(1), checks: none() });
    (1..).zip(facts).map(|(id, fact)| event(id, fact)).collect()
}

#[test]
fn every_fact_reads_back_as_it_was() {
    for at in 0..KINDS {
        for seed in 1..=8 {
            let fact = one(at, seed);
            assert_eq!(kind(&fact), at, "the samples are in order");
            check(&[event(1, fact)]);
        }
    }
    check(&one_of_each());
}

#[test]
fn actors_and_odd_numbers_read_back() {
    let actors = [
        Actor::User("ada".into()),
        Actor::Principal("arn:aws:iam::1:user/b".into()),
        Actor::Worker("sql:shop".into()),
        Actor::Timer,
        Actor::Engine,
        Actor::User("".into()),
    ];
    let numbers = [0, 1, u64::MAX, 5, 5, 0];
    let instants = [0, i64::MIN, i64::MAX, -1, 1, 0];
    let events = actors.into_iter().zip(numbers).zip(instants).map(|((actor, id), at)| Event {
        id,
        previous: id.rotate_left(7),
        at: Timestamp::from_unix_ms(at),
        actor,
        fact: Fact::TaskStarted { frame: FrameId(u32::MAX) },
    });
    check(&events.collect::<Vec<_>>());
    check(&[]);
}

#[test]
fn a_usual_record_is_small() {
    let record = encode(KEY, 1, &step(ten_passes())).expect("it has a stored form");
    check(&ten_passes());
    assert!(record.len() < 410, "22 events and two payloads take {} bytes", record.len());
}

/// The stored form is a promise: this record was written by format 1 and must be read for ever.
#[test]
fn a_record_of_format_1_is_read() {
    let record = bytes_of(include_str!("golden.hex"));
    assert_eq!(record[0], 1);
    let events = decode(&record).expect("it reads");
    assert!(events.len() >= 36);
    assert_eq!(events, one_of_each()[..events.len()], "kinds have come behind those of then");
    let erased = erase(&record, PayloadId(2)).expect("it is sound");
    assert_eq!((erased[0], decode(&erased)), (1, Err(RecordError::PayloadMissing { number: 2 })));
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two digits");
    (0..hex.trim().len()).step_by(2).map(digit).collect()
}

/// Four payloads of which the second and the last are much like the first.
fn alike() -> Step {
    let lines = "\"Grüner Tee\",".repeat(20);
    let texts = [
        format!("{{\"lines\":[{lines}0],\"total\":1}}"),
        format!("{{\"lines\":[{lines}0],\"total\":2,\"paid\":\"€\"}}"),
        "{\"answer\":true}".to_owned(),
        format!("{{\"lines\":[{lines}0],\"total\":3}}"),
    ];
    let payloads = (1..).zip(texts).map(|(number, text)| NewPayload {
        id: PayloadId(number),
        payload: asl::Payload::parse(text, asl::JsonLimits::PAYLOAD).expect("it is JSON"),
        salt: [7; 16],
    });
    let payloads: Vec<_> = payloads.collect();
    let entered = |new: &NewPayload| {
        let input = machine::event::Numbered { id: new.id, payload: new.payload.clone() };
        let (frame, state) = (FrameId::ROOT, StateId(new.id.0));
        event(new.id.0.into(), Fact::StateEntered { frame, state, input, checks: Vec::new() })
    };
    Step { events: payloads.iter().map(entered).collect(), payloads, ..Step::default() }
}

#[test]
fn payloads_that_are_alike_are_stored_by_their_difference() {
    let step = alike();
    let record = encode(KEY, 1, &step).expect("it has a stored form");
    let texts: usize = step.payloads.iter().map(|it| it.payload.text().len()).sum();
    let first = step.payloads[0].payload.text().len();
    assert!(record.len() < first + 400, "{} bytes for texts of {texts}", record.len());
    assert_eq!(decode(&record).expect("it reads back"), step.events);
    let hex = record.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    expect_test::expect_file!["alike.hex"].assert_eq(&hex);
}

#[test]
fn an_erased_payload_takes_nothing_from_those_that_are_like_it() {
    let step = alike();
    let record = encode(KEY, 1, &step).expect("it has a stored form");
    for gone in 1..=4 {
        let erased = erase(&record, PayloadId(gone)).expect("it is sound");
        let left = super::frame::read(&erased).and_then(|it| it.payloads().map(|it| format!("{it:?}")));
        let left = left.expect("it is sound");
        for payload in &step.payloads {
            let text = format!("{:?}", payload.payload.text());
            assert_eq!(left.contains(&text), payload.id.0 != gone, "payload {} of {left}", payload.id.0);
        }
    }
}

#[test]
fn what_is_like_nothing_is_refused() {
    use super::form::{StoredText, TextPayload};
    let like = |base, head, tail| {
        let payload = |text| TextPayload { number: 1, salt: [0; 16], text };
        let second = StoredText::Alike { base, head, tail, middle: "" };
        super::alike::unfold(vec![payload(StoredText::Whole("\"täglich\"")), payload(second)], 100)
            .map(|_| ())
    };
    assert_eq!(like(0, 2, 6), Ok(()));
    for (base, head, tail) in
        [(1, 0, 0), (9, 1, 1), (0, 6, 6), (0, 11, 0), (0, 3, 0), (0, 0, 7), (0, u32::MAX, u32::MAX)]
    {
        assert!(matches!(like(base, head, tail), Err(RecordError::Malformed { .. })), "{base} {head} {tail}");
    }
    let like = StoredText::Alike { base: 0, head: 12, tail: 0, middle: "" };
    let texts = [StoredText::Whole("\"0123456789\""), like, like];
    let payloads = texts.map(|text| TextPayload { number: 1, salt: [0; 16], text }).into();
    let refused = super::alike::unfold(payloads, 30).map(|_| ());
    assert_eq!(refused, Err(RecordError::TooLarge { found: 36, limit: 30 }), "few bytes that mean many");
}

#[test]
fn the_stored_form_has_not_changed() {
    let record = encode(KEY, 1, &step(one_of_each())).expect("it has a stored form");
    assert_eq!(record[0], FORMAT);
    let hex = record.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    expect_test::expect_file!["golden2.hex"].assert_eq(&hex);
    assert_eq!(decode(&record).expect("it reads back"), one_of_each());
}

#[test]
fn every_flipped_bit_is_noticed() {
    let record = encode(KEY, 1, &step(one_of_each())).expect("it has a stored form");
    for at in 0..record.len() {
        for bit in 0..8 {
            let mut damaged = record.clone();
            damaged[at] ^= 1 << bit;
            assert!(decode(&damaged).is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    let record = encode(KEY, 1, &step(one_of_each())).expect("it has a stored form");
    for length in 0..record.len() {
        assert!(decode(&record[..length]).is_err(), "cut to {length} bytes");
    }
    let longer = [&record[..], &[0]].concat();
    assert!(decode(&longer).is_err(), "one byte more");
}

#[test]
fn an_erased_payload_leaves_the_events_alone() {
    let record = encode(KEY, 1, &step(one_of_each())).expect("it has a stored form");
    let erased = erase(&record, PayloadId(2)).expect("it is sound");
    let front = |record: &[u8]| 9 + u32::from_le_bytes(record[5..9].try_into().expect("four")) as usize;
    let end = front(&record);
    assert_eq!(record[..end], erased[..end], "head and events keep every byte, digests included");
    assert!(!String::from_utf8_lossy(&erased).contains("paid"), "the text is gone");
    assert_eq!(decode(&erased), Err(RecordError::PayloadMissing { number: 2 }));
    let sections = super::frame::read(&erased).expect("it is sound");
    assert_eq!(sections.activation().expect("its events read").events.len(), KINDS as usize);
}

#[test]
fn a_payload_of_an_earlier_record_is_known_by_number() {
    let first = encode(KEY, 1, &step(vec![event(1, one(1, 1))])).expect("it has a stored form");
    let later = Step { events: vec![event(2, one(5, 1))], ..Step::default() };
    let second = encode(KEY, 2, &later).expect("it has a stored form");
    let (mut reader, mut events) = (Reader::new(KEY), Vec::new());
    reader.read(1, &first, &mut events).expect("the first reads");
    reader.read(2, &second, &mut events).expect("the second reads");
    assert_eq!(events, vec![event(1, one(1, 1)), event(2, one(5, 1))]);
}

#[test]
fn a_payload_keeps_its_white_space() {
    let record = encode(KEY, 1, &step(vec![event(1, one(0, 1))])).expect("it has a stored form");
    let events = decode(&record).expect("it reads back");
    let Fact::ExecutionStarted { input, .. } = &events[0].fact else { panic!("{events:?}") };
    assert_eq!(input.payload.text(), payload(1).payload.text());
}

#[test]
fn a_record_in_the_wrong_place_is_noticed() {
    let record = encode(KEY, 1, &step(vec![])).expect("it has a stored form");
    let strayed = Err(RecordError::Misplaced { execution: KEY.0, activation: 1 });
    assert_eq!(Reader::new(KEY).read(2, &record, &mut Vec::new()), strayed);
    assert_eq!(Reader::new(ExecutionKey::new(0, 78)).read(1, &record, &mut Vec::new()), strayed);
}

#[test]
fn a_newer_format_says_what_to_do() {
    let error = decode(&[FORMAT + 1, 0, 0]).expect_err("it is newer");
    let expected =
        "the record has format 3, this version of Baton reads format 2; use the version that wrote it";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_revision_reads_back_and_its_damage_is_noticed() {
    let revision = crate::conformance::revision("shop");
    let sealed = super::encode_revision(&revision).expect("it has a stored form");
    assert_eq!(super::decode_revision(&sealed), Ok(revision));
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 0x10;
        assert!(super::decode_revision(&damaged).is_err(), "byte {at}");
        assert!(super::decode_revision(&sealed[..at]).is_err(), "cut to {at} bytes");
    }
}

proptest! {
    #[test]
    fn any_history_reads_back(
        parts in proptest::collection::vec((0..KINDS, 1..9_u32, any::<u64>(), any::<u64>(), any::<i64>(), 0..4_u32), 0..40),
    ) {
        let events: Vec<Event> = parts.into_iter().map(|(kind, seed, id, previous, at, who)| Event {
            id,
            previous,
            at: Timestamp::from_unix_ms(at),
            actor: if who == 0 { Actor::Timer } else { Actor::Worker(format!("sql:{who}").into()) },
            fact: one(kind, seed),
        }).collect();
        let record = encode(KEY, 1, &step(events.clone())).expect("it has a stored form");
        prop_assert_eq!(decode(&record).expect("it reads back"), events);
    }

    #[test]
    fn any_texts_are_what_they_were(texts in proptest::collection::vec("(tea, |cup, |€|ü){0,40}[a-z]?(tea, |cup, |ö){0,40}", 1..8)) {
        use super::form::StoredPayload;
        let payload = |(number, text): (u32, &String)| StoredPayload { number, salt: [1; 16], text: text.clone().into() };
        let payloads: Vec<_> = (0..).zip(&texts).map(payload).collect();
        let unfolded = super::alike::unfold(super::alike::squeeze(&payloads), 10_000).expect("its own form");
        prop_assert!(unfolded == payloads);
    }

    #[test]
    fn any_bytes_are_refused_in_peace(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(decode(&bytes).is_err());
        // Also behind a checksum that holds.
        let sealed = [&[FORMAT][..], &crc32c::crc32c_append(crc32c::crc32c(&[FORMAT]), &bytes).to_le_bytes(), &bytes].concat();
        let _ = decode(&sealed);
        let _ = super::decode_revision(&sealed);
    }
}
