//! From what was typed to a use case and back to lines.

use crate::{
    args::{Args, CardPool, CardText, Code, Command, Device, SecretPlace},
    cards,
    output::{Failure, Output},
    paper,
};
use app::{
    AppError, Session, device,
    domain::{ids::Rid, registration::Draft},
    env::{Env, SystemEnv},
    place::Place,
    store::StoreError,
    sync::run::Pace,
    verify::{self, Verification},
};
use std::{io::Read as _, path::Path, sync::Arc};
use zeroize::Zeroizing;

/// Most bytes of a draft: far above any honest one, far below what hurts.
const MAX_DRAFT: u64 = 64 * 1024 * 1024;

pub fn run(args: &Args, out: &mut Output) -> Result<u8, Failure> {
    match &args.command {
        Command::CardText(CardText::Parse { files }) => cards::parse(files, out),
        Command::Scan { images } => cards::scan(images, out, &SystemEnv::new()),
        Command::Enroll { schema: true, .. } => {
            out.line(&schemars::schema_for!(Draft))?;
            Ok(0)
        }
        Command::Printers => paper::printers(out),
        Command::Code(Code::Verify { text, image }) => match cards::text_of(text.as_deref(), image.as_deref(), out)? {
            Some(text) => verify_code(args, &text, out),
            None => Ok(1),
        },
        Command::Device(Device::Enrol {
            gateway,
            invitation,
            secret,
        }) => {
            let place = place(args, secret.secret)?;
            let enrolled = runtime()?.block_on(device::enrol(&place, gateway, invitation, &pin()?, env()))?;
            out.line(&enrolled)?;
            Ok(0)
        }
        Command::Init { demo: _, secret } => {
            out.line(&app::practice::device::init(
                &place(args, secret.secret)?,
                &pin()?,
                env(),
            )?)?;
            Ok(0)
        }
        Command::Sync {
            locked: true,
            patience: _,
        } => {
            let place = place(args, SecretPlace::Auto)?;
            let locked = app::sync::locked::Locked::open(&place, env())?;
            let report = runtime()?.block_on(async {
                let connection = locked.connect()?;
                locked.sync(&connection).await
            })?;
            finish_sync(&report, out)
        }
        command => with_session(args, command, out),
    }
}

fn with_session(args: &Args, command: &Command, out: &mut Output) -> Result<u8, Failure> {
    let session = session(args)?;
    match in_session(&session, command, out) {
        // An examination changes nothing, whatever it finds.
        Err(Failure::App(AppError::Store(StoreError::Corrupt))) if !matches!(command, Command::Doctor) => {
            Err(session.met_damage(&place(args, SecretPlace::Auto)?, &pin()?).into())
        }
        done => done,
    }
}

fn in_session(session: &Session, command: &Command, out: &mut Output) -> Result<u8, Failure> {
    match command {
        Command::Enroll { draft, rid, .. } => {
            let rid = rid.as_deref().map(self::rid).transpose()?;
            out.line(&session.enroll(rid, &read_draft(draft)?)?)?;
        }
        Command::Show { rid } => {
            let shown = session.show(self::rid(rid)?)?;
            out.line(&shown)?;
            if let Some(reason) = shown.quarantine {
                out.say_named("stopped", &reason);
            }
            if let Some(reason) = shown.reason {
                out.say_named("refusal", &reason.code);
            }
            for card in shown.cards.iter().filter(|card| card.state == "bound") {
                if let Some(reason) = card.refused {
                    out.say(reason);
                }
            }
        }
        Command::Correct { rid, draft } => out.line(&session.correct(self::rid(rid)?, &read_draft(draft)?)?)?,
        Command::Withdraw { rid } => out.line(&session.withdraw(self::rid(rid)?)?)?,
        Command::Queue => {
            let queue = session.queue()?;
            out.line(&queue)?;
            return Ok(if queue.conservation { 0 } else { 3 });
        }
        Command::Sync { patience, .. } => {
            // Somebody asks for it now.
            session.try_everything()?;
            let report = runtime()?.block_on(async {
                let connection = session.connect()?;
                let sleep = |time| tokio::time::sleep(time);
                session
                    .sync(
                        &connection,
                        Pace {
                            patience: u64::from(*patience),
                            sleep: &sleep,
                        },
                    )
                    .await
            })?;
            return finish_sync(&report, out);
        }
        Command::Tasks => {
            for task in session.tasks()? {
                out.line(&task)?;
                out.say_named("refusal", &task.reason);
            }
            for task in session.card_tasks()? {
                out.line(&task)?;
                out.say(task.reason);
            }
        }
        Command::CardPool(pool) => return card_pool(session, pool, out),
        Command::Search { text, limit } => {
            for found in session.search(text, *limit)? {
                out.line(&found)?;
            }
        }
        Command::Card { rid, out: path } => {
            let card = session.card(self::rid(rid)?)?;
            write_new(path, &card.pdf)?;
            out.line(&card.summary(path))?;
        }
        Command::Sheet { .. } | Command::Slip { .. } | Command::ConsentCopy { .. } | Command::Print { .. } => {
            return paper::run(session, command, out);
        }
        Command::Board { commune } => {
            let board = runtime()?.block_on(async { session.board(&session.connect()?, commune).await })?;
            out.line(&board)?;
        }
        Command::Doctor => {
            let findings = session.doctor()?;
            out.line(&findings)?;
            if !findings.healthy {
                out.say("doctor_trouble");
                return Ok(3);
            }
        }
        Command::CardText(_)
        | Command::Scan { .. }
        | Command::Device(_)
        | Command::Init { .. }
        | Command::Printers
        | Command::Code(_) => {}
    }
    Ok(0)
}

