use super::Secret;

#[test]
fn a_secret_does_not_show_itself() {
    let secret = Secret::new("hunter2");
    assert_eq!(format!("{secret:?}"), "Secret(redacted)");
    assert_eq!(secret.reveal(), "hunter2");
}
