//! From what was typed to a use case and back to lines.

use crate::{
    args::{Args, Bare, Blanks, Code, Command, Device, IdCardText, InSession, SecretPlace},
    idcards, input,
    output::{Failure, Output},
    paper,
};
use app::{
    Session, device,
    env::{Env, SystemEnv},
    place::Place,
    sync::run::Pace,
    verify::{self, Verification},
};
use domain::{ids::Rid, registration::Draft};
use std::sync::Arc;
use zeroize::Zeroizing;

pub fn run(args: &Args, out: &mut Output) -> Result<u8, Failure> {
    match &args.command {
        Command::Bare(command) => bare(args, command, out),
        Command::Register { schema: true, .. } => {
            out.line(&schemars::schema_for!(Draft))?;
            Ok(0)
        }
        Command::Register {
            draft,
            rid,
            schema: false,
        } => with_session(args, |session| {
            let rid = rid.as_deref().map(input::rid).transpose()?;
            out.line(&session.register(rid, &input::draft(draft)?)?)?;
            Ok(0)
        }),
        Command::Sync {
            locked: true,
            patience: _,
        } => sync_locked(args, out),
        Command::Sync {
            locked: false,
            patience,
        } => with_session(args, |session| sync(session, *patience, out)),
        Command::InSession(command) => with_session(args, |session| in_session(session, command, out)),
        Command::Paper(command) => with_session(args, |session| paper::run(session, command, out)),
        Command::Doctor => doctor(&session(args)?, out),
    }
}

fn bare(args: &Args, command: &Bare, out: &mut Output) -> Result<u8, Failure> {
    match command {
        Bare::IdCardText(IdCardText::Parse { files }) => idcards::parse(files, out),
        Bare::Scan { images } => idcards::scan(images, out, &SystemEnv::new()),
        Bare::Printers => paper::printers(out),
        Bare::Code(Code::Verify { text, image }) => match idcards::text_of(text.as_deref(), image.as_deref(), out)? {
            Some(text) => verify_code(args, &text, out),
            None => Ok(1),
        },
        Bare::Device(Device::Enrol {
            gateway,
            invitation,
            secret,
        }) => {
            let place = place(args, secret.secret)?;
            let enrolled = runtime()?.block_on(device::enrol(&place, gateway, invitation, &pin()?, env()))?;
            out.line(&enrolled)?;
            Ok(0)
        }
        Bare::Init { practice: _, secret } => {
            out.line(&app::practice::device::init(
                &place(args, secret.secret)?,
                &pin()?,
                env(),
            )?)?;
            Ok(0)
        }
    }
}

fn with_session(args: &Args, command: impl FnOnce(&Session) -> Result<u8, Failure>) -> Result<u8, Failure> {
    let session = session(args)?;
    match command(&session) {
        Err(Failure::App(error)) if error.is_damage() => {
            Err(session.met_damage(&place(args, SecretPlace::Auto)?, &pin()?).into())
        }
        done => {
            // After the answer: what was asked for does not wait for what has had its time. A failure here is met again.
            let _ = session.purge_due();
            done
        }
    }
}

fn in_session(session: &Session, command: &InSession, out: &mut Output) -> Result<u8, Failure> {
    match command {
        InSession::Show { rid } => show(session, input::rid(rid)?, out)?,
        InSession::Correct { rid, draft } => {
            out.line(&session.correct(input::rid(rid)?, &input::draft(draft)?)?)?;
        }
        InSession::Withdraw { rid } => out.line(&session.withdraw(input::rid(rid)?)?)?,
        InSession::SendAgain { rid } => out.line(&session.send_again(input::rid(rid)?)?)?,
        InSession::ChangePin => session.change_pin(&pin()?, &new_pin()?)?,
        InSession::Queue => {
            let queue = session.queue()?;
            out.line(&queue)?;
            return Ok(if queue.conservation { 0 } else { 3 });
        }
        InSession::Tasks => {
            for task in session.tasks()? {
                out.line(&task)?;
                out.say_named("refusal", &task.reason);
            }
            for task in session.blank_tasks()? {
                out.line(&task)?;
                out.say(task.reason);
            }
        }
        InSession::Blanks(pool) => return blanks(session, pool, out),
        InSession::Search { text, limit } => {
            for found in session.search(text, *limit)? {
                out.line(&found)?;
            }
        }
        InSession::Board { commune } => {
            let board = runtime()?.block_on(async { session.board(&session.connect()?, commune).await })?;
            out.line(&board)?;
        }
    }
    Ok(0)
}

