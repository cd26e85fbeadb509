//! Paper: files, and the machine's printers.

use crate::{
    args::{PaperCommand, PaperKind},
    input::rid,
    new_file::write_new,
    output::{Failure, Output},
};
use app::{
    AppError, Session,
    paper::{
        Paper,
        printer::{JobState, Printer, Trouble},
    },
};
use domain::ids::Rid;
use serde::Serialize;
use std::{path::Path, time::Duration};

/// Between two looks at a job.
const PAUSE: Duration = Duration::from_millis(250);

impl From<PaperKind> for Paper {
    fn from(kind: PaperKind) -> Self {
        match kind {
            PaperKind::Card => Self::Card,
            PaperKind::Sheet => Self::Sheet,
            PaperKind::Slip => Self::Slip,
            PaperKind::Consent => Self::Consent,
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a str,
    paper: Paper,
    people: usize,
    bytes: usize,
}

#[derive(Serialize)]
struct Printed<'a> {
    queue: &'a str,
    paper: Paper,
    people: usize,
    job: u32,
    state: JobState,
    trouble: Option<Trouble>,
}

fn ids(texts: &[String]) -> Result<Vec<Rid>, Failure> {
    texts.iter().map(|text| rid(text)).collect()
}

/// The commands about paper.
pub fn run(session: &Session, command: &PaperCommand, out: &mut Output) -> Result<u8, Failure> {
    match command {
        PaperCommand::Card { rid: text, out: path } => {
            let card = session.card(rid(text)?)?;
            write_new(path, &card.pdf)?;
            out.line(&card.summary(path))?;
            Ok(0)
        }
        PaperCommand::Sheet { rids, out: path } => {
            let rids = ids(rids)?;
            let document = session.paper(Paper::Sheet, &rids)?;
            written(path, Paper::Sheet, rids.len(), &document.pdf, out)
        }
        PaperCommand::Slip { rid: text, out: path } => {
            let rid = rid(text)?;
            let bytes = match path.extension() {
                Some(extension) if extension == "bin" => session.slip_escpos(rid)?,
                _ => session.paper(Paper::Slip, &[rid])?.pdf,
            };
            written(path, Paper::Slip, 1, &bytes, out)
        }
        PaperCommand::ConsentCopy { rid: text, out: path } => {
            let document = session.paper(Paper::Consent, &[rid(text)?])?;
            written(path, Paper::Consent, 1, &document.pdf, out)
        }
        PaperCommand::Print {
            rids,
            paper,
            queue,
            patience,
        } => print(session, &ids(rids)?, (*paper).into(), queue, *patience, out),
    }
}

fn written(path: &Path, paper: Paper, people: usize, bytes: &[u8], out: &mut Output) -> Result<u8, Failure> {
    write_new(path, bytes)?;
    out.line(&Written {
        file: &path.to_string_lossy(),
        paper,
        people,
        bytes: bytes.len(),
    })?;
    Ok(0)
}

fn print(
    session: &Session,
    rids: &[Rid],
    paper: Paper,
    queue: &str,
    patience: u32,
    out: &mut Output,
) -> Result<u8, Failure> {
    let printer = print_queues::System::new();
    let job = session.print(&printer, queue, paper, rids)?;
    let mut status = printer.job(queue, job).map_err(AppError::from)?;
    for _ in 0..patience * 4 {
        if status.state.is_over() {
            break;
        }
        std::thread::sleep(PAUSE);
        status = printer.job(queue, job).map_err(AppError::from)?;
    }
    if status.state.is_over() {
        let _ = printer.forget(queue, job);
    }
    out.line(&Printed {
        queue,
        paper,
        people: rids.len(),
        job,
        state: status.state,
        trouble: status.trouble,
    })?;
    out.say_named("job", &status.state);
    if let Some(trouble) = status.trouble {
        out.say_named("printer", &trouble);
    }
    Ok(if status.state == JobState::Done { 0 } else { 3 })
}

/// The machine's print queues, one to a line.
pub fn printers(out: &mut Output) -> Result<u8, Failure> {
    for queue in print_queues::System::new().queues().map_err(AppError::from)? {
        out.line(&queue)?;
        if let Some(trouble) = queue.trouble {
            out.say_named("printer", &trouble);
        }
    }
    Ok(0)
}
