//! Signed master data: what the city decides and may change without a new program (`domain::master`). The root signs each
//! statement, as it signs whom to trust; a page of changes only carries it.

use crate::{
    ProtocolError,
    cbor::{self, Blob},
    keys::{SignSecret, VerifyKey},
    open::Open,
    signed::{Message, Signed},
};
use domain::{
    date::Day,
    ext::Extensions,
    ids::{Realm, UnixTime},
    lease::LeaseDays,
    master::{Statement, Validity},
};
use minicbor::{Decode, Encode};

/// Most bytes of the statements of one page. One that is longer travels alone.
pub const PAGE_BYTES: usize = 128 * 1024;

/// One statement, with the days for which it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MasterItem {
    /// The platform's world.
    #[n(0)]
    pub realm: Realm,
    /// Counted from 1 without a gap: what comes later goes before.
    #[n(1)]
    pub serial: u64,
    /// When it was signed.
    #[n(2)]
    pub issued_at: UnixTime,
    /// First day, in Việt Nam.
    #[n(3)]
    pub from: Day,
    /// Last day; absent where nobody knows it yet.
    #[n(4)]
    pub until: Option<Day>,
    /// What is said. A kind that is newer than this program stands here as it came.
    #[n(5)]
    pub item: Open<Statement>,
    /// What a newer program says besides: a new setting, for example.
    #[n(31)]
    pub ext: Extensions,
}

impl Message for MasterItem {
    const CONTEXT: &'static str = "tungnha/1/master";
    const LIMIT: usize = 64 * 1024;
}

/// Extension: days without contact until old records are locked, beside settings. Left out where it is 7.
const LEASE: u64 = 1;

impl MasterItem {
    /// A statement of today's program.
    pub fn of(realm: Realm, serial: u64, issued_at: UnixTime, valid: Validity, item: Statement) -> Self {
        let lease = match &item {
            Statement::Settings(settings) if settings.lease != LeaseDays::default() => Some(settings.lease),
            _ => None,
        };
        let ext = lease.map(|lease| (LEASE, cbor::encode(&lease.0)));
        Self {
            realm,
            serial,
            issued_at,
            from: valid.from,
            until: valid.until,
            item: item.into(),
            ext: Extensions::new(ext).unwrap_or_default(),
        }
    }

    /// What is said, as far as this program knows it.
    pub fn into_known(self) -> Option<Statement> {
        let lease = self.ext.get(LEASE).map(|bytes| cbor::decode::<u16>(bytes, bytes.len()));
        let mut item = self.item.into_known()?;
        if let (Statement::Settings(settings), Some(lease)) = (&mut item, lease) {
            settings.lease = LeaseDays(lease.ok()?);
        }
        Some(item)
    }

    /// Signs it with the root's key; the result is what travels and what is kept.
    pub fn sign(&self, root: &SignSecret) -> Vec<u8> {
        Signed::make(self, root)
    }

    /// Verifies a statement of this platform.
    ///
    /// # Errors
    /// `mismatch` for one of another world.
    pub fn verify(bytes: &[u8], root: VerifyKey, realm: Realm) -> Result<Self, ProtocolError> {
        let item: Self = Signed::verify(bytes, &[root])?;
        match item.realm == realm {
            true => Ok(item),
            false => Err(ProtocolError::Mismatch),
        }
    }

    /// The days for which it is meant.
    pub const fn valid(&self) -> Validity {
        Validity {
            from: self.from,
            until: self.until,
        }
    }
}

/// A part of the platform's statements, in the order of their serials.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MasterNews {
    /// The serial that was asked with.
    #[n(0)]
    pub after: u64,
    /// The serial to ask with next.
    #[n(1)]
    pub serial: u64,
    /// More wait.
    #[n(2)]
    pub more: bool,
    /// Signed statements.
    #[n(3)]
    pub items: Vec<Blob>,
}

impl MasterNews {
    /// Packs what comes after a serial, as much as goes into a page: `rows` are serials and signed statements.
    pub fn pack(after: u64, rows: impl IntoIterator<Item = (u64, Vec<u8>)>) -> Self {
        let mut news = Self {
            after,
            serial: after,
            more: false,
            items: Vec::new(),
        };
        let mut bytes = 0;
        for (serial, signed) in rows {
            bytes += signed.len();
            if bytes > PAGE_BYTES && !news.items.is_empty() {
                news.more = true;
                break;
            }
            news.serial = serial;
            news.items.push(Blob(signed));
        }
        news
    }
}
