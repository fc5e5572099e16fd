//! The whole binary in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder to run in.
pub struct World {
    folder: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        for (path, text) in files {
            world.write(path, text);
        }
        world
    }

    /// A copy of `examples/orders`, without what earlier runs left there.
    pub fn orders() -> Self {
        let world = Self::new(&[]);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/orders");
        copy(&example, world.path());
        world
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.file(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_baton"));
        command.args(args).current_dir(self.path()).env("USER", "ada").stdin(Stdio::null());
        command
    }

    pub fn baton(&self, args: &[&str]) -> Ended {
        ended(self.command(args).output().expect("baton can be started"))
    }
}

pub fn ended(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("baton writes UTF-8");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Ended {
    /// Refused as a user should see it: the exit code, every phrase, and never a panic or a Rust value.
    #[track_caller]
    pub fn refused(&self, code: i32, phrases: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for phrase in phrases {
            assert!(self.stderr.contains(phrase), "`{phrase}` is not in\n{}", self.stderr);
        }
        for trace in ["panicked", "bug:", "RUST_BACKTRACE", "Error {", "Some(", "unwrap"] {
            assert!(!self.stderr.contains(trace), "`{trace}` is in\n{}", self.stderr);
        }
    }

    #[track_caller]
    pub fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout
    }

    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the example is there") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let target = to.join(&name);
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("folders can be made");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("files can be copied");
        }
    }
}
