//! What stands between a client and the engine, and spoils what passes.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What becomes of a request that places an order.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// Nothing is spoiled.
    Pass,
    /// The engine takes it, and the answer is lost.
    Lose,
    /// It goes nowhere, and no answer comes.
    Hang,
    /// It goes nowhere; this is what comes back.
    Answer(String),
    /// The engine takes it; this is what comes back.
    Instead(String),
}

impl Fault {
    /// A problem document of the engine.
    pub(crate) fn problem(status: u16, code: &str, more: &str) -> String {
        let body = format!(
            r#"{{"type":"about:blank","title":"-","status":{status},"detail":"wait","code":"{code}"{more}}}"#
        );
        answer(
            status,
            "application/problem+json",
            "retry-after: 1\r\n",
            &body,
        )
    }

    /// A load balancer's page.
    pub(crate) fn page(status: u16) -> String {
        answer(status, "text/html", "", "<h1>Bad Gateway</h1>")
    }
}

fn answer(status: u16, kind: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\n{headers}connection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A server that hands connections on to the engine, and orders as its faults say, one fault an
/// order; after the last one, the last one.
pub(crate) struct FaultServer {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
    serving: JoinHandle<()>,
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl FaultServer {
    pub(crate) async fn before(engine: SocketAddr, faults: &[Fault]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let faults = Arc::new(Mutex::new(VecDeque::from(faults.to_vec())));
        let requests = seen.clone();
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, engine, faults.clone(), requests.clone()));
            }
        });
        Self {
            address,
            seen,
            serving,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The keys of the orders that came by, in their order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("nobody panicked");
        let header = |request: &String| {
            let mut lines = request.lines();
            lines.find_map(|line| Some(line.strip_prefix("idempotency-key: ")?.to_owned()))
        };
        seen.iter().filter_map(header).collect()
    }
}

async fn serve(
    mut client: TcpStream,
    engine: SocketAddr,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    requests: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let request = read(&mut client).await?;
    // As a proxy does that stands before the engine.
    let here = client.local_addr().ok()?;
    let request = request.replacen(&format!("host: {here}"), &format!("host: {engine}"), 1);
    let mut fault = Fault::Pass;
    if request.starts_with("POST ") {
        requests
            .lock()
            .expect("nobody panicked")
            .push(request.clone());
        let mut faults = faults.lock().expect("nobody panicked");
        let last = faults.len() == 1;
        fault = if last {
            faults.front().cloned()?
        } else {
            faults.pop_front()?
        };
    }
    if let Fault::Answer(text) = &fault {
        return client.write_all(text.as_bytes()).await.ok();
    }
    if matches!(fault, Fault::Hang) {
        // Until the client has enough.
        return client.read(&mut [0]).await.ok().map(|_| ());
    }
    let mut upstream = TcpStream::connect(engine).await.ok()?;
    upstream.write_all(request.as_bytes()).await.ok()?;
    if matches!(fault, Fault::Pass) {
        return copy_bidirectional(&mut client, &mut upstream)
            .await
            .ok()
            .map(|_| ());
    }
    // The engine has answered: whatever it does about the request, it has done.
    read(&mut upstream).await?;
    if let Fault::Instead(text) = &fault {
        client.write_all(text.as_bytes()).await.ok()?;
    }
    Some(())
}

/// One message of HTTP, with its body.
async fn read(from: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !is_whole(&text) {
        let count = from
            .read(&mut buffer)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        text.push_str(std::str::from_utf8(&buffer[..count]).ok()?);
    }
    Some(text)
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
