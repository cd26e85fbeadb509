//! Why a rule of the use cases says no.

use domain::{
    blank::{BadBlankNumber, BlankRefusal},
    practice::NotHere,
};

domain::codes! {
    /// A rule that says no.
    pub enum Refusal {
        /// No registration by this id on this device.
        UnknownRid => "unknown_rid",
        /// Something else was saved under this id.
        OtherContent => "other_content",
        /// Its content was erased, as promised.
        ContentGone => "content_gone",
        /// The registration has moved on.
        NotInThisState => "not_in_this_state",
        /// A correction without consent is a withdrawal.
        WithdrawInstead => "withdraw_instead",
        /// What was asked contradicts itself.
        MalformedArguments => "malformed_arguments",
        /// Nobody by this number on the device.
        UnknownOperator => "unknown_operator",
        /// The platform was not heard for too long: old records are locked.
        LeaseOver => "lease_over",
        /// The ward has locked the device.
        Revoked => "revoked",
        /// The device's group makes no codes.
        DeviceGroupInvalid => "device_group_invalid",
        /// The platform's key for sealing has not come yet.
        NoOpenerKey => "no_opener_key",
        /// The folder is a device already.
        AlreadyEnrolled => "already_enrolled",
        /// The folder holds unsent records of the device it was before.
        UnsentRecords => "unsent_records",
        /// Folder and gateway are of different worlds.
        OtherRealm => "other_realm",
        /// Not an invitation.
        InvitationMalformed => "invitation_malformed",
        /// A practice device sends nothing.
        DemoHasNoGateway => "demo_has_no_gateway",
        /// For practice only.
        NotInPractice => "not_in_practice",
        /// A real card in practice.
        RealCardInDemo => "real_card_in_demo",
        /// A practice person in the real world.
        PracticePerson => "practice_person",
        /// Not a commune.
        CommuneUnknown => "commune_unknown",
        /// Nobody to print for.
        NothingToPrint => "nothing_to_print",
        /// The printer does not take this kind of paper.
        PaperDoesNotFit => "paper_does_not_fit",
        /// A notice this program does not have.
        NoticeUnknown => "notice_unknown",
        /// Not a pre-printed card.
        CardNotOurs => "card_not_ours",
        /// Not made by the platform, or altered.
        CardForged => "card_forged",
        /// A pre-printed card of another world.
        CardOtherWorld => "card_other_world",
        /// Another tablet of the team has used it, by the last list.
        CardUsedElsewhere => "card_used_elsewhere",
        /// The list of the team's cards has not come yet.
        CardPoolUnknown => "card_pool_unknown",
        /// Bound to another registration.
        CardBound => "card_bound",
        /// Given up.
        CardSpoiled => "card_spoiled",
        /// Its sheet was lost.
        CardVoid => "card_void",
        /// Of another team.
        CardOtherTeam => "card_other_team",
        /// Never made.
        CardUnknown => "card_unknown",
        /// This registration has a card already.
        HasACard => "has_a_card",
        /// Not `P` and ten digits.
        CardNumberForm => "card_number_form",
        /// The check digits do not fit.
        CardNumberMistyped => "card_number_mistyped",
    }
}

impl From<BlankRefusal> for Refusal {
    fn from(refusal: BlankRefusal) -> Self {
        match refusal {
            BlankRefusal::Bound => Self::CardBound,
            BlankRefusal::Spoiled => Self::CardSpoiled,
            BlankRefusal::Void => Self::CardVoid,
            BlankRefusal::OtherTeam => Self::CardOtherTeam,
            BlankRefusal::Unknown => Self::CardUnknown,
        }
    }
}

impl From<BadBlankNumber> for Refusal {
    fn from(bad: BadBlankNumber) -> Self {
        match bad {
            BadBlankNumber::Form => Self::CardNumberForm,
            BadBlankNumber::Mistyped => Self::CardNumberMistyped,
        }
    }
}

impl From<NotHere> for Refusal {
    fn from(not_here: NotHere) -> Self {
        match not_here {
            NotHere::RealCard => Self::RealCardInDemo,
            NotHere::PracticePerson => Self::PracticePerson,
        }
    }
}
