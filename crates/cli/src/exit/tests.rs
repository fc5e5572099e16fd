//! Exit codes are what their page says.

use super::Exit;

#[test]
fn every_exit_code_is_documented() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/exit-codes.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    for exit in Exit::ALL {
        assert!(page.contains(&format!("\n| {} | ", exit.code())), "{exit:?} has no row in exit-codes.md");
    }
}
