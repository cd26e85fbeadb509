//! The platform's own keys, in `DIR/keys` (0700, files 0600): root, receipts, certificate authorities.
//!
//! A fresh key and certificate for TLS is made at every start and lives in memory alone; devices pin the authority.

use crate::{
    env::{Env, EnvRng},
    error::GatewayError,
};
use domain::{date::CivilDate, ids::UnixTime};
use protocol::keys::{SealSecret, SignSecret};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A folder of secret files.
pub(crate) struct KeyFolder {
    path: PathBuf,
    first_start: bool,
}

impl KeyFolder {
    /// Keys are made at the first start only: later, a missing file is a lost key, and a new one in its place would
    /// quietly cut off every device.
    pub(crate) fn open(path: PathBuf, first_start: bool) -> Result<Self, GatewayError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(GatewayError::io("making a key folder"))?;
        Ok(Self { path, first_start })
    }

    /// The file's bytes; made by `make` and durably written the first time.
    pub(crate) fn load_or_make(
        &self,
        name: &'static str,
        make: impl FnOnce() -> Result<Zeroizing<Vec<u8>>, GatewayError>,
    ) -> Result<Zeroizing<Vec<u8>>, GatewayError> {
        match std::fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Zeroizing::new(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.first_start => {
                let bytes = make()?;
                write_private(&self.path, name, &bytes).map_err(GatewayError::io(name))?;
                Ok(bytes)
            }
            Err(error) => Err(GatewayError::io(name)(error)),
        }
    }

    /// 32 secret bytes.
    pub(crate) fn secret(
        &self,
        name: &'static str,
        make: impl FnOnce() -> Zeroizing<[u8; 32]>,
    ) -> Result<Zeroizing<[u8; 32]>, GatewayError> {
        let bytes = self.load_or_make(name, || Ok(Zeroizing::new(make().to_vec())))?;
        let bytes: [u8; 32] = bytes
            .as_slice()
            .try_into()
            .map_err(|_| GatewayError::BadKeyFile { what: name })?;
        Ok(Zeroizing::new(bytes))
    }

    /// An Ed25519 key.
    pub(crate) fn signing(&self, name: &'static str, env: &dyn Env) -> Result<SignSecret, GatewayError> {
        let seed = self.secret(name, || SignSecret::generate(&mut EnvRng(env)).seed())?;
        Ok(SignSecret::from_seed(&seed))
    }

    /// An X25519 key.
    pub(crate) fn sealing(&self, name: &'static str, env: &dyn Env) -> Result<SealSecret, GatewayError> {
        let bytes = self.secret(name, || SealSecret::generate(&mut EnvRng(env)).bytes())?;
        Ok(SealSecret::from_bytes(&bytes))
    }
}

/// A crash leaves the whole file or none.
fn write_private(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = folder.join(format!("{name}.new"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(name))?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Root, receipts and certificate authorities.
pub(crate) struct PlatformKeys {
    /// Signs the trust message, nothing else.
    pub(crate) root: SignSecret,
    /// Signs every answer.
    pub(crate) platform: SignSecret,
    /// Signs blank cards; none beside a server that has not been started since there are pools.
    pub(crate) blanks: Option<SignSecret>,
    authority: Authority,
    backup: Authority,
}

struct Authority {
    key: KeyPair,
    certificate: Vec<u8>,
    name: &'static str,
}

impl PlatformKeys {
    pub(crate) fn open(data: &Path, first_start: bool, env: &dyn Env) -> Result<Self, GatewayError> {
        let folder = KeyFolder::open(data.join("keys"), first_start)?;
        Ok(Self {
            root: folder.signing("root.key", env)?,
            platform: folder.signing("platform.key", env)?,
            blanks: None,
            authority: Authority::load_or_make(&folder, "Từng Nhà CA 1", "ca.key", "ca.der", env)?,
            backup: Authority::load_or_make(&folder, "Từng Nhà CA 2", "ca-backup.key", "ca-backup.der", env)?,
        })
    }

    /// The key of blank cards: made once, also in a folder that is older than pools. `vouched` says that the root has
    /// vouched for one: then a missing file is a lost key.
    pub(crate) fn open_blanks(
        &mut self,
        data: &Path,
        vouched: bool,
        make: bool,
        env: &dyn Env,
    ) -> Result<(), GatewayError> {
        if !vouched && !make {
            return Ok(());
        }
        let folder = KeyFolder::open(data.join("keys"), !vouched)?;
        self.blanks = Some(folder.signing("cards.key", env)?);
        Ok(())
    }

    /// X.509 certificates (DER) of the authority in use and of the backup.
    pub(crate) fn authorities(&self) -> [&[u8]; 2] {
        [&self.authority.certificate, &self.backup.certificate]
    }

    /// A fresh server certificate for these names and addresses, with its key.
    pub(crate) fn server_certificate(
        &self,
        names: Vec<String>,
        env: &dyn Env,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), GatewayError> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = common_name("Từng Nhà gateway");
        // A day before, for clocks that are a little late; thirteen months, because a start makes a new one.
        valid(&mut params, env.now() - 86_400, env.now() + 397 * 86_400);
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let ca = authority_params(self.authority.name, env);
        let certificate = params.signed_by(&key, &Issuer::from_params(&ca, &self.authority.key))?;
        let chain = vec![
            certificate.der().clone(),
            CertificateDer::from(self.authority.certificate.clone()),
        ];
        Ok((chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

impl Authority {
    fn load_or_make(
        folder: &KeyFolder,
        name: &'static str,
        key_file: &'static str,
        certificate_file: &'static str,
        env: &dyn Env,
    ) -> Result<Self, GatewayError> {
        let pem = folder.load_or_make(key_file, || {
            Ok(Zeroizing::new(KeyPair::generate()?.serialize_pem().into_bytes()))
        })?;
        let bad = GatewayError::BadKeyFile { what: key_file };
        let key = match std::str::from_utf8(&pem) {
            Ok(pem) => KeyPair::from_pem(pem).map_err(|_| bad)?,
            Err(_) => return Err(bad),
        };
        let certificate = folder.load_or_make(certificate_file, || {
            Ok(Zeroizing::new(
                authority_params(name, env).self_signed(&key)?.der().to_vec(),
            ))
        })?;
        Ok(Self {
            key,
            certificate: certificate.to_vec(),
            name,
        })
    }
}

fn authority_params(name: &str, env: &dyn Env) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = common_name(name);
    valid(&mut params, env.now() - 86_400, env.now() + 20 * 365 * 86_400);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

fn valid(params: &mut CertificateParams, from: UnixTime, until: UnixTime) {
    let day = |at| {
        let civil = CivilDate::in_vietnam(at);
        date_time_ymd(i32::from(civil.year), civil.month, civil.day)
    };
    params.not_before = day(from);
    params.not_after = day(until);
}
