//! Two kinds of "no": what a caller is told, and what went wrong on this machine.

use domain::ids::Realm;
use protocol::denial::Denial;

/// What went wrong on this machine. No personal data.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// SQLite.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// SQLite before 3.51.3 can lose committed writes in WAL mode with two connections.
    #[error("SQLite {found} is older than 3.51.3")]
    OldSqlite {
        /// The version linked.
        found: String,
    },
    /// The database was written by a newer program; it is left as it is.
    #[error("the database has schema {found}, this program knows {known}")]
    NewerSchema {
        /// Schema in the file.
        found: u32,
        /// Newest schema this program knows.
        known: u32,
    },
    /// The database is of an older program, whose server may be running; it is left as it is.
    #[error(
        "the database has schema {found}, this program knows {known}: end the server and start it with this program first"
    )]
    OlderSchema {
        /// Schema in the file.
        found: u32,
        /// Newest schema this program knows.
        known: u32,
    },
    /// A file of the data folder.
    #[error("{what}: {source}")]
    Io {
        /// Which file or step.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// What was to be written has the name of a file that is there; it is left as it is.
    #[error("there is a file of this name already; nothing was written")]
    FileExists,
    /// The data folder belongs to another world.
    #[error("this folder is of realm {kept:?}, not {asked:?}")]
    RealmMismatch {
        /// Fixed at first start.
        kept: Realm,
        /// Asked for now.
        asked: Realm,
    },
    /// No server ever started on this folder.
    #[error("no gateway was started on this folder yet")]
    NotInitialised,
    /// Another server runs on this folder.
    #[error("another gateway runs on this folder")]
    InUse,
    /// A key file does not hold a key.
    #[error("{what} does not hold a valid key")]
    BadKeyFile {
        /// Which file.
        what: &'static str,
    },
    /// Certificates.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS settings.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The list of the simulated population.
    #[error("population list, line {line}: {what}")]
    PopulationList {
        /// Line, from 1.
        line: u64,
        /// Column.
        what: &'static str,
    },
    /// A rule of the command line or of the settings.
    #[error("{0}")]
    Usage(&'static str),
    /// Bytes in the database do not say what they must say.
    #[error("stored {0} cannot be read")]
    Stored(&'static str),
}

impl GatewayError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => "database",
            Self::OldSqlite { .. } => "old_sqlite",
            Self::NewerSchema { .. } => "newer_schema",
            Self::OlderSchema { .. } => "older_schema",
            Self::Io { .. } => "io",
            Self::FileExists => "file_exists",
            Self::RealmMismatch { .. } => "realm_mismatch",
            Self::NotInitialised => "not_initialised",
            Self::InUse => "in_use",
            Self::BadKeyFile { .. } => "bad_key_file",
            Self::Certificate(_) => "certificate",
            Self::Tls(_) => "tls",
            Self::PopulationList { .. } => "population_list",
            Self::Usage(_) => "usage",
            Self::Stored(_) => "stored_unreadable",
        }
    }

    /// What lies in one row cannot be read, and the next one may be sound; nothing is wrong with disk or database.
    pub(crate) fn is_of_one_row(&self) -> bool {
        use rusqlite::Error;
        match self {
            Self::Stored(_) => true,
            Self::Database(error) => matches!(
                error,
                Error::FromSqlConversionFailure(..)
                    | Error::IntegralValueOutOfRange(..)
                    | Error::InvalidColumnType(..)
                    | Error::Utf8Error(..)
            ),
            _ => false,
        }
    }

    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// What a caller is told instead of an answer (`protocol::denial::Refusal`).
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// Not the message this call takes.
    #[error("request is malformed")]
    Malformed,
    /// More bytes or envelopes than a request may have.
    #[error("request is too large")]
    TooLarge,
    /// No token, or one that is not good (any more).
    #[error("token is missing or expired")]
    Unauthorised,
    /// A good token, but not for this.
    #[error("not for this device")]
    Forbidden,
    /// No such invitation.
    #[error("invitation is unknown")]
    InvitationUnknown,
    /// Another device used it.
    #[error("invitation was used by another device")]
    InvitationUsed,
    /// Older than its minutes.
    #[error("invitation is expired")]
    InvitationExpired,
    /// The keys are those of a device enrolled with another invitation.
    #[error("device is enrolled already")]
    DeviceKnown,
    /// A token request that was seen before.
    #[error("nonce was used")]
    NonceUsed,
    /// Not a commune of this team.
    #[error("no such commune")]
    CommuneUnknown,
    /// The program is too old for this call.
    #[error("a newer program is needed")]
    UpgradeNeeded {
        /// The least protocol version that is answered.
        least: u32,
    },
    /// Too many batches at once.
    #[error("busy")]
    Busy {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The caller was too slow.
    #[error("request took too long")]
    TooSlow,
    /// Our own fault.
    #[error("internal error: {0}")]
    Internal(#[from] GatewayError),
}

impl Denied {
    /// The code that travels.
    pub const fn denial(&self) -> Denial {
        match self {
            Self::Malformed => Denial::Malformed,
            Self::TooLarge => Denial::TooLarge,
            Self::Unauthorised => Denial::Unauthorised,
            Self::Forbidden => Denial::Forbidden,
            Self::InvitationUnknown => Denial::InvitationUnknown,
            Self::InvitationUsed => Denial::InvitationUsed,
            Self::InvitationExpired => Denial::InvitationExpired,
            Self::DeviceKnown => Denial::DeviceKnown,
            Self::NonceUsed => Denial::NonceUsed,
            Self::CommuneUnknown => Denial::CommuneUnknown,
            Self::UpgradeNeeded { .. } => Denial::UpgradeNeeded,
            Self::Busy { .. } => Denial::Busy,
            Self::TooSlow => Denial::TooSlow,
            Self::Internal(_) => Denial::Internal,
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        self.denial().code()
    }

    /// HTTP status (RFC 9110).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthorised => 401,
            Self::Forbidden => 403,
            Self::InvitationUnknown | Self::CommuneUnknown => 404,
            Self::TooSlow => 408,
            Self::InvitationUsed | Self::DeviceKnown | Self::NonceUsed => 409,
            Self::InvitationExpired => 410,
            Self::TooLarge => 413,
            Self::UpgradeNeeded { .. } => 426,
            Self::Internal(_) => 500,
            Self::Busy { .. } => 503,
        }
    }
}

impl From<rusqlite::Error> for Denied {
    fn from(error: rusqlite::Error) -> Self {
        Self::Internal(error.into())
    }
}