fn show(session: &Session, rid: Rid, out: &mut Output) -> Result<(), Failure> {
    let shown = session.show(rid)?;
    out.line(&shown)?;
    if let Some(reason) = shown.quarantine {
        out.say_named("stopped", &reason);
    }
    if let Some(reason) = shown.reason {
        out.say_named("refusal", &reason.code);
    }
    for card in shown.blanks.iter().filter(|card| card.state == "bound") {
        if let Some(reason) = card.refused {
            out.say(reason);
        }
    }
    Ok(())
}

/// An examination changes nothing, whatever it finds: damage is only told here.
fn doctor(session: &Session, out: &mut Output) -> Result<u8, Failure> {
    let findings = session.doctor()?;
    out.line(&findings)?;
    if findings.has_weaker_secret() {
        out.say("secret_in_file");
    }
    if findings.weak_pin {
        out.say("pin_to_change");
    }
    if findings.healthy {
        return Ok(0);
    }
    out.say("doctor_trouble");
    Ok(3)
}

fn sync_locked(args: &Args, out: &mut Output) -> Result<u8, Failure> {
    let place = place(args, SecretPlace::Auto)?;
    let locked = app::sync::locked::Locked::open(&place, env())?;
    let report = runtime()?.block_on(locked.sync_with_platform())?;
    finish_sync(&report, out)
}

fn sync(session: &Session, patience: u32, out: &mut Output) -> Result<u8, Failure> {
    // Somebody asks for it now.
    session.try_everything()?;
    let report = runtime()?.block_on(async {
        let sleep = |time| tokio::time::sleep(time);
        let pace = Pace {
            patience: u64::from(patience),
            sleep: &sleep,
        };
        session.sync_with_platform(pace).await
    })?;
    finish_sync(&report, out)
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

fn blanks(session: &Session, pool: &Blanks, out: &mut Output) -> Result<u8, Failure> {
    match pool {
        Blanks::Bind { rid, text, image } => {
            let rid = input::rid(rid)?;
            match idcards::text_of(text.as_deref(), image.as_deref(), out)? {
                Some(text) => out.line(&session.bind_blank(rid, &text)?)?,
                None => return Ok(1),
            }
        }
        Blanks::Spoil { text, image } => match idcards::text_of(text.as_deref(), image.as_deref(), out)? {
            Some(text) => out.line(&session.spoil_blank(&text)?)?,
            None => return Ok(1),
        },
        Blanks::List => {
            for card in session.used_blanks()? {
                out.line(&card)?;
            }
            out.line(&session.blank_account()?)?;
        }
    }
    Ok(0)
}

fn verify_code(args: &Args, text: &str, out: &mut Output) -> Result<u8, Failure> {
    let verification = if args.home.is_some() {
        session(args)?.verify(text)?
    } else {
        // Without a device there is no list of who may sign.
        verify::verify(text, domain::ids::Realm::Live, verify::Known::default(), |_| None)
    };
    out.line(&verification)?;
    if verification.is_good() {
        return Ok(0);
    }
    match &verification {
        Verification::Blank { blank: Some(blank), .. } => {
            if let Some(reason) = blank.refused {
                out.say(reason);
            }
        }
        Verification::Blank { status, blank: None } => out.say(status),
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

fn new_pin() -> Result<Zeroizing<String>, Failure> {
    let given = std::env::var("TUNGNHA_NEW_PIN").map_err(|_| Failure::Usage("new_pin_not_given"))?;
    Ok(Zeroizing::new(given))
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
