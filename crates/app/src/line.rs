//! What is kept between two runs of one session: the connection, the token for its hour, and what was reported last. An
//! idle device then asks for its changes and for nothing else.

use client::Connection;
use protocol::{enrolment::TokenAnswer, report::DeviceReport};
use store::Moment;

/// Seconds before its end at which a token is asked for anew.
const BEFORE_END: u64 = 60;
/// Longest use of one connection, in seconds: it judges certificates at the times of its beginning.
const CONNECTION: u64 = 3600;
/// So far the machine's clock may go apart from the time that passed, in seconds, before a connection is made anew.
const JUMP: i64 = 300;
/// An unchanged report is said again after so many seconds.
const REPORT: u64 = 24 * 3600;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Line {
    connection: Option<Kept>,
    token: Option<(String, u64, Moment)>,
    report: Option<(DeviceReport, Moment)>,
}

#[derive(Debug)]
struct Kept {
    url: String,
    trust: Vec<u8>,
    made: Moment,
    connection: Connection,
}

/// Seconds that passed; `None` after a reboot.
fn since(then: Moment, now: Moment) -> Option<u64> {
    (then.boot == now.boot)
        .then(|| now.monotonic.checked_sub(then.monotonic))
        .flatten()
}

impl Line {
    /// The connection of the last run; `None` after an hour, a jump of the clock, another trust message or address.
    pub(crate) fn connection(&self, url: &str, trust: &[u8], now: Moment) -> Option<Connection> {
        let kept = self.connection.as_ref()?;
        let passed = since(kept.made, now).filter(|passed| *passed < CONNECTION)?;
        let jump = (now.wall - kept.made.wall).saturating_sub(passed as i64).abs();
        (kept.url == url && kept.trust == trust && jump <= JUMP).then(|| kept.connection.clone())
    }

    /// Another connection; a token belongs to the one before.
    pub(crate) fn keep_connection(&mut self, url: &str, trust: &[u8], made: Moment, connection: Connection) {
        self.token = None;
        self.connection = Some(Kept {
            url: url.to_owned(),
            trust: trust.to_vec(),
            made,
            connection,
        });
    }

    /// The token of a run before, as long as it is good.
    pub(crate) fn token(&self, now: Moment) -> Option<String> {
        let (bearer, lifetime, got) = self.token.as_ref()?;
        let good = since(*got, now).is_some_and(|passed| passed + BEFORE_END < *lifetime);
        good.then(|| bearer.clone())
    }

    pub(crate) fn keep_token(&mut self, answer: &TokenAnswer, now: Moment) {
        self.token = Some((answer.token.clone(), u64::from(answer.lifetime), now));
    }

    pub(crate) fn forget_token(&mut self) {
        self.token = None;
    }

    /// False for what was said already, today.
    pub(crate) fn is_worth_reporting(&self, report: &DeviceReport, now: Moment) -> bool {
        let Some((said, at)) = &self.report else { return true };
        let same = DeviceReport {
            time: said.time,
            ..report.clone()
        } == *said;
        !same || since(*at, now).is_none_or(|passed| passed > REPORT)
    }

    pub(crate) fn reported(&mut self, report: DeviceReport, now: Moment) {
        self.report = Some((report, now));
    }
}
