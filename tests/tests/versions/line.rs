//! A server of plain HTTP that answers what a test says, and one contact of a device with it.

use app::{
    Session,
    sync::{Report, run::Pace},
};
use client::Connection;
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};
use tungnha_tests::inside::wait_for;

/// What was asked.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
}

/// Answers each call with a status and a body; gives the URL.
pub fn answer(mut with: impl FnMut(Asked) -> (u16, Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut line in listener.incoming().flatten() {
            let Some(asked) = read(&mut line) else { continue };
            let (status, body) = with(asked);
            let head = format!(
                "HTTP/1.1 {status} Told\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = line.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    url
}

fn read(line: &mut TcpStream) -> Option<Asked> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        line.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        let line = line.to_ascii_lowercase();
        line.strip_prefix("content-length:")?.trim().parse().ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    line.read_exact(&mut body).ok()?;
    let mut words = head.split(' ').map(str::to_owned);
    Some(Asked {
        method: words.next()?,
        path: words.next()?,
        body,
    })
}

/// One contact, without patience.
pub async fn contact(session: &Session, connection: &Connection) -> Report {
    let sleep = |time| tokio::time::sleep(time);
    let pace = Pace {
        patience: 0,
        sleep: &sleep,
    };
    session.sync(connection, pace).await.unwrap()
}

/// [`contact`] where nothing else goes on.
pub fn sync(session: &Session, connection: &Connection) -> Report {
    wait_for(contact(session, connection))
}
