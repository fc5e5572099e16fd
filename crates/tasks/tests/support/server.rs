//! A real PostgreSQL for tests: its own folder, its own port, its own Unix socket, gone with the process that started it.
//!
//! PostgreSQL refuses to run as root, so it runs as `postgres` or `nobody` then. A shell stands between the test and the
//! server: when its standard input closes, because the test ended in whatever way, it ends the server by its id.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Ends the server, removes its folder.
const SUPERVISOR: &str = r#"folder="$1"; shift
"$@" & server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$folder""#;

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    binaries: PathBuf,
    settings: Vec<String>,
    /// Its closing ends the server.
    supervisors: Vec<(Child, ChildStdin)>,
}

/// A database of a server, for one test.
pub(crate) struct TestDatabase {
    pub(crate) port: u16,
    pub(crate) name: String,
    socket: PathBuf,
    binaries: PathBuf,
}

impl Server {
    /// Starts a server. `settings` are lines of `postgresql.conf`.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("baton-pg-{}-{}", std::process::id(), free_port()));
        fs::create_dir_all(folder.join("socket")).expect("a folder");
        let mut server = Self {
            port: free_port(),
            binaries: binaries(),
            settings: settings.iter().map(|it| (*it).to_owned()).collect(),
            supervisors: Vec::new(),
            folder,
        };
        for folder in [server.folder.clone(), server.socket()] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("rights");
            if let Some((user, group)) = unprivileged() {
                chown(&folder, Some(user), Some(group)).expect("a folder for the server's user");
            }
        }
        let mut initdb = server.command("initdb");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]);
        run(initdb.arg(server.data()));
        server.launch();
        server
    }

    /// The one that all tests of this process share. Without syncs: no test cuts the power.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| {
            Self::start(&[
                "fsync = off",
                "max_connections = 200",
                "deadlock_timeout = 20ms",
                "log_min_messages = fatal",
            ])
        })
    }

    /// A new database of it, with the claims, for the superuser `postgres`.
    pub(crate) fn database(&self) -> TestDatabase {
        let database = self.bare_database();
        database.sql(include_str!("../../src/sql/postgres/baton_claim.sql"));
        database
    }

    /// A new database without anything in it.
    pub(crate) fn bare_database(&self) -> TestDatabase {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        let postgres = self.named("postgres");
        postgres.sql(&format!("CREATE DATABASE {name}"));
        self.named(&name)
    }

    /// A database of this name.
    pub(crate) fn named(&self, name: &str) -> TestDatabase {
        TestDatabase {
            port: self.port,
            name: name.to_owned(),
            socket: self.socket(),
            binaries: self.binaries.clone(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn binaries(&self) -> &Path {
        &self.binaries
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// Puts a file beside the server that its user may read, and nobody else.
    pub(crate) fn put_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.data().join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("rights");
        if let Some((user, group)) = unprivileged() {
            chown(&path, Some(user), Some(group)).expect("a file of the server's user");
        }
        path
    }

    /// Stops it as a crash would, and starts it again.
    pub(crate) fn crash_and_restart(&mut self) {
        self.signal("QUIT");
        let since = Instant::now();
        while self.data().join("postmaster.pid").exists() {
            assert!(since.elapsed() < Duration::from_secs(30), "the server does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.launch();
    }

    /// Sends a signal to the server's own process.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = fs::File::open(self.data().join("postmaster.pid")).map(BufReader::new);
        let pid =
            pid.ok().and_then(|file| file.lines().next()).and_then(Result::ok).expect("the server runs");
        run(Command::new("kill").arg(format!("-{signal}")).arg(pid));
    }

    fn launch(&mut self) {
        let mut command = Command::new("sh");
        command.args(["-c", SUPERVISOR, "supervisor"]).arg(&self.folder).arg(self.binaries.join("postgres"));
        command.arg("-D").arg(self.data()).arg("-k").arg(self.socket());
        command.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        for setting in &self.settings {
            command.args(["-c", &setting.replace(" = ", "=")]);
        }
        if let Some((user, group)) = unprivileged() {
            command.uid(user).gid(group);
        }
        let log =
            fs::File::create(self.folder.join(format!("log{}", self.supervisors.len()))).expect("a log");
        command.current_dir(&self.folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log);
        let mut child = command.spawn().expect("`sh` runs");
        let stdin = child.stdin.take().expect("it is piped");
        self.supervisors.push((child, stdin));
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let since = Instant::now();
        loop {
            let mut ready = Command::new(self.binaries.join("pg_isready"));
            ready.arg("-q").arg("-h").arg(self.socket()).args(["-p", &self.port.to_string()]);
            if ready.status().expect("`pg_isready` runs").success() {
                return;
            }
            let log = self.folder.join(format!("log{}", self.supervisors.len() - 1));
            let log = || fs::read_to_string(&log).unwrap_or_default();
            assert!(since.elapsed() < Duration::from_mins(1), "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.current_dir(&self.folder).stdout(Stdio::null());
        if let Some((user, group)) = unprivileged() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for (mut child, stdin) in self.supervisors.drain(..) {
            drop(stdin);
            let _ = child.wait();
        }
    }
}

impl TestDatabase {
    /// The URL for the superuser.
    pub(crate) fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same at another port, where a proxy listens.
    pub(crate) fn url_at(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/{}?sslmode=disable", self.name)
    }

    /// Runs SQL and gives what `psql` prints: a line for each row, `|` between values.
    pub(crate) fn sql(&self, sql: &str) -> String {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", &self.name, "-p"]);
        psql.arg(self.port.to_string()).arg("-h").arg(&self.socket).arg("-c").arg(sql);
        let output = psql.output().expect("`psql` runs");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
    }

    /// Starts `psql` with this text and does not wait for it.
    pub(crate) fn sql_beside(&self, sql: &str) -> Child {
        let mut psql = Command::new(self.binaries.join("psql"));
        psql.args(["-X", "-q", "-At", "-U", "postgres", "-d", &self.name, "-p"]);
        psql.arg(self.port.to_string()).arg("-h").arg(&self.socket).arg("-c").arg(sql);
        psql.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("`psql` runs")
    }

    /// How many rows there are.
    pub(crate) fn count(&self, from: &str) -> i64 {
        self.sql(&format!("SELECT count(*) FROM {from}")).parse().expect("a count")
    }
}

/// The newest server that is installed.
fn binaries() -> PathBuf {
    if let Ok(folder) = std::env::var("PG_BIN") {
        return folder.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.map(|it| it.path()).max_by_key(|path| version(path));
    let found = newest.map(|path| path.join("bin")).filter(|path| path.join("postgres").exists());
    found.expect(
        "no PostgreSQL server in /usr/lib/postgresql: install one (`apt-get install postgresql`), or name its folder of \
         programs in PG_BIN; ./scripts/test.sh does it",
    )
}

/// Whom a server runs as that must not run as root.
fn unprivileged() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").expect("Linux").uid() != 0 {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").expect("accounts");
    let id = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    id("postgres").or_else(|| id("nobody"))
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
