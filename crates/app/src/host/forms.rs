//! Commands about one registration: the form, saving, correcting, the card.

use super::Host;
use crate::{
    AppError, Session,
    eyes::best,
    rpc::{Failure, types::*},
    verify,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Sensitive,
    ids::{HouseholdId, Rid},
    notice,
    pin::Pin,
    place,
    registration::{Draft, DraftResidence, Problem, Unfinished},
    signing::SigningRule,
};
use std::{path::PathBuf, sync::Arc};
use store::{drafts, records};

/// Unfinished forms are dropped after the shift.
const DRAFT_LIFETIME: i64 = 24 * 3600;
/// Milliseconds that reading one picture may take.
const SCAN_BUDGET: u64 = 6_000;

impl Host {
    pub(crate) async fn notice(&self, _: Nothing) -> Result<NoticeText, Failure> {
        let notice = notice::current();
        Ok(NoticeText {
            version: notice.version,
            vietnamese: notice.vietnamese.to_owned(),
            english: notice.english.to_owned(),
        })
    }

    pub(crate) async fn communes(&self, _: Nothing) -> Result<Vec<CommuneItem>, Failure> {
        let own = self.app_state().communes;
        let mut communes: Vec<CommuneItem> = place::communes()
            .map(|commune| CommuneItem {
                code: commune.code.to_string(),
                name: commune.full_name.clone(),
                lat: commune.lat,
                lon: commune.lon,
                own: own.contains(&commune.code.to_string()),
            })
            .collect();
        communes.sort_by_key(|commune| !commune.own);
        Ok(communes)
    }

    pub(crate) async fn read_card(&self, args: ReadCard) -> Result<CardScan, Failure> {
        let session = self.session()?;
        match (args.text, args.picture) {
            (Some(text), None) => session.read_typed(&text),
            (None, Some(picture)) => {
                let file = STANDARD.decode(picture).map_err(|_| Failure::plain("not_a_picture"))?;
                let start = self.env.millis();
                let found = scan::scan_picture(&file, &mut || self.env.millis() - start < SCAN_BUDGET)
                    .map_err(|error| Failure::plain(error.code()))?;
                match best(found) {
                    Some(bytes) => session.read_scanned(&bytes),
                    None => Ok(CardScan {
                        found: false,
                        reading: None,
                        draft: None,
                        same_number: Vec::new(),
                    }),
                }
            }
            _ => Err(Failure::plain("malformed_arguments")),
        }
    }

    pub(crate) async fn begin_draft(&self, args: BeginDraft) -> Result<OpenDraft, Failure> {
        let session = self.session()?;
        let rid = Rid(self.env.random());
        let mut draft = args.draft.unwrap_or_default();
        draft.consent.notice = Some(notice::current().version);
        if let Some(after) = args.after {
            session.same_house(after, &mut draft)?;
        }
        if draft.household.is_none() && !draft.residence.lodging {
            draft.household = Some(HouseholdId(self.env.random()));
        }
        let now = self.env.now();
        session
            .store
            .write(|tx| drafts::begin(tx, &rid, draft.household.as_ref(), &draft, now))?;
        self.changed();
        let check = session.check(&draft, false, Some(rid))?;
        Ok(OpenDraft { rid, draft, check })
    }

    pub(crate) async fn put_draft(&self, args: PutDraft) -> Result<DraftCheck, Failure> {
        let session = self.session()?;
        let now = self.env.now();
        session.store.write(|tx| drafts::put(tx, &args.rid, &args.draft, now))?;
        Ok(session.check(&args.draft, false, Some(args.rid))?)
    }

    pub(crate) async fn open_draft(&self, args: ByRid) -> Result<OpenDraft, Failure> {
        let session = self.session()?;
        let draft = session.store.read(|tx| drafts::get(tx, &args.rid))?;
        let draft = draft.ok_or_else(|| Failure::plain("unknown_rid"))?;
        let check = session.check(&draft, false, Some(args.rid))?;
        Ok(OpenDraft {
            rid: args.rid,
            draft,
            check,
        })
    }

    pub(crate) async fn drafts(&self, _: Nothing) -> Result<Vec<DraftItem>, Failure> {
        Ok(self.session()?.open_drafts()?)
    }

    pub(crate) async fn discard_draft(&self, args: ByRid) -> Result<Nothing, Failure> {
        let session = self.session()?;
        session.discard(args.rid, "discard")?;
        self.changed();
        Ok(Nothing)
    }

    pub(crate) async fn save(&self, args: PutDraft) -> Result<Saved, Failure> {
        let session = self.session()?;
        let saved = session.enroll(Some(args.rid), &args.draft);
        self.changed();
        Ok(saved?)
    }

    pub(crate) async fn open_correction(&self, args: ByRid) -> Result<OpenDraft, Failure> {
        let session = self.session()?;
        let shown = session.show(args.rid)?;
        let draft = shown.draft.ok_or_else(|| Failure::plain("content_gone"))?;
        let check = session.check(&draft, true, Some(args.rid))?;
        Ok(OpenDraft {
            rid: args.rid,
            draft,
            check,
        })
    }

    pub(crate) async fn check_correction(&self, args: PutDraft) -> Result<DraftCheck, Failure> {
        Ok(self.session()?.check(&args.draft, true, Some(args.rid))?)
    }

    pub(crate) async fn correct(&self, args: PutDraft) -> Result<Saved, Failure> {
        let saved = self.session()?.correct(args.rid, &args.draft)?;
        self.changed();
        Ok(saved)
    }

    pub(crate) async fn withdraw(&self, args: ByRid) -> Result<Saved, Failure> {
        let saved = self.session()?.withdraw(args.rid)?;
        self.changed();
        Ok(saved)
    }

