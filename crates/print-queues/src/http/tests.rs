//! A print system that lies, keeps silent or floods, over a real socket.

use super::*;
use std::{
    io::{Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    sync::mpsc,
    time::Instant,
};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

/// Short, so that a test waits for it.
const HASTE: Patience = Patience {
    connect: Duration::from_millis(300),
    answer: Duration::from_millis(600),
    piece: Duration::from_millis(300),
    total: Duration::from_millis(900),
};

/// Asks somebody who behaves like this once the question is there; gives the answer and what was asked.
fn ask(
    patience: Patience,
    user: &str,
    behave: impl FnOnce(&mut UnixStream) + Send + 'static,
) -> (Result<Bytes, PrinterError>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cups.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    let (heard, question) = mpsc::channel();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut asked = vec![0; 64 * 1024];
        let count = stream.read(&mut asked).unwrap_or_default();
        asked.truncate(count);
        let _ = heard.send(asked);
        behave(&mut stream);
    });
    let address = Address::Socket(path);
    let answer = request(&address, "/", user, Bytes::from_static(b"message"))
        .and_then(|request| patiently(patience, &address, request));
    (
        answer,
        question.recv_timeout(Duration::from_millis(100)).unwrap_or_default(),
    )
}

fn says(bytes: &[u8]) -> Result<Bytes, PrinterError> {
    let bytes = bytes.to_vec();
    let says = move |stream: &mut UnixStream| {
        let _ = stream.write_all(&bytes);
    };
    ask(PATIENCE, "nobody", says).0
}

#[test]
fn answers_whole_and_in_chunks() {
    assert_eq!(says(OK).as_deref(), Ok(&b"abc"[..]));
    let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
    assert_eq!(says(chunks).as_deref(), Ok(&b"abc"[..]));
    for (answer, error) in [
        (&b"HTTP/1.1 401 Unauthorized\r\n\r\n"[..], PrinterError::Denied),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", PrinterError::Denied),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", PrinterError::UnknownQueue),
        (b"HTTP/1.1 500 Oh\r\n\r\n", PrinterError::Answer),
        (b"220 mail.example ESMTP\r\n", PrinterError::Answer),
        (b"", PrinterError::NoSystem),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc",
            PrinterError::NoSystem,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            PrinterError::NoSystem,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab",
            PrinterError::NoSystem,
        ),
    ] {
        assert_eq!(says(answer), Err(error), "{}", String::from_utf8_lossy(answer));
    }
}

#[test]
fn the_question_says_who_asks_and_how_long_it_is() {
    let (answer, question) = ask(PATIENCE, "nguyễn", |stream| stream.write_all(OK).expect("written"));
    assert!(answer.is_ok());
    let question = String::from_utf8(question).expect("text").to_lowercase();
    assert!(question.starts_with("post / http/1.1\r\n"), "{question}");
    for line in [
        "host: localhost",
        "content-type: application/ipp",
        "content-length: 7",
        "authorization: peercred nguyễn",
    ] {
        assert!(question.contains(&format!("\r\n{line}\r\n")), "{line} in {question}");
    }
}

#[test]
fn a_line_end_in_a_name_never_reaches_the_wire() {
    for user in ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"] {
        let (answer, question) = ask(HASTE, user, |_| ());
        assert_eq!(answer, Err(PrinterError::Denied), "{user:?}");
        assert!(question.is_empty(), "{user:?}: nothing is sent");
    }
}

#[test]
fn to_be_told_to_go_on_a_million_times_is_survived() {
    let told = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(680_000);
    assert!(told.len() > 16 * 1024 * 1024);
    let (answer, _) = ask(PATIENCE, "nobody", move |stream| {
        let _ = stream.write_all(&told);
        let _ = stream.write_all(OK);
    });
    assert_eq!(answer.as_deref(), Ok(&b"abc"[..]));
}

#[test]
fn whoever_keeps_us_waiting_is_left() {
    let keep = |behave: fn(&mut UnixStream)| {
        let begun = now();
        let (answer, _) = ask(HASTE, "nobody", behave);
        assert!(begun.elapsed() < HASTE.total * 2, "{:?}", begun.elapsed());
        answer
    };
    let silent = keep(|stream| {
        let _ = stream.read(&mut [0]);
    });
    assert_eq!(silent, Err(PrinterError::NoSystem), "no head");
    let endless = keep(|stream| while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {});
    assert_eq!(endless, Err(PrinterError::NoSystem), "never comes to the point");
    let stuck = keep(|stream| {
        let _ = stream.write_all(&OK[..OK.len() - 1]);
        let _ = stream.read(&mut [0]);
    });
    assert_eq!(stuck, Err(PrinterError::NoSystem), "no end");
    let dripping = keep(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(dripping, Err(PrinterError::NoSystem), "a letter at a time");
}

#[test]
fn an_answer_has_a_bound() {
    for size in [MOST, MOST + 1] {
        let (answer, _) = ask(PATIENCE, "nobody", move |stream| {
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n").as_bytes());
            let _ = stream.write_all(&vec![b'a'; size]);
        });
        assert_eq!(
            answer.map(|answer| answer.len()),
            if size > MOST {
                Err(PrinterError::Answer)
            } else {
                Ok(MOST)
            }
        );
    }
    let (endless, _) = ask(PATIENCE, "nobody", |stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while stream.write_all(b"8\r\naaaaaaaa\r\n").is_ok() {}
    });
    assert_eq!(endless, Err(PrinterError::Answer));
}

#[test]
fn it_may_be_asked_from_a_thread_that_drives_a_runtime() {
    let driven = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    assert_eq!(driven.block_on(async { says(OK) }).as_deref(), Ok(&b"abc"[..]));
}

#[expect(clippy::disallowed_methods, reason = "the test says how long somebody really waited")]
fn now() -> Instant {
    Instant::now()
}
