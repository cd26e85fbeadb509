//! Commands about pre-printed cards.

use crate::failure::HostRefusal;
use crate::{
    Failure, Host,
    wire::{Nothing, blanks::BindCard, forms::VerifyCode},
};
use app::{
    pool::{CardAccount, PoolCard},
    practice::{self, PracticeCard},
};

impl Host {
    pub(crate) async fn bind_card(&self, args: BindCard) -> Result<PoolCard, Failure> {
        let session = self.session()?;
        let text = self.text_of(args.text, args.picture)?;
        let card = session.bind_card(args.rid, &text)?;
        self.changed();
        Ok(card)
    }

    pub(crate) async fn spoil_card(&self, args: VerifyCode) -> Result<PoolCard, Failure> {
        let session = self.session()?;
        let text = self.text_of(args.text, args.picture)?;
        let card = session.spoil_card(&text)?;
        self.changed();
        Ok(card)
    }

    pub(crate) async fn cards(&self, _: Nothing) -> Result<CardAccount, Failure> {
        Ok(self.session()?.card_account()?)
    }

    pub(crate) async fn practice_cards(&self, _: Nothing) -> Result<Vec<PracticeCard>, Failure> {
        match self.hand().practice {
            true => Ok(practice::cards()),
            false => Err(HostRefusal::NotInPractice.into()),
        }
    }
}
