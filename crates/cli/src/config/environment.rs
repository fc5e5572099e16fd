//! Overrides from the environment: `limits.payload_bytes` is `BATON_LIMITS_PAYLOAD_BYTES`.
//!
//! Every key of the table has a variable: `BATON_`, then its path in capitals with `_` for what is no letter or digit.
//! Databases, buckets and machines must be named in the file; a variable changes their keys. A list is separated by
//! commas. A variable that begins like one of ours and is none is refused: a slip must not go unnoticed.

use super::entries::{Entries, Entry, fit_text};
use super::keys::{KEYS, Key, variable};
use crate::error::CliError;
use crate::suggest::closest;

/// Adds what the environment sets.
pub(crate) fn apply(entries: &mut Entries, environment: &[(String, String)]) -> Result<(), CliError> {
    let keys = concrete(entries);
    let mut mine: Vec<&(String, String)> = environment.iter().filter(|(name, _)| is_ours(name)).collect();
    mine.sort();
    for (name, text) in mine {
        let Some((path, key)) = keys.iter().find(|(path, _)| variable(path) == *name) else {
            return Err(unknown(name, &keys));
        };
        let value = fit_text(key.kind, text).map_err(|problem| CliError::EnvironmentInvalid {
            variable: name.clone(),
            problem,
            hint: format!("it overrides `{}` of baton.toml", path.join(".")),
        })?;
        entries.list.push(Entry { path: path.clone(), value, place: None });
    }
    Ok(())
}

/// Every key that there is, with the names that the file gives.
fn concrete(entries: &Entries) -> Vec<(Vec<String>, &'static Key)> {
    let mut keys = Vec::new();
    for key in KEYS {
        let parts: Vec<&str> = key.path.split('.').collect();
        let Some(star) = parts.iter().position(|part| *part == "*") else {
            keys.push((parts.iter().map(|it| (*it).to_owned()).collect(), key));
            continue;
        };
        let leaves = entries.list.iter().map(|it| &it.path);
        let named = entries.tables.iter().map(|(path, _)| path).chain(leaves);
        for path in named.filter(|path| path.len() > star && path[..star].iter().eq(&parts[..star])) {
            let name =
                |(at, part): (usize, &&str)| if at == star { path[star].clone() } else { (*part).to_owned() };
            let full: Vec<String> = parts.iter().enumerate().map(name).collect();
            if !keys.iter().any(|(known, _)| *known == full) {
                keys.push((full, key));
            }
        }
    }
    keys
}

fn is_ours(name: &str) -> bool {
    let sections = KEYS.iter().filter_map(|key| key.path.split('.').next());
    sections
        .map(|section| format!("BATON_{}_", section.to_uppercase()))
        .any(|prefix| name.starts_with(&prefix))
}

fn unknown(name: &str, keys: &[(Vec<String>, &'static Key)]) -> CliError {
    let known: Vec<String> = keys.iter().map(|(path, _)| variable(path)).collect();
    let hint = match closest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "databases, buckets and machines must be named in baton.toml before a variable can change them"
                .into()
        }
    };
    CliError::EnvironmentInvalid {
        variable: name.to_owned(),
        problem: "overrides no key of baton.toml".into(),
        hint,
    }
}
