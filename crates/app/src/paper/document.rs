//! What can be printed of a registration, made anew each time from what the device knows.

use super::printer::{Job, Loaded, PrintQueue, Printer, PrinterError, Speaks};
use crate::refusal::Refusal;
use crate::{AppError, Session};
use domain::{
    date,
    ids::Rid,
    registration::{Registration, Relation, SignatureManner, Signer},
};
use print::{ConsentFace, SignedHow, SignerFace};
use serde::{Deserialize, Serialize};
use store::{device, envelopes, records};

/// Kinds of paper.
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// One card of ID-1 size.
    Card,
    /// Cards on A4, ten to a sheet.
    Sheet,
    /// The acknowledgement on a receipt roll.
    Slip,
    /// The copy of the consent, A4.
    Consent,
}

impl Paper {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Sheet, Self::Slip, Self::Consent];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Sheet => "sheet",
            Self::Slip => "slip",
            Self::Consent => "consent",
        }
    }

    /// What the print system's own lists and logs call it: nobody's name, and letters that every printer knows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Card => "Tung Nha card",
            Self::Sheet => "Tung Nha cards",
            Self::Slip => "Tung Nha slip",
            Self::Consent => "Tung Nha consent copy",
        }
    }
}

/// A document ready to be printed.
pub struct Document {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// What it is.
    pub paper: Paper,
}

/// The same document as a certain queue wants it.
struct ForQueue {
    bytes: Vec<u8>,
    media: Option<&'static str>,
}

const A4: &str = "iso_a4_210x297mm";
/// Most people on sheets at once: a hundred sheets.
const MOST_PEOPLE: usize = 1_000;

/// Pixels across a preview; a sheet shows ten cards and needs more.
const PREVIEW: u16 = 700;
const PREVIEW_A4: u16 = 1100;

impl Session {
    /// Paper of one person, or a sheet of several. The same people give the same codes, today and after a restart.
    ///
    /// # Errors
    /// `unknown_rid`, `not_in_this_state` (no code yet, or withdrawn), `content_gone` for a consent copy after the purge,
    /// `nothing_to_print`, [`AppError::Print`].
    pub fn paper(&self, paper: Paper, rids: &[Rid]) -> Result<Document, AppError> {
        let one = || match rids {
            [rid] => Ok(*rid),
            _ => Err(AppError::Refused(Refusal::NothingToPrint)),
        };
        let pdf = match paper {
            Paper::Card => print::card_pdf(&self.face(one()?)?.0)?,
            Paper::Sheet => {
                if rids.is_empty() || rids.len() > MOST_PEOPLE {
                    return Err(AppError::Refused(Refusal::NothingToPrint));
                }
                let faces = rids.iter().map(|rid| Ok(self.face(*rid)?.0));
                print::sheet_pdf(&faces.collect::<Result<Vec<_>, AppError>>()?)?
            }
            Paper::Slip => {
                let rid = one()?;
                print::slip_pdf(&self.face(rid)?.0, self.is_called(rid)?)?
            }
            Paper::Consent => print::consent_pdf(&self.consent_face(one()?)?)?,
        };
        Ok(Document { pdf, paper })
    }

    /// The paper as the queue wants it. On a printer with A4 in it a card is the first of a sheet, at its true size and
    /// with marks to cut along.
    ///
    /// # Errors
    /// `paper_does_not_fit` where this kind of paper cannot come out of this printer.
    fn paper_for(&self, queue: &PrintQueue, paper: Paper, rids: &[Rid]) -> Result<ForQueue, AppError> {
        let (paper, media) = match (paper, queue.loaded) {
            (Paper::Card, Loaded::Cards) | (Paper::Slip, Loaded::Roll) => (paper, None),
            (Paper::Card, Loaded::Sheets) => (Paper::Sheet, Some(A4)),
            (_, Loaded::Sheets) => (paper, Some(A4)),
            _ => return Err(AppError::Refused(Refusal::PaperDoesNotFit)),
        };
        let pdf = self.paper(paper, rids)?.pdf;
        let bytes = match queue.speaks {
            Speaks::Pdf => pdf,
            Speaks::EscPos => print::escpos(&pdf)?,
        };
        Ok(ForQueue { bytes, media })
    }

