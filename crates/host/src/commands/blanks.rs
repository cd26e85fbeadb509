//! Commands about pre-printed cards.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    wire::{Nothing, blanks::BindBlank, forms::VerifyCode},
};
use app::{
    blanks::{BlankAccount, KnownBlank},
    practice::{self, PracticeBlank},
};

impl Host {
    pub(crate) async fn bind_blank(&self, args: BindBlank) -> Result<KnownBlank, Failure> {
        let session = self.session()?;
        let text = self.text_of(args.text, args.picture)?;
        let blank = session.bind_blank(args.rid, &text)?;
        self.changed();
        Ok(blank)
    }

    pub(crate) async fn spoil_blank(&self, args: VerifyCode) -> Result<KnownBlank, Failure> {
        let session = self.session()?;
        let text = self.text_of(args.text, args.picture)?;
        let blank = session.spoil_blank(&text)?;
        self.changed();
        Ok(blank)
    }

    pub(crate) async fn blanks(&self, _: Nothing) -> Result<BlankAccount, Failure> {
        Ok(self.session()?.blank_account()?)
    }

    pub(crate) async fn practice_blanks(&self, _: Nothing) -> Result<Vec<PracticeBlank>, Failure> {
        match self.hand().practice {
            true => Ok(practice::blanks()),
            false => Err(HostRefusal::NotInPractice.into()),
        }
    }
}
