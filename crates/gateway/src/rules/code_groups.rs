//! Which group of codes a device draws from.

use domain::{
    code::{DEVELOPMENT_GROUP, FIRST_RESERVED_GROUP, PRACTICE_GROUP},
    ids::{DeviceId, Realm},
};

/// Practice and development have one device group each; real devices share 992 groups in turn.
pub(crate) fn group_of(realm: Realm, device: DeviceId) -> u16 {
    match realm {
        Realm::Practice => PRACTICE_GROUP,
        Realm::Development => DEVELOPMENT_GROUP,
        Realm::Live => (device.wrapping_sub(1) % u32::from(FIRST_RESERVED_GROUP)) as u16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_devices_never_draw_from_a_reserved_group() {
        for device in [0, 1, 2, 991, 992, 993, u32::MAX] {
            assert!(group_of(Realm::Live, device) < FIRST_RESERVED_GROUP, "{device}");
        }
        assert_eq!([1, 992, 993].map(|device| group_of(Realm::Live, device)), [0, 991, 0]);
    }
}
