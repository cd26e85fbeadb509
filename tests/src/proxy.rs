//! A bad line between device and gateway: a listener whose behaviour changes while everybody keeps running.
//!
//! It understands plain HTTP/1.1 with `Content-Length`, one request at a time, which is what `--plain-http` and the
//! device speak. For TLS it passes bytes on and can lead to another server.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// What is done to calls whose path begins with the route of [`Proxy::trouble`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    None,
    /// Inverts one bit of the byte at this offset of the request's body.
    AlterRequest(usize),
    /// Inverts one bit of the byte at this offset of the answer's body.
    AlterAnswer(usize),
    /// The line goes down after so many bytes of the request (head and body).
    CutRequest(usize),
    /// The line goes down after so many bytes of the answer (head and body).
    CutAnswer(usize),
    /// The gateway hears and answers; the device never hears it.
    LoseAnswer,
    /// The gateway gets the request twice; the device gets the second answer.
    Duplicate,
    /// The gateway's answer comes a byte at a time with pauses.
    Slow(Duration),
    /// Somebody else answers with these bytes, whatever was asked; the gateway hears nothing.
    Portal(Vec<u8>),
    /// Somebody on the way lets no larger body through: 413, and the gateway hears nothing.
    Limit(usize),
    /// Nobody listens any more: connections are closed at once.
    Down,
    /// Bytes are passed on unread to another server (for TLS).
    Lead(SocketAddr),
}

struct Shared {
    gateway: SocketAddr,
    trouble: Mutex<(String, Trouble)>,
    /// Bytes of the last request and answer that matched the route.
    seen: Mutex<(usize, usize)>,
    bodies: Mutex<(usize, usize)>,
    hits: AtomicU64,
    lines: AtomicU64,
    stop: AtomicBool,
}