    pub(crate) async fn show(&self, args: ByRid) -> Result<Shown, Failure> {
        Ok(self.session()?.show(args.rid)?)
    }

    pub(crate) async fn card(&self, args: ByRid) -> Result<CardFile, Failure> {
        let card = self.session()?.card(args.rid)?;
        let path = self.put_print(args.rid, &card.pdf)?;
        let summary = card.summary(&path);
        let png = print::qr_png(summary.qr.as_bytes(), 8, print::ErrorCorrection::M).map_err(AppError::from)?;
        Ok(CardFile {
            path: summary.file,
            code: summary.code,
            qr: summary.qr,
            qr_png: STANDARD.encode(png),
            with_name: summary.with_name,
        })
    }

    pub(super) fn put_print(&self, rid: Rid, pdf: &[u8]) -> Result<PathBuf, Failure> {
        let folder = self.desk.print_folder();
        let path = folder.join(format!("{rid}.pdf"));
        store::write_private(&path, pdf)?;
        Ok(path)
    }

    pub(crate) async fn verify_code(&self, args: VerifyCode) -> Result<Verification, Failure> {
        let session = self.session()?;
        let text = self.text_of(args.text, args.picture)?;
        Ok(session.verify(&text)?)
    }
}

impl Host {
    /// A text that came as text or in a picture (base64): one of the two is given.
    pub(super) fn text_of(&self, text: Option<String>, picture: Option<String>) -> Result<String, Failure> {
        match (text, picture) {
            (Some(text), None) => Ok(text),
            (None, Some(picture)) => {
                let file = STANDARD.decode(picture).map_err(|_| Failure::plain("not_a_picture"))?;
                let start = self.env.millis();
                verify::text_in_picture(&file, &mut || self.env.millis() - start < SCAN_BUDGET).map_err(Failure::plain)
            }
            _ => Err(Failure::plain("malformed_arguments")),
        }
    }
}

impl Session {
    /// What is in the way of saving a form, and what helps to fill it.
    pub fn check(&self, draft: &Draft, correcting: bool, rid: Option<Rid>) -> Result<DraftCheck, AppError> {
        let around = self.circumstances(self.env.now(), correcting);
        let problems: Vec<Problem> = match draft.finish(&around) {
            Ok(_) | Err(Unfinished::Declined) => Vec::new(),
            Err(Unfinished::Problems(problems)) => problems,
        };
        let birth = draft
            .birth
            .as_ref()
            .and_then(|field| field.value.expose().parse::<domain::date::PartialDate>().ok());
        let age = birth.map(|birth| birth.age_at_least(around.today));
        let same_number = match draft.pin.as_ref().map(|field| Pin::parse(field.value.expose())) {
            Some(Ok(pin)) => self.same_number(&pin, rid)?,
            _ => Vec::new(),
        };
        Ok(DraftCheck {
            problems,
            warnings: draft.warnings(),
            suggestion: draft
                .card_address
                .as_ref()
                .map(|line| place::suggest(line.value.expose())),
            age,
            signers: age
                .map(|age| SigningRule::CAREFUL.signers(age).to_vec())
                .unwrap_or_default(),
            same_number,
            household: self.household_at(&draft.residence)?,
        })
    }

    /// Registrations of the same number on this device, withdrawn ones and this one left out.
    pub(super) fn same_number(&self, pin: &Pin, rid: Option<Rid>) -> Result<Vec<Found>, AppError> {
        self.store.read(|tx| -> Result<_, AppError> {
            let mut found = Vec::new();
            for other in records::same_pin(tx, pin)? {
                if let Some(record) = records::get(tx, &other)?
                    && Some(other) != rid
                    && record.state != domain::state::State::Withdrawn
                {
                    found.push(Found::of(record));
                }
            }
            Ok(found)
        })
    }

    /// Keeps house and place of the person before; each person chooses and signs alone.
    fn same_house(&self, after: Rid, draft: &mut Draft) -> Result<(), AppError> {
        let record = self
            .store
            .read(|tx| records::get(tx, &after))?
            .ok_or(AppError::Refused("unknown_rid"))?;
        draft.household = record.household;
        if let Some(content) = record.content {
            draft.residence = DraftResidence {
                commune: Some(content.residence.commune.to_string()),
                group: Some(content.residence.group),
                house: Some(content.residence.house),
                lodging: content.residence.lodging,
            };
            draft.consent.read_aloud = content.consent.read_aloud;
        }
        Ok(())
    }

    /// Forms that are open, newest first.
    pub fn open_drafts(&self) -> Result<Vec<DraftItem>, AppError> {
        let open = self.store.read(drafts::list)?;
        Ok(open
            .into_iter()
            .map(|open| DraftItem {
                rid: open.rid,
                name: open
                    .draft
                    .name
                    .map(|name| name.value)
                    .map(Sensitive::into_exposed)
                    .unwrap_or_default(),
                changed_at: open.changed_at,
            })
            .collect())
    }

    /// Drops a form: its content goes at once, the count stays.
    pub fn discard(&self, rid: Rid, action: &str) -> Result<(), AppError> {
        let moment = self.env.moment();
        self.store.write(|tx| -> Result<_, AppError> {
            drafts::discard(tx, &rid)?;
            self.audit(tx, moment, action, Some(rid), None)
        })?;
        Ok(self.store.scrub()?)
    }

    /// Drops forms that nobody touched for a day.
    pub fn discard_expired_drafts(&self) -> Result<(), AppError> {
        let before = self.env.now() - DRAFT_LIFETIME;
        for rid in self.store.read(|tx| drafts::expired(tx, before))? {
            self.discard(rid, "expire")?;
        }
        Ok(())
    }
}

/// Keeps the compiler's word that a session can be shared between a window and the sending in the background.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Session>>();
};
