//! Who may see what: a board only by an explicit grant, and nobody whose device was revoked. What stands on it is
//! `protocol::board`: counts and codes, nothing of a person.

use domain::place::CommuneCode;
use protocol::enrolment::Role;

/// Whether a device may see a commune's board.
pub(crate) fn may_see_board(role: Role, revoked: bool, granted: &[CommuneCode], commune: CommuneCode) -> bool {
    role == Role::Coordinator && !revoked && granted.contains(&commune)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_board_is_seen_by_a_coordinator_of_a_good_device_with_a_grant_for_that_commune() {
        let (mine, other) = (CommuneCode(20_194), CommuneCode(20_195));
        assert!(may_see_board(Role::Coordinator, false, &[other, mine], mine));
        assert!(
            !may_see_board(Role::Coordinator, false, &[other], mine),
            "another ward's"
        );
        assert!(!may_see_board(Role::Coordinator, false, &[], mine), "no grant");
        assert!(!may_see_board(Role::Coordinator, true, &[mine], mine), "revoked");
        assert!(!may_see_board(Role::Volunteer, false, &[mine], mine), "no coordinator");
    }
}