fn finish_sync(report: &app::sync::Report, out: &mut Output) -> Result<u8, Failure> {
    out.line(report)?;
    match &report.reason {
        None => Ok(0),
        Some(reason) => {
            out.say(reason);
            Ok(3)
        }
    }
}

fn card_pool(session: &Session, pool: &CardPool, out: &mut Output) -> Result<u8, Failure> {
    match pool {
        CardPool::Bind { rid, text, image } => {
            let rid = self::rid(rid)?;
            match cards::text_of(text.as_deref(), image.as_deref(), out)? {
                Some(text) => out.line(&session.bind_card(rid, &text)?)?,
                None => return Ok(1),
            }
        }
        CardPool::Spoil { text, image } => match cards::text_of(text.as_deref(), image.as_deref(), out)? {
            Some(text) => out.line(&session.spoil_card(&text)?)?,
            None => return Ok(1),
        },
        CardPool::List => {
            for card in session.used_cards()? {
                out.line(&card)?;
            }
            out.line(&session.card_account()?)?;
        }
    }
    Ok(0)
}

fn verify_code(args: &Args, text: &str, out: &mut Output) -> Result<u8, Failure> {
    let verification = if args.home.is_some() {
        session(args)?.verify(text)?
    } else {
        // Without a device there is no list of who may sign.
        verify::verify(text, app::domain::ids::Realm::Live, verify::Known::default(), |_| None)
    };
    out.line(&verification)?;
    if verification.is_good() {
        return Ok(0);
    }
    match &verification {
        Verification::BlankCard { card: Some(card), .. } => {
            if let Some(reason) = card.refused {
                out.say(reason);
            }
        }
        Verification::BlankCard { status, card: None } => out.say(status),
        Verification::Code { status, .. } | Verification::Other { status } => out.say_named("code", status),
        Verification::CitizenQr { status, .. } => out.say_named("code", status),
    }
    Ok(1)
}

fn env() -> Arc<dyn Env> {
    Arc::new(SystemEnv::new())
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::File {
            path: "runtime".to_owned(),
            error,
        })
}

fn place(args: &Args, secret: SecretPlace) -> Result<Place, Failure> {
    let home = args.home.clone().ok_or(Failure::Usage("home_missing"))?;
    let keyring = match secret {
        SecretPlace::Auto => None,
        SecretPlace::Keyring => Some(true),
        SecretPlace::File => Some(false),
    };
    Ok(Place {
        home,
        secrets: args.secrets.clone(),
        keyring,
    })
}

fn pin() -> Result<Zeroizing<String>, Failure> {
    std::env::var("TUNGNHA_PIN")
        .map(Zeroizing::new)
        .map_err(|_| Failure::Usage("pin_not_given"))
}

fn session(args: &Args) -> Result<Session, Failure> {
    let place = place(args, SecretPlace::Auto)?;
    Ok(Session::open(&place, args.operator, &pin()?, env())?)
}

pub(crate) fn rid(text: &str) -> Result<Rid, Failure> {
    text.parse().map_err(|_| Failure::Usage("not_an_id"))
}

fn read_draft(path: &str) -> Result<Draft, Failure> {
    let mut bytes = Vec::new();
    match path {
        "-" => std::io::stdin().lock().take(MAX_DRAFT).read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|file| file.take(MAX_DRAFT).read_to_end(&mut bytes)),
    }
    .map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })?;
    // The parser would take a list for the fields in their order.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Failure::NotADraft { line: 1, column: 1 });
    }
    // The parser's own message would quote the input, which is somebody's data: only the place is told.
    serde_json::from_slice(&bytes).map_err(|error| Failure::NotADraft {
        line: error.line(),
        column: error.column(),
    })
}

/// Writes beside the target and renames, so that a full disk never leaves half a card under the name asked for.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let beside = path.with_extension("part");
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| Failure::File {
            path: path.to_string_lossy().into_owned(),
            error,
        })
}