    /// Hands paper to a queue, which is remembered for this kind of paper, and gives the print system's number of the job.
    ///
    /// # Errors
    /// As [`Session::paper`]; `paper_does_not_fit`; [`AppError::Printer`]. Nothing was handed over then, and the
    /// registration does not know about any of it.
    pub fn print(&self, printer: &dyn Printer, queue: &str, paper: Paper, rids: &[Rid]) -> Result<u32, AppError> {
        let queues = printer.queues()?;
        let queue = queues.iter().find(|known| known.name == queue);
        let queue = queue.ok_or(PrinterError::UnknownQueue)?;
        let made = self.paper_for(queue, paper, rids)?;
        let job = printer.submit(
            &queue.name,
            &Job {
                title: paper.title(),
                document: &made.bytes,
                speaks: queue.speaks,
                media: made.media,
            },
        )?;
        self.store
            .write(|tx| device::set_print_queue(tx, paper.name(), &queue.name))?;
        Ok(job)
    }

    /// A page, counted from 0, of what would be printed: PNG, and how many pages there are.
    ///
    /// # Errors
    /// As [`Session::paper`].
    pub fn preview(&self, paper: Paper, rids: &[Rid], page: usize) -> Result<(Vec<u8>, usize), AppError> {
        let document = self.paper(paper, rids)?;
        let width = match paper {
            Paper::Card | Paper::Slip => PREVIEW,
            Paper::Sheet | Paper::Consent => PREVIEW_A4,
        };
        let pages = print::page_count(&document.pdf)?;
        Ok((print::page_png(&document.pdf, page, width)?, pages))
    }

    /// The slip as bytes for a receipt printer.
    ///
    /// # Errors
    /// As [`Session::paper`].
    pub fn slip_escpos(&self, rid: Rid) -> Result<Vec<u8>, AppError> {
        Ok(print::escpos(&self.paper(Paper::Slip, &[rid])?.pdf)?)
    }

    /// Whether the resident agreed to be called.
    fn is_called(&self, rid: Rid) -> Result<bool, AppError> {
        let record = self.store.read(|tx| records::get(tx, &rid))?;
        let content = record.and_then(|record| record.content);
        Ok(content.is_some_and(|content| content.consent.contact == Some(true)))
    }

    fn consent_face(&self, rid: Rid) -> Result<ConsentFace, AppError> {
        let (face, _) = self.face(rid)?;
        let (record, header) = self.store.read(|tx| -> Result<_, AppError> {
            let (record, head, _, _) = self.existing(tx, rid)?;
            Ok((record, envelopes::header(tx, &head)?))
        })?;
        let content = record.content.ok_or(AppError::Refused(Refusal::ContentGone))?;
        let consent = &content.consent;
        let master = self.master();
        let notice = master
            .notice(consent.notice)
            .ok_or(AppError::Refused(Refusal::NoticeUnknown))?;
        let answers = [Some(true), consent.contact, Some(consent.help)];
        Ok(ConsentFace {
            name: content.name.value.expose().to_owned(),
            code: face.code,
            notice_version: notice.version,
            notice: notice.vietnamese.to_owned(),
            notice_hash: notice.hash().to_string(),
            answers: notice.purposes().into_iter().map(str::to_owned).zip(answers).collect(),
            read_aloud: consent.read_aloud,
            signers: signers(&content),
            signed_at: date::in_words(header.captured.at()),
            commune: master
                .commune(header.commune)
                .map(|commune| commune.name.clone())
                .unwrap_or_default(),
            device: header.device,
            operator: header.operator,
            team: face.team,
            realm: face.realm,
        })
    }
}

/// The device forgets the drawn line once it is sealed; that somebody drew it stays known.
fn signers(content: &Registration) -> Vec<SignerFace> {
    let signer = |signer: Signer| match (signer, &content.representative) {
        (Signer::Representative, Some(person)) => {
            let role = match person.relation {
                Relation::Mother => "Mẹ",
                Relation::Father => "Cha",
                Relation::Guardian => "Người giám hộ",
            };
            (role, person.name.expose())
        }
        _ => ("Người đăng ký", content.name.value.expose()),
    };
    let signatures = content.consent.signatures.iter().map(|signature| {
        let (role, name) = signer(signature.signer);
        SignerFace {
            role: role.to_owned(),
            name: name.to_owned(),
            manner: match signature.manner {
                SignatureManner::Drawn(_) | SignatureManner::Kept => SignedHow::Drawn,
                SignatureManner::Mark => SignedHow::Mark,
                SignatureManner::Witness(operator) => SignedHow::Witness(operator),
            },
        }
    });
    signatures.collect()
}
