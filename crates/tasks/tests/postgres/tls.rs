//! TLS: what each `sslmode` accepts, against a server with a certificate of its own.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use runtime::TaskRunner as _;
use tasks::{DatabaseConfig, SqlRunner};

use super::shop::{INSERT_ORDER, TRANSACTION, block_on, keyed, request, shown};
use crate::server::Server;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

#[test]
fn each_mode_looks_at_what_it_says() {
    let server = Server::start(&["fsync = off"]);
    let database = server.named("postgres");
    database.sql(include_str!("../../src/sql/postgres/baton_claim.sql"));
    database.sql("CREATE TABLE orders (total numeric)");
    let (ours, other) = (authority(), authority());
    let key = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let leaf = leaf.signed_by(&key, &ours).expect("a certificate");
    server.put_file("server.crt", &leaf.pem());
    server.put_file("server.key", &key.serialize_pem());
    server.put_file("pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 trust\n");
    let root = server.put_file("root.pem", &ours.pem());
    server.put_file("other.pem", &other.pem());
    database.sql("ALTER SYSTEM SET ssl = on");
    database.sql("SELECT pg_reload_conf()");
    while database.sql("SHOW ssl") != "on" {}

    let mut number = 0;
    let mut run = |host: &str, options: &str| {
        number += 1;
        let url = format!("postgres://postgres@{host}:{}/postgres?{options}", server.port());
        let folder = root.parent().expect("a folder").to_path_buf();
        let config = DatabaseConfig { folder, ..DatabaseConfig::new("shop", url) };
        let runner = SqlRunner::new(vec![config]).expect("valid");
        shown(&block_on(runner.run(keyed(request(TRANSACTION, INSERT_ORDER, 1), number))))
    };
    for (host, options) in [
        ("127.0.0.1", "sslmode=require"),
        ("127.0.0.1", "sslmode=prefer"),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=root.pem"),
        ("localhost", "sslmode=verify-full&sslrootcert=root.pem"),
    ] {
        let outcome = run(host, options);
        assert_eq!(outcome, r#"ok [{"rows":[],"updated":1}]"#, "{host} {options}");
    }
    for (host, options, problem) in [
        ("127.0.0.1", "sslmode=disable", "no pg_hba.conf entry"),
        ("127.0.0.1", "sslmode=verify-full&sslrootcert=root.pem", "not valid for name"),
        ("localhost", "sslmode=verify-full&sslrootcert=other.pem", "invalid peer certificate"),
        ("localhost", "sslmode=verify-ca&sslrootcert=other.pem", "invalid peer certificate"),
        ("localhost", "sslmode=verify-full", "invalid peer certificate"),
    ] {
        let outcome = run(host, options);
        assert!(outcome.contains(problem), "{host} {options}: {outcome}");
    }
    assert_eq!(database.count("orders"), 4);
    let missing =
        DatabaseConfig::new("shop", "postgres://a@b/c?sslmode=verify-full&sslrootcert=/nowhere.pem");
    let error = SqlRunner::new(vec![missing]).expect_err("no such file").to_string();
    assert!(
        error.starts_with("database `shop`: `sslrootcert`: the file `/nowhere.pem` cannot be read"),
        "{error}"
    );
}