/// The listener; gone when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    /// Listens on a free port and passes everything on to a gateway's URL.
    pub fn before(url: &str) -> Self {
        let gateway = address(url);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            gateway,
            trouble: Mutex::new((String::new(), Trouble::None)),
            seen: Mutex::default(),
            bodies: Mutex::default(),
            hits: AtomicU64::new(0),
            lines: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let listening = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                if listening.stop.load(Ordering::SeqCst) {
                    return;
                }
                let shared = listening.clone();
                if let Ok(client) = client {
                    // A connection that breaks is what this is for.
                    thread::spawn(move || drop(serve(client, &shared)));
                }
            }
        });
        Self { address, shared }
    }

    /// The address to enrol with, for a plain gateway.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address to enrol with, for one with TLS (only [`Trouble::Lead`] makes sense then).
    pub fn tls_url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// From now on: this trouble for calls whose path begins with `route` (empty: all), until it is changed.
    pub fn trouble(&self, route: &str, trouble: Trouble) {
        *self.shared.trouble.lock().unwrap() = (route.to_owned(), trouble);
        self.shared.hits.store(0, Ordering::SeqCst);
    }

    /// The line is good again.
    pub fn mend(&self) {
        self.trouble("", Trouble::None);
    }

    /// How many calls met the present trouble.
    pub fn hits(&self) -> u64 {
        self.shared.hits.load(Ordering::SeqCst)
    }

    /// How often somebody connected since it began.
    pub fn lines(&self) -> u64 {
        self.shared.lines.load(Ordering::SeqCst)
    }

    /// Bytes of the last whole request and answer on the present route.
    pub fn sizes(&self) -> (usize, usize) {
        *self.shared.seen.lock().unwrap()
    }

    /// Bytes of their bodies.
    pub fn body_sizes(&self) -> (usize, usize) {
        *self.shared.bodies.lock().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// The socket address in a URL of the tests.
pub fn address(url: &str) -> SocketAddr {
    url.rsplit('/')
        .next()
        .and_then(|text| text.parse().ok())
        .expect("an IP address and a port")
}

/// One HTTP message: everything to the end of the head, and the body.
struct Message {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Message {
    fn bytes(&self) -> Vec<u8> {
        [&self.head[..], &self.body].concat()
    }

    fn read(from: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if from.read(&mut byte)? == 0 {
                return Ok(None);
            }
            head.push(byte[0]);
        }
        let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        from.read_exact(&mut body)?;
        Ok(Some(Self { head, body }))
    }

    fn path(&self) -> String {
        let line = self.head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        String::from_utf8_lossy(line)
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    }

    fn alter(&mut self, at: usize) {
        if let Some(byte) = self.body.get_mut(at) {
            *byte ^= 0x10;
        }
    }
}

fn ask(gateway: SocketAddr, bytes: &[u8]) -> std::io::Result<Option<Message>> {
    let mut line = TcpStream::connect(gateway)?;
    line.write_all(bytes)?;
    Message::read(&mut line)
}

fn serve(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    shared.lines.fetch_add(1, Ordering::SeqCst);
    let lead = match &*shared.trouble.lock().unwrap() {
        (_, Trouble::Lead(other)) => Some(*other),
        (_, Trouble::Down) => {
            shared.hits.fetch_add(1, Ordering::SeqCst);
            return client.shutdown(Shutdown::Both);
        }
        _ => None,
    };
    // TLS begins with a handshake record; HTTP with a letter.
    let mut first = [0];
    if client.peek(&mut first)? == 1 && (first[0] == 0x16 || lead.is_some()) {
        return pass_on(client, lead.unwrap_or(shared.gateway));
    }
    while let Some(mut request) = Message::read(&mut client)? {
        let (route, trouble) = shared.trouble.lock().unwrap().clone();
        let trouble = if request.path().starts_with(&route) {
            trouble
        } else {
            Trouble::None
        };
        if trouble != Trouble::None {
            shared.hits.fetch_add(1, Ordering::SeqCst);
        }
        let whole = request.bytes();
        match &trouble {
            Trouble::AlterRequest(at) => request.alter(*at),
            Trouble::CutRequest(at) => {
                let mut line = TcpStream::connect(shared.gateway)?;
                line.write_all(&whole[..(*at).min(whole.len())])?;
                line.shutdown(Shutdown::Both)?;
                return client.shutdown(Shutdown::Both);
            }
            Trouble::Portal(page) => {
                client.write_all(page)?;
                return client.shutdown(Shutdown::Both);
            }
            Trouble::Limit(most) if request.body.len() > *most => {
                client.write_all(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")?;
                continue;
            }
            Trouble::Duplicate => drop(ask(shared.gateway, &whole)?),
            _ => {}
        }
        let Some(mut answer) = ask(shared.gateway, &request.bytes())? else {
            return client.shutdown(Shutdown::Both);
        };
        if request.path().starts_with(&route) {
            *shared.seen.lock().unwrap() = (whole.len(), answer.bytes().len());
            *shared.bodies.lock().unwrap() = (request.body.len(), answer.body.len());
        }
        match &trouble {
            Trouble::AlterAnswer(at) => answer.alter(*at),
            Trouble::CutAnswer(at) => {
                let bytes = answer.bytes();
                client.write_all(&bytes[..(*at).min(bytes.len())])?;
                return client.shutdown(Shutdown::Both);
            }
            Trouble::LoseAnswer => return client.shutdown(Shutdown::Both),
            Trouble::Slow(pause) => {
                for piece in answer.bytes().chunks(16) {
                    client.write_all(piece)?;
                    thread::sleep(*pause);
                }
                continue;
            }
            _ => {}
        }
        client.write_all(&answer.bytes())?;
    }
    Ok(())
}

fn pass_on(client: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let server = TcpStream::connect(to)?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let up = thread::spawn(move || {
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (mut from_server, mut to_client) = (server, client);
    let _ = std::io::copy(&mut from_server, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Both);
    let _ = up.join();
    Ok(())
}
