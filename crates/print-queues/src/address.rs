//! Where a print system may be: on this machine. What is printed names a person and goes there in clear.

use app::paper::printer::PrinterError;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

/// The port of IPP (RFC 8010 3).
const PORT: u16 = 631;
/// Where CUPS listens unless it is told otherwise.
const USUAL: [&str; 2] = ["/run/cups/cups.sock", "/var/run/cups/cups.sock"];

/// Where cupsd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Socket(PathBuf),
    /// One of these, all of them on the loopback interface.
    Loopback(Vec<SocketAddr>),
}

impl Address {
    /// As `CUPS_SERVER` writes it: a socket's path, or `host`, `host:port`, each perhaps with `/version=1.1` behind it.
    /// Nothing is looked up: the only name is `localhost`, whatever a resolver would say to it.
    ///
    /// # Errors
    /// [`PrinterError::Elsewhere`] for whatever is not certainly this machine.
    pub fn of_server(server: &str) -> Result<Self, PrinterError> {
        if server.starts_with('/') {
            return Ok(Self::Socket(server.into()));
        }
        let host = server.split('/').next().unwrap_or_default();
        let addresses = named(host).ok_or(PrinterError::Elsewhere)?;
        if !addresses.iter().all(|address| address.ip().is_loopback()) {
            return Err(PrinterError::Elsewhere);
        }
        Ok(Self::Loopback(addresses))
    }

    /// The usual socket of this machine.
    pub fn usual() -> Self {
        let mut sockets = USUAL.map(PathBuf::from).into_iter();
        Self::Socket(sockets.find(|path| path.exists()).unwrap_or_default())
    }
}

fn named(host: &str) -> Option<Vec<SocketAddr>> {
    if let Ok(address) = host.parse() {
        return Some(vec![address]);
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(host).parse() {
        return Some(vec![SocketAddr::new(ip, PORT)]);
    }
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, port.parse().ok()?),
        None => (host, PORT),
    };
    name.eq_ignore_ascii_case("localhost").then(|| {
        [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()]
            .map(|ip| SocketAddr::new(ip, port))
            .to_vec()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_these_names() {
        let socket = Address::of_server("/run/cups/cups.sock").expect("a path");
        assert_eq!(socket, Address::Socket("/run/cups/cups.sock".into()));
        for (server, first) in [
            ("localhost", "127.0.0.1:631"),
            ("LocalHost:8631", "127.0.0.1:8631"),
            ("localhost:631/version=1.1", "127.0.0.1:631"),
            ("127.0.0.1", "127.0.0.1:631"),
            ("127.8.0.1:9000", "127.8.0.1:9000"),
            ("::1", "[::1]:631"),
            ("[::1]", "[::1]:631"),
            ("[::1]:9000/version=2.0", "[::1]:9000"),
        ] {
            let Ok(Address::Loopback(addresses)) = Address::of_server(server) else {
                panic!("{server} is this machine");
            };
            assert_eq!(addresses[0].to_string(), first, "{server}");
        }
    }

    #[test]
    fn everything_else_is_another_machine() {
        for server in [
            "print.phuong.example",
            "print.phuong.example:631",
            "192.0.2.7",
            "192.0.2.7:631",
            "0.0.0.0:631",
            "[2001:db8::7]:631",
            "[::]",
            "::ffff:192.0.2.7",
            "localhost.phuong.example",
            "localhost:631:192.0.2.7",
            "localhost:",
            "localhost:99999",
            "user@localhost",
            "127.0.0.1@192.0.2.7",
            "127.1",
            " localhost",
            "ipp://localhost",
            "./cups.sock",
            "",
        ] {
            assert_eq!(Address::of_server(server), Err(PrinterError::Elsewhere), "{server:?}");
        }
    }
}
