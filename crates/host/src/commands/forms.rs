//! Commands about one registration: the form, saving, correcting, the card.

use crate::failure::{BadPicture, HostRefusal};
use crate::{
    Failure, Host,
    wire::{Nothing, forms::*},
};
use app::{
    forms::{DraftCheck, DraftItem, OpenDraft},
    read_idcard::IdCardScan,
    register::Saved,
    verify::{self, Verification},
    views::Shown,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    ids::Rid,
    master::{CommuneName, Master},
    place,
};
use std::{path::PathBuf, sync::Arc};

/// Milliseconds that reading one picture may take.
const SCAN_BUDGET: u64 = 6_000;

impl Host {
    pub(crate) async fn notice(&self, args: WhichNotice) -> Result<NoticeText, Failure> {
        let notice = match self.session() {
            Ok(session) => session.notice(args.number)?,
            // Nobody is signed in: what the program brings along.
            Err(_) => Master::built_in().notice_on(self.clock().today().into()).clone(),
        };
        Ok(NoticeText {
            version: notice.version,
            vietnamese: notice.vietnamese,
            english: notice.english,
        })
    }

    pub(crate) async fn communes(&self, _: Nothing) -> Result<Vec<CommuneItem>, Failure> {
        let own = self.app_state().communes;
        let known = match self.session() {
            Ok(session) => session.communes()?,
            Err(_) => Master::built_in().communes_on(self.clock().today().into()).to_vec(),
        };
        let item = |commune: CommuneName| {
            let place = place::commune(commune.code);
            CommuneItem {
                code: commune.code.to_string(),
                name: commune.name,
                lat: place.map(|place| place.lat),
                lon: place.map(|place| place.lon),
                own: own.contains(&commune.code.to_string()),
            }
        };
        let mut communes: Vec<CommuneItem> = known.into_iter().map(item).collect();
        communes.sort_by_key(|commune| !commune.own);
        Ok(communes)
    }

    pub(crate) async fn read_idcard(&self, args: ReadIdCard) -> Result<IdCardScan, Failure> {
        let session = self.session()?;
        match (args.text, args.picture) {
            (Some(text), None) => Ok(session.read_typed(&text)?),
            (None, Some(picture)) => Ok(session.read_found(self.codes_in(&picture)?)?),
            _ => Err(HostRefusal::MalformedArguments.into()),
        }
    }

    pub(crate) async fn begin_draft(&self, args: BeginDraft) -> Result<OpenDraft, Failure> {
        let open = self.session()?.begin_draft(args.draft, args.after)?;
        self.changed();
        Ok(open)
    }

    pub(crate) async fn put_draft(&self, args: PutDraft) -> Result<DraftCheck, Failure> {
        Ok(self.session()?.put_draft(args.rid, &args.draft)?)
    }

    pub(crate) async fn open_draft(&self, args: ByRid) -> Result<OpenDraft, Failure> {
        Ok(self.session()?.open_draft(args.rid)?)
    }

    pub(crate) async fn drafts(&self, _: Nothing) -> Result<Vec<DraftItem>, Failure> {
        Ok(self.session()?.open_drafts()?)
    }

    pub(crate) async fn discard_draft(&self, args: ByRid) -> Result<Nothing, Failure> {
        self.session()?.discard(args.rid, "discard")?;
        self.changed();
        Ok(Nothing)
    }

    pub(crate) async fn save(&self, args: PutDraft) -> Result<Saved, Failure> {
        let session = self.session()?;
        let saved = session.register(Some(args.rid), &args.draft);
        self.changed();
        Ok(saved?)
    }

    pub(crate) async fn open_correction(&self, args: ByRid) -> Result<OpenDraft, Failure> {
        Ok(self.session()?.open_correction(args.rid)?)
    }

    pub(crate) async fn check_correction(&self, args: PutDraft) -> Result<DraftCheck, Failure> {
        Ok(self.session()?.check(&args.draft, true, Some(args.rid))?)
    }

    pub(crate) async fn correct(&self, args: PutDraft) -> Result<Saved, Failure> {
        let saved = self.session()?.correct(args.rid, &args.draft)?;
        self.changed();
        Ok(saved)
    }

    pub(crate) async fn send_again(&self, args: ByRid) -> Result<Saved, Failure> {
        let saved = self.session()?.send_again(args.rid)?;
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
        Ok(CardFile {
            qr_png: STANDARD.encode(card.qr_png()?),
            path: summary.file,
            code: summary.code,
            qr: summary.qr,
            with_name: summary.with_name,
        })
    }

    /// Puts a document where the system's viewer finds it, for as long as somebody is signed in.
    pub(super) fn put_print(&self, rid: Rid, pdf: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.desk.print_folder().join(format!("{rid}.pdf"));
        app::paper::put_for_viewer(&path, pdf)?;
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
                verify::text_in(&self.codes_in(&picture)?).ok_or_else(|| Failure::from(BadPicture::NoCode))
            }
            _ => Err(HostRefusal::MalformedArguments.into()),
        }
    }

    /// The codes in a picture file (base64).
    pub(super) fn codes_in(&self, picture: &str) -> Result<Vec<scan::Found>, Failure> {
        let file = STANDARD
            .decode(picture)
            .map_err(|_| Failure::from(BadPicture::NotAPicture))?;
        scan::scan_picture(&file, &mut self.env.within(SCAN_BUDGET)).map_err(Failure::from)
    }
}

/// Keeps the compiler's word that a session can be shared between a window and the sending in the background.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<app::Session>>();
};
