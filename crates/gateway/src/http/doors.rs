//! Who comes in: a number of connections, in all and from one address; and none stays that is too old, or whose other end
//! takes nothing any more.

use super::{Limits, callers::household};
use axum_server::accept::Accept;
use std::{
    collections::HashMap,
    future::{Ready, ready},
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready as when_ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

/// A connection that is too old goes once nothing moved on it for so long; in any case at twice its age.
const QUIET: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Inside {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// Lets connections in, and counts them.
#[derive(Clone)]
pub(super) struct Doors {
    inside: Arc<Mutex<Inside>>,
    limits: Limits,
}

impl Doors {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            inside: Arc::default(),
            limits,
        }
    }

    fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let address = household(address);
        let beside = inside.of.get(&address).copied().unwrap_or_default();
        if inside.all >= self.limits.connections || beside >= self.limits.connections_of_address {
            return None;
        }
        inside.all += 1;
        inside.of.insert(address, beside + 1);
        Some(Place {
            inside: self.inside.clone(),
            address,
        })
    }
}

/// A connection's place; given back when it is dropped.
struct Place {
    inside: Arc<Mutex<Inside>>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.all = inside.all.saturating_sub(1);
        if let Some(of) = inside.of.get_mut(&self.address) {
            *of -= 1;
            if *of == 0 {
                inside.of.remove(&self.address);
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Doors {
    type Stream = Guest;
    type Service = S;
    type Future = Ready<io::Result<(Guest, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let guest = stream.peer_addr().and_then(|address| {
            let place = self.enter(address.ip());
            let place = place.ok_or_else(|| io::Error::other("no place left"))?;
            Ok(Guest::new(stream, place, &self.limits))
        });
        ready(guest.map(|guest| (guest, service)))
    }
}

/// A connection that was let in.
pub(super) struct Guest {
    stream: TcpStream,
    _place: Place,
    age: Duration,
    stall: Duration,
    since: Instant,
    moved: Instant,
    /// When its age is looked at next.
    aging: Pin<Box<Sleep>>,
    /// Until when the other end must take something; only while it takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Guest {
    fn new(stream: TcpStream, place: Place, limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            stream,
            _place: place,
            age: limits.age,
            stall: limits.stall,
            since: now,
            moved: now,
            aging: Box::pin(sleep_until(now + limits.age)),
            stalled: None,
        }
    }

    /// Ready with an error when its time is over.
    fn is_over(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            when_ready!(self.aging.as_mut().poll(cx));
            let now = Instant::now();
            let quiet = self.moved + QUIET;
            if now >= quiet || now >= self.since + self.age * 2 {
                return Poll::Ready(io::Error::from(io::ErrorKind::TimedOut));
            }
            self.aging.as_mut().reset(quiet);
        }
    }

    fn written(&mut self, cx: &mut Context<'_>, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match wrote {
            Poll::Ready(done) => {
                self.stalled = None;
                self.moved = Instant::now();
                Poll::Ready(done)
            }
            Poll::Pending => {
                let until = Instant::now() + self.stall;
                let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(until)));
                when_ready!(stalled.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Poll::Ready(error) = self.is_over(cx) {
            return Poll::Ready(Err(error));
        }
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() {
            self.moved = Instant::now();
        }
        read
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.written(cx, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
