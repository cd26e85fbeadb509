//! One question, one answer, over CUPS's own socket. HTTP/1.1 as far as cupsd speaks it, nothing more.

use app::paper::printer::PrinterError;
use std::{
    io::{self, Read, Write},
    net::TcpStream,
    path::PathBuf,
    time::Duration,
};

/// Where cupsd listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Socket(PathBuf),
    /// `host:port`.
    Host(String),
}

/// cupsd answers at once; a sheet of a thousand cards is written in less.
const PATIENCE: Duration = Duration::from_secs(10);
/// Far above a list of hundreds of queues.
const MOST: u64 = 16 * 1024 * 1024;

trait Wire: Read + Write {}
impl<T: Read + Write> Wire for T {}

fn connect(address: &Address) -> io::Result<Box<dyn Wire>> {
    match address {
        #[cfg(unix)]
        Address::Socket(path) => {
            let stream = std::os::unix::net::UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
        #[cfg(not(unix))]
        Address::Socket(_) => Err(io::ErrorKind::Unsupported.into()),
        Address::Host(host) => {
            let stream = TcpStream::connect(host)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(Box::new(stream))
        }
    }
}

/// Posts an IPP message and gives the answer's body.
pub fn post(address: &Address, path: &str, user: &str, message: &[&[u8]]) -> Result<Vec<u8>, PrinterError> {
    let length: usize = message.iter().map(|part| part.len()).sum();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {length}\r\n\
         Connection: close\r\n"
    );
    // Over its own socket cupsd asks the kernel who we are; the header only says that it should.
    if matches!(address, Address::Socket(_)) {
        head += &format!("Authorization: PeerCred {user}\r\n");
    }
    head += "\r\n";
    let talk = || -> io::Result<Vec<u8>> {
        let mut wire = connect(address)?;
        wire.write_all(head.as_bytes())?;
        for part in message {
            wire.write_all(part)?;
        }
        wire.flush()?;
        let mut answer = Vec::new();
        wire.take(MOST).read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = talk().map_err(|_| PrinterError::NoSystem)?;
    body(&answer)
}

fn body(answer: &[u8]) -> Result<Vec<u8>, PrinterError> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, rest) = answer.split_at(end.ok_or(PrinterError::NoSystem)? + 4);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    match status {
        "100" => return body(rest),
        "200" => {}
        "401" | "403" => return Err(PrinterError::Denied),
        "404" => return Err(PrinterError::UnknownQueue),
        _ => return Err(PrinterError::Answer),
    }
    let chunked = lines.filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked")
    });
    if chunked { unchunked(rest) } else { Ok(rest.to_vec()) }
}

fn unchunked(mut rest: &[u8]) -> Result<Vec<u8>, PrinterError> {
    let mut whole = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|two| two == b"\r\n")
            .ok_or(PrinterError::Answer)?;
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|line| {
            let digits = line.split(';').next().unwrap_or_default().trim();
            usize::from_str_radix(digits, 16).ok()
        });
        let size = size.ok_or(PrinterError::Answer)?;
        if size == 0 {
            return Ok(whole);
        }
        let chunk = size
            .checked_add(end + 2)
            .and_then(|stop| rest.get(end + 2..stop))
            .ok_or(PrinterError::Answer)?;
        whole.extend_from_slice(chunk);
        rest = rest.get(end + 2 + size + 2..).ok_or(PrinterError::Answer)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_whole_and_in_chunks() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(body(whole), Ok(b"abc".to_vec()));
        let chunks = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        assert_eq!(body(chunks), Ok(b"abc".to_vec()));
        for (answer, error) in [
            (&b"HTTP/1.1 401 Unauthorized\r\n\r\n"[..], PrinterError::Denied),
            (b"HTTP/1.1 404 Not Found\r\n\r\n", PrinterError::UnknownQueue),
            (b"HTTP/1.1 500 Oh\r\n\r\n", PrinterError::Answer),
            (b"", PrinterError::NoSystem),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                PrinterError::Answer,
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab",
                PrinterError::Answer,
            ),
        ] {
            assert_eq!(body(answer), Err(error));
        }
    }
}
