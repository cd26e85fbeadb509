//! The platform's own keys, in `DIR/keys` (0700, files 0600): root, receipts, certificate authorities.
//!
//! A fresh key and certificate for TLS is made at every start and lives in memory alone; devices pin the authority.

use crate::{
    env::{Env, EnvRng},
    error::GatewayError,
};
use domain::{date::CivilDate, ids::UnixTime};
use protocol::keys::{SealSecret, SignSecret, VerifyKey};
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

/// The platform's keys. One is held; the others are read where they are needed and not kept in memory.
pub(crate) struct PlatformKeys {
    path: PathBuf,
    /// Signs every answer, and what people do at the server.
    pub(crate) platform: SignSecret,
    /// Whoever signs the trust message.
    pub(crate) root_public: VerifyKey,
}

/// Name, key and certificate of the authority in use, and of the backup.
const AUTHORITIES: [(&str, &str, &str); 2] = [
    ("Từng Nhà CA 1", "ca.key", "ca.der"),
    ("Từng Nhà CA 2", "ca-backup.key", "ca-backup.der"),
];

struct Authority {
    key: KeyPair,
    certificate: Vec<u8>,
}

impl PlatformKeys {
    /// For a server: all keys are there, or made at the first start. `vouched` says that the root has vouched for a key of blank
    /// cards: then a missing file is a lost key; a folder that is older than pools gets one.
    pub(crate) fn open(data: &Path, first_start: bool, vouched: bool, env: &dyn Env) -> Result<Self, GatewayError> {
        let path = data.join("keys");
        let folder = KeyFolder::open(path.clone(), first_start)?;
        let root = folder.signing("root.key", env)?;
        let platform = folder.signing("platform.key", env)?;
        for authority in AUTHORITIES {
            Authority::load_or_make(&folder, authority, env)?;
        }
        KeyFolder::open(path.clone(), !vouched)?.signing("cards.key", env)?;
        Ok(Self {
            path,
            platform,
            root_public: root.public(),
        })
    }

    /// For a command: beside a server or not.
    pub(crate) fn attach(data: &Path, root_public: VerifyKey, env: &dyn Env) -> Result<Self, GatewayError> {
        let path = data.join("keys");
        let platform = KeyFolder::open(path.clone(), false)?.signing("platform.key", env)?;
        Ok(Self {
            path,
            platform,
            root_public,
        })
    }

    fn folder(&self, first_start: bool) -> Result<KeyFolder, GatewayError> {
        KeyFolder::open(self.path.clone(), first_start)
    }

    /// Signs the trust message and master data, nothing else.
    pub(crate) fn root(&self, env: &dyn Env) -> Result<SignSecret, GatewayError> {
        self.folder(false)?.signing("root.key", env)
    }

    /// Signs blank cards.
    pub(crate) fn blanks(&self, env: &dyn Env) -> Result<SignSecret, GatewayError> {
        self.folder(false)?.signing("cards.key", env)
    }

    /// X.509 certificates (DER) of the authority in use and of the backup.
    pub(crate) fn authorities(&self) -> Result<Vec<Vec<u8>>, GatewayError> {
        let folder = self.folder(false)?;
        let missing = || Err(GatewayError::BadKeyFile { what: "ca.der" });
        AUTHORITIES
            .iter()
            .map(|(_, _, certificate)| Ok(folder.load_or_make(certificate, missing)?.to_vec()))
            .collect()
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
        let authority = Authority::load_or_make(&self.folder(false)?, AUTHORITIES[0], env)?;
        let ca = authority_params(AUTHORITIES[0].0, env);
        let certificate = params.signed_by(&key, &Issuer::from_params(&ca, &authority.key))?;
        let chain = vec![
            certificate.der().clone(),
            CertificateDer::from(authority.certificate.clone()),
        ];
        Ok((chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

impl Authority {
    fn load_or_make(
        folder: &KeyFolder,
        (name, key_file, certificate_file): (&'static str, &'static str, &'static str),
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
