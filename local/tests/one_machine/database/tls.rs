//! TLS to a server whose certificate comes from a root that only its owner knows, as RDS's do.

use std::fs;

use embedded_postgres::testing::OwnCluster;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::{Site, sql};
use crate::process::run;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_a_private_root_is_verified_against_it() {
    let cluster = OwnCluster::start();
    let authority_key = KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::new(Vec::new()).expect("a name");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).expect("a root");
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().expect("a key");
    let names = vec!["localhost".to_owned()];
    let params = CertificateParams::new(names).expect("a name");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    // The server reads what it is told by SQL to write: it alone may enter its folder.
    let quoted = |text: String| text.replace('\n', "\\n");
    let copy = |text: String, file: &str| {
        format!(
            "COPY (SELECT E'{}') TO PROGRAM 'sed \"s/\\\\\\\\n/\\\\n/g\" > {file} && chmod 600 {file}'",
            quoted(text)
        )
    };
    sql(cluster.url(), &copy(certificate.pem(), "server.crt")).await;
    sql(cluster.url(), &copy(key.serialize_pem(), "server.key")).await;
    sql(cluster.url(), "ALTER SYSTEM SET ssl = on").await;
    sql(cluster.url(), "SELECT pg_reload_conf()").await;

    let folder = std::env::temp_dir().join(format!("private-root-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("root ca.pem");
    fs::write(&file, root.pem()).expect("written");
    let path = file.to_str().expect("UTF-8");
    let base = cluster.url().split('?').next().expect("a URL");
    let by_name = base.replacen("127.0.0.1", "localhost", 1);

    // By the setting, and by the URL's own parameter.
    let url = format!("{by_name}?sslmode=require");
    let site = Site::start(&url, &["--database-ca", path]).await;
    let id = site.place().await;
    site.confirmed(&[id]).await;
    let encrypted = "DO $$ BEGIN ASSERT (SELECT bool_and(ssl) FROM pg_stat_ssl s \
        JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'order-engine'); END $$";
    sql(cluster.url(), encrypted).await;
    site.server.stop().await;
    let url = format!(
        "{by_name}?sslmode=verify-full&sslrootcert={}",
        path.replace(' ', "%20")
    );
    let site = Site::start(&url, &[]).await;
    site.place().await;
    site.server.stop().await;

    // Another root's word, and another name than the certificate's, are no good.
    let refused = |url: &str, arguments: &[&str]| {
        let line = [&["--port", "0", "--database-url", url], arguments].concat();
        let output = run(&line);
        assert!(!output.status.success(), "{url}");
        String::from_utf8(output.stderr).expect("text")
    };
    let said = refused(&format!("{by_name}?sslmode=require"), &[]);
    assert!(said.contains("UnknownIssuer"), "{said}");
    let by_address = format!("{base}?sslmode=verify-ca");
    let said = refused(&by_address, &["--database-ca", path]);
    assert!(said.contains("not valid for name"), "{said}");
    fs::remove_dir_all(&folder).expect("removed");
}
