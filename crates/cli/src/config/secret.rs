//! Secrets: always a reference, never the thing itself. Nothing here prints one.

use std::path::Path;

use tasks::{Secret, SecretSource};

use crate::files;
use crate::limits::SECRET_BYTES_MAX;

/// Why a reference gives no secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SecretFault {
    pub(crate) code: &'static str,
    pub(crate) problem: String,
    pub(crate) hint: String,
}

/// What `env:NAME` or `file:PATH` refers to. It must be there now; a file is read again when the secret is asked for again.
pub(crate) fn source(
    reference: &str,
    base: &Path,
    environment: &[(String, String)],
) -> Result<SecretSource, SecretFault> {
    match reference.split_once(':') {
        Some(("env", name)) => from_environment(name, environment).map(SecretSource::fixed),
        Some(("file", path)) => {
            let path = files::joined(base, path);
            from_file(&path).map(|_| SecretSource::new(move || from_file(&path).ok()))
        }
        _ => Err(SecretFault {
            code: "CONFIG_SECRET_LITERAL",
            problem: "holds a secret itself; only a reference to one is accepted".into(),
            hint: "write `env:NAME` or `file:PATH`; if the secret was real, consider it known and change it"
                .into(),
        }),
    }
}

fn from_environment(name: &str, environment: &[(String, String)]) -> Result<Secret, SecretFault> {
    let value = environment.iter().find(|(it, _)| it == name).map(|(_, value)| value.clone());
    value.filter(|it| !it.is_empty()).map(Secret::new).ok_or_else(|| SecretFault {
        code: "CONFIG_SECRET_MISSING",
        problem: format!("refers to the environment variable `{name}`, which is not set or empty"),
        hint: format!("set it: `export {name}=…`"),
    })
}

fn from_file(path: &Path) -> Result<Secret, SecretFault> {
    let missing = |problem: String| SecretFault {
        code: "CONFIG_SECRET_MISSING",
        problem: format!("refers to the file `{}`, which cannot be used: {problem}", path.display()),
        hint: "write the secret, and nothing else, into the file".into(),
    };
    let text = match files::read_text(path, SECRET_BYTES_MAX) {
        Ok(text) => text,
        Err(crate::error::CliError::FileUnreadable { problem, .. }) => return Err(missing(problem)),
        Err(_) => return Err(missing("it is not a short text".into())),
    };
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(missing("it is empty".into())),
        secret => Ok(Secret::new(secret)),
    }
}
