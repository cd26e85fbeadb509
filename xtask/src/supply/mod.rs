//! What comes into the house from outside: whether it may, whether it is what was looked at, and a list of it.

mod cyclonedx;
mod deny;
mod lock;
mod packages;
mod sbom;
mod sqlcipher;

pub use deny::STEP as DENY;
pub use sbom::STEP as SBOM;
pub use sqlcipher::STEP as SQLCIPHER;

/// Bytes as people write them.
fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
