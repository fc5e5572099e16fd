//! Tokens as texts.

use super::{Secret, TaskToken};
use crate::ids::{ExecutionId, TaskId};

const TOKEN: TaskToken =
    TaskToken { execution: ExecutionId([0xab; 16]), task: TaskId(3), attempt: 2, secret: Secret([0x0f; 16]) };

#[test]
fn a_token_survives_its_text() {
    let text = TOKEN.to_string();
    assert_eq!(text.len(), 82);
    assert_eq!(TaskToken::parse(&text), Some(TOKEN));
}

#[test]
fn what_nobody_issued_is_no_token() {
    let text = TOKEN.to_string();
    for wrong in
        ["", "01", &text[2..], &format!("{text}00"), &text.replace('a', "A"), &format!("02{}", &text[2..])]
    {
        assert_eq!(TaskToken::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn every_part_counts() {
    assert!(TOKEN.is_same(&TOKEN));
    let others = [
        TaskToken { execution: ExecutionId([0xac; 16]), ..TOKEN },
        TaskToken { task: TaskId(4), ..TOKEN },
        TaskToken { attempt: 1, ..TOKEN },
        TaskToken { secret: Secret([0x1f; 16]), ..TOKEN },
    ];
    assert!(others.iter().all(|other| !TOKEN.is_same(other)));
}

#[test]
fn a_secret_is_not_shown_by_accident() {
    assert!(!format!("{TOKEN:?}").contains("0f0f"));
}
