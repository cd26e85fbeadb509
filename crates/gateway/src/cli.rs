//! The program `tungnha-gateway`: one JSON object per line on stdout, log lines (JSON) on stderr.
//! Exit 0 done, 1 refused by a rule, 2 wrong usage, 3 environment (in use, disk, network).

use crate::{
    Erasure, Gateway, GatewayError, Invite, MAX_SHEETS, TeamRef, Word,
    adapters::population::NoRegister,
    env::{Env, System},
    http::{self, Limits, Options},
    lock,
    opener::Opener,
    read_sheet,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{
    date::Day,
    ids::{DeviceId, OperatorId, Realm, Rid},
    master::Statement,
    place::CommuneCode,
};
use protocol::enrolment::Role;
use serde_json::{Value, json};
use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

#[derive(Parser)]
#[command(name = "tungnha-gateway", version, about = "The central side of Từng Nhà")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Listens for devices and decides about what they send.
    Serve {
        /// Address and port; port 0 lets the machine choose. The first line on stdout says which.
        #[arg(long, value_name = "ADDR")]
        listen: SocketAddr,
        /// Data folder; made at the first start.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// World of the folder; fixed at the first start.
        #[arg(long, value_enum, default_value = "development")]
        realm: RealmName,
        /// Host name for the certificate; the first one is told to devices.
        #[arg(long = "name", value_name = "HOST")]
        names: Vec<String>,
        /// No TLS; loopback only.
        #[arg(long)]
        plain_http: bool,
        /// Simulated population register: a list of invented people (never in the live realm).
        #[arg(long, value_name = "FILE.csv")]
        population: Option<PathBuf>,
        /// The least protocol version whose calls are answered; an older program is told that an update is needed. What
        /// it registered is taken all the same.
        #[arg(long, value_name = "VERSION", default_value_t = 1)]
        least_version: u32,
        /// Lets records wait so long before the opener looks at them.
        #[arg(long, value_name = "MS", default_value_t = 0)]
        opener_delay_ms: u64,
    },
    /// Makes a one-time invitation for a device. Works beside the running server.
    Invite {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Team; made where its ward has none of this name.
        #[arg(long)]
        team: String,
        /// The ward whose team it is, where that is not the first commune.
        #[arg(long, value_name = "CODE")]
        ward: Option<CommuneCode>,
        /// Communes of the team, five digits each.
        #[arg(long, value_name = "CODE", value_delimiter = ',')]
        commune: Vec<CommuneCode>,
        /// What the device is for.
        #[arg(long, value_enum, default_value = "volunteer")]
        role: RoleName,
        /// A ward whose board a coordinator's device may see, where that is not the named communes.
        #[arg(long = "grant", value_name = "CODE", value_delimiter = ',')]
        grants: Vec<CommuneCode>,
        /// A person of the team; may be given several times.
        #[arg(long = "operator", value_name = "NAME")]
        operators: Vec<String>,
        /// Adds the communes and people to a team that exists.
        #[arg(long)]
        widen: bool,
        /// How long the invitation is good.
        #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1440))]
        minutes: u32,
    },
    /// Lists the invitations and who took them, or cancels one that nobody took.
    Invitations {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Cancels the one of this `id`.
        #[arg(long, value_name = "ID")]
        cancel: Option<String>,
    },
    /// Shows a team, and takes people and communes off it.
    Team {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        #[command(flatten)]
        team: TeamArguments,
        /// Number of a person who leaves; may be given several times.
        #[arg(long = "remove-operator", value_name = "N")]
        remove_operators: Vec<OperatorId>,
        /// A commune where the team no longer works; may be given several times.
        #[arg(long = "remove-commune", value_name = "CODE")]
        remove_communes: Vec<CommuneCode>,
    },
    /// Takes a device off its team and gives it to another one; what a coordinator's device was granted goes.
    Move {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Number of the device.
        #[arg(long)]
        device: DeviceId,
        #[command(flatten)]
        team: TeamArguments,
    },
    /// Lets a coordinator's device see the board of a ward, or no longer.
    Grant {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Number of the device.
        #[arg(long)]
        device: DeviceId,
        /// The ward, five digits.
        #[arg(long, value_name = "CODE")]
        ward: CommuneCode,
        /// Takes the grant back.
        #[arg(long)]
        take_back: bool,
    },
    /// Revokes a device: people are locked out of it, what it still sends is held.
    Revoke {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Number of the device.
        #[arg(long)]
        device: DeviceId,
    },
    /// Makes sheets of pre-printed blank cards for a team, ten on each, as PDF. Works beside the running server.
    #[command(alias = "cards")]
    Blanks {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        #[command(flatten)]
        team: TeamArguments,
        /// How many sheets.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SHEETS)))]
        sheets: u32,
        /// Where the PDF goes; a file that is there is not overwritten.
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
    /// Calls the blank cards of lost sheets void: no device binds them any more.
    Void {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Number of a sheet; may be given several times.
        #[arg(long = "sheet", required = true, value_name = "N")]
        sheets: Vec<u32>,
    },
    /// Prints the coordinator's board of a commune.
    Board {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Commune, five digits.
        #[arg(long, value_name = "CODE")]
        commune: CommuneCode,
    },
    /// Lists the withdrawals that wait for a person's word, takes such a word, and sets when a withdrawal erases.
    Withdrawals {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Hours between a withdrawal and the erasure.
        #[arg(long, value_name = "N")]
        delay_hours: Option<u32>,
        /// Withdrawals of one device within a day that are nothing unusual; more wait for a word.
        #[arg(long, value_name = "N")]
        usual: Option<u32>,
        /// It is the resident's word: erase now. May be given several times.
        #[arg(long, value_name = "RID", requires = "by")]
        erase: Vec<Rid>,
        /// It is not the resident's word: the registration stands as before. May be given several times.
        #[arg(long, value_name = "RID", requires = "by")]
        keep: Vec<Rid>,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Notices, the list of communes and settings: signed by the root, carried to every device. Works beside the running
    /// server.
    MasterData {
        #[command(subcommand)]
        what: MasterData,
    },
    /// Copies all databases as they are at one moment, and the keys, to a new folder. Works beside the running server. To come
    /// back from it, put the folder in the place of the data folder and serve: tablets send again what it lacks.
    Backup {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The new folder. Who has it has the keys: keep it as you keep the server.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Brings databases into step that come from backups of different days. No server may run. `serve` does it by itself where
    /// their counts show that it is needed.
    Reconcile {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Signs the trust message anew: for devices that were cut off by a wrong clock, and to name the addresses at which
    /// this platform is reached from now on. Works beside the running server.
    Trust {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// An address, the preferred one first; may be given several times. Without it those named before stay.
        #[arg(long = "address", value_name = "URL")]
        addresses: Vec<String>,
    },
    /// Lists what people did here: who, when, what. The rows are signed, and `audit` looks at them too.
    Acts {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// What came after this number.
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u64,
    },
    /// Verifies every stored envelope against the signature of its device, and that none is gone.
    Audit {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Subcommand)]
enum MasterData {
    /// Signs what a file says (JSON, docs/protocol.md, section 6). It is never taken back; what is imported later goes before.
    Import {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The file; texts and lists it names lie beside it.
        file: PathBuf,
    },
    /// Everything imported so far, and which records wait for a notice that was not.
    List {
        /// Data folder.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

/// Which team.
#[derive(Args)]
struct TeamArguments {
    /// Team; it must have been invited before.
    #[arg(long)]
    team: String,
    /// The ward whose team it is; needed where several wards have a team of this name.
    #[arg(long, value_name = "CODE")]
    ward: Option<CommuneCode>,
}

impl TeamArguments {
    fn named(&self) -> TeamRef<'_> {
        TeamRef {
            ward: self.ward,
            name: &self.team,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum RealmName {
    Live,
    Development,
    #[value(alias = "demo")]
    Practice,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Volunteer,
    Coordinator,
}

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Our own events only: what libraries would log is not on the list of what may be logged.
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::new("off,gateway=info"))
        .init();
    match run(arguments.command, Arc::new(System)) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(code = error.code(), detail = %error, "failed");
            ExitCode::from(match error {
                GatewayError::Usage(_) => 2,
                GatewayError::RealmMismatch { .. } | GatewayError::FileExists => 1,
                _ => 3,
            })
        }
    }
}

fn run(command: Command, env: Arc<dyn Env>) -> Result<ExitCode, GatewayError> {
    match command {
        Command::Serve {
            listen,
            data,
            realm,
            names,
            plain_http,
            population,
            least_version,
            opener_delay_ms,
        } => {
            let realm = match realm {
                RealmName::Live => Realm::Live,
                RealmName::Development => Realm::Development,
                RealmName::Practice => Realm::Practice,
            };
            let opener_delay = Duration::from_millis(opener_delay_ms);
            let limits = Limits {
                least_version,
                ..Limits::default()
            };
            serve(
                Options {
                    listen,
                    data,
                    realm,
                    names,
                    plain_http,
                    population,
                    opener_delay,
                    limits,
                },
                env,
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Invite {
            data,
            team,
            ward,
            commune,
            role,
            grants,
            operators,
            widen,
            minutes,
        } => {
            let role = match role {
                RoleName::Volunteer => Role::Volunteer,
                RoleName::Coordinator => Role::Coordinator,
            };
            let invite = Invite {
                ward,
                team,
                communes: commune,
                role,
                grants,
                operators,
                widen,
                minutes,
            };
            let issued = attach(&data, env)?.invite(&invite)?;
            let text = issued.invitation.to_string();
            let qr = issued.url.map_or(text.clone(), |url| format!("{text} {url}"));
            print(&json!({
                "invitation": text, "qr": qr, "expires_at": issued.expires_at, "team": invite.team,
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Invitations { data, cancel: None } => {
            for line in attach(&data, env)?.invitations()? {
                print(&json!(line))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Invitations { data, cancel: Some(id) } => {
            let cancelled = attach(&data, env)?.cancel_invitation(&id)?;
            print(&json!({ "id": id, "cancelled": cancelled }))?;
            Ok(ExitCode::from(u8::from(!cancelled)))
        }
        Command::Team {
            data,
            team,
            remove_operators,
            remove_communes,
        } => {
            let gateway = attach(&data, env)?;
            let view = match (&remove_operators[..], &remove_communes[..]) {
                ([], []) => gateway.team(team.named())?,
                (operators, communes) => gateway.narrow_team(team.named(), operators, communes)?,
            };
            print(&json!(view))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Move { data, device, team } => {
            print(&json!(attach(&data, env)?.move_device(device, team.named())?))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Grant {
            data,
            device,
            ward,
            take_back,
        } => {
            let changed = attach(&data, env)?.grant(device, ward, !take_back)?;
            print(&json!({
                "device": device, "ward": ward.to_string(), "holds": !take_back, "changed": changed,
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Revoke { data, device } => {
            let revoked = attach(&data, env)?.revoke(device)?;
            print(&json!({ "device": device, "revoked": revoked }))?;
            Ok(ExitCode::from(u8::from(!revoked)))
        }
        Command::Blanks {
            data,
            team,
            sheets,
            out,
        } => {
            let made = attach(&data, env)?.make_blanks(team.named(), sheets, |made| write_new(&out, &made.pdf))?;
            print(&json!({
                "team": team.team, "sheet": made.sheet, "sheets": sheets, "first": made.first, "last": made.last,
                "file": out.to_string_lossy(), "bytes": made.pdf.len(),
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Void { data, sheets } => {
            let voided = attach(&data, env)?.void_blanks(&sheets)?;
            print(&json!({ "sheets": sheets, "void": voided.void, "left": voided.left }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Board { data, commune } => {
            let board = attach(&data, env)?.board_of(commune)?;
            print(&serde_json::to_value(&board).unwrap_or(Value::Null))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Withdrawals {
            data,
            delay_hours,
            usual,
            erase,
            keep,
            by,
        } => {
            let gateway = attach(&data, env)?;
            let known = gateway.erasure()?;
            let erasure = Erasure {
                delay_hours: delay_hours.unwrap_or(known.delay_hours),
                usual: usual.unwrap_or(known.usual),
            };
            if erasure != known {
                gateway.set_erasure(&erasure)?;
            }
            let by = by.unwrap_or_default();
            for (rids, word) in [(&erase, Word::Erase), (&keep, Word::Keep)] {
                for rid in rids {
                    gateway.decide_withdrawal(rid, word, &by)?;
                }
            }
            print(&json!({
                "delay_hours": erasure.delay_hours, "usual": erasure.usual,
                "waiting": gateway.waiting_withdrawals()?,
            }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::MasterData {
            what: MasterData::Import { data, file },
        } => {
            let (valid, item) = read_sheet(&file)?;
            let imported = attach(&data, env)?.import_master(valid, item)?;
            print(&json!({ "serial": imported.serial, "kind": imported.kind, "freed": imported.freed }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::MasterData {
            what: MasterData::List { data },
        } => list_master(&attach(&data, env)?),
        Command::Backup { data, out } => {
            let bytes = crate::backup(&data, &out)?;
            attach(&data, env)?.note_backup()?;
            print(&json!({ "out": out.to_string_lossy(), "bytes": bytes }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Reconcile { data } => {
            let _alone = lock::take(&data)?;
            let gateway = attach(&data, env.clone())?;
            let mut opener = Opener::open(&data, gateway.realm(), Box::new(NoRegister), env)?;
            let done = gateway.reconcile(&mut opener)?;
            let about = json!({ "decided": done.decided, "changed": done.changed, "erased": done.erased });
            gateway.note_act("reconcile", about)?;
            print(&json!({ "decided": done.decided, "changed": done.changed, "erased": done.erased }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Trust { data, addresses } => {
            let addresses = (!addresses.is_empty()).then_some(&addresses[..]);
            let (serial, addresses) = attach(&data, env)?.sign_trust_again(addresses)?;
            print(&json!({ "serial": serial, "addresses": addresses }))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Acts { data, after } => {
            for act in attach(&data, env)?.acts(after)? {
                print(&json!(act))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Audit { data } => {
            let (read, findings) = attach(&data, env)?.audit()?;
            for finding in &findings {
                print(&json!({ "number": finding.number, "what": finding.what }))?;
            }
            print(&json!({ "envelopes": read, "altered": findings.len() }))?;
            Ok(ExitCode::from(u8::from(!findings.is_empty())))
        }
    }
}

/// The folder, for whoever is logged in here.
fn attach(data: &Path, env: Arc<dyn Env>) -> Result<Gateway, GatewayError> {
    let named = ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    let by = named.unwrap_or_else(|| "unknown".to_owned());
    Ok(Gateway::attach(data, env)?.by(by.trim()))
}

fn list_master(gateway: &Gateway) -> Result<ExitCode, GatewayError> {
    let (stated, waiting) = gateway.master_list()?;
    let day = |day: Day| day.civil().iso();
    for stated in stated {
        let about = match &stated.item {
            Statement::Notice(notice) => json!({ "number": notice.version, "sha256": notice.hash().to_string() }),
            Statement::Communes(list) => json!({ "communes": list.len() }),
            Statement::Settings(settings) => json!({
                "idle_lock_minutes": settings.idle_lock_minutes, "draft_hours": settings.draft_hours,
                "lease_days": settings.lease.0,
            }),
        };
        print(&json!({
            "serial": stated.serial, "kind": stated.item.kind(), "from": day(stated.valid.from),
            "until": stated.valid.until.map(day), "issued_at": stated.issued_at, "about": about,
        }))?;
    }
    for waiting in waiting {
        print(&json!({
            "waiting_for_notice": waiting.notice, "device": waiting.device, "revisions": waiting.revisions,
        }))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn serve(options: Options, env: Arc<dyn Env>) -> Result<(), GatewayError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(GatewayError::io("starting the runtime"))?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let running = http::start(options, env).await?;
        print(&json!({ "listening": running.url, "realm": running.gateway.realm() }))?;
        tracing::info!("started");
        stop.await;
        tracing::info!("stopping");
        running.stop().await
    })
}

/// Resolves at SIGTERM or SIGINT.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, GatewayError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(GatewayError::io("signals"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(GatewayError::io("signals"))?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, GatewayError> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// The whole file durably, or none. What is there already stays: it may be cards that were printed under this name.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), GatewayError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|error| error.error)
    });
    match written {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(GatewayError::FileExists),
        Err(error) => Err(GatewayError::io("writing the sheets")(error)),
    }
}

fn print(value: &Value) -> Result<(), GatewayError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")
        .and_then(|()| out.flush())
        .map_err(GatewayError::io("writing to stdout"))
}
