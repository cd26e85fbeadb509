//! A ward that knows the people whose cards lie in `fixtures/idcards`.

use super::Window;
use crate::{Town, device::PIN, fixtures};
use std::path::PathBuf;

/// A gateway of the development realm whose population register holds the invented people.
pub struct Ward {
    pub town: Town,
    _register: tempfile::NamedTempFile,
}

impl Ward {
    pub fn open() -> Self {
        Self::believing("", "")
    }

    /// The same, but where its register would say one thing it says another.
    pub fn believing(instead_of: &str, this: &str) -> Self {
        Self::with(&[], instead_of, this)
    }

    /// Without TLS, for a line that understands what passes on it.
    pub fn plain() -> Self {
        Self::with(&["--plain-http"], "", "")
    }

    fn with(extra: &[&str], instead_of: &str, this: &str) -> Self {
        let register = tempfile::NamedTempFile::new().expect("a file");
        let people = std::fs::read_to_string(fixtures().join("practice.csv")).expect("the invented people");
        let mut rows = String::from("pin,name,birth,sex,deceased\n");
        for line in people.lines().skip(1) {
            let columns: Vec<_> = line.split(',').take(4).collect();
            rows += &format!("{},{},{},{},0\n", columns[1], columns[0], columns[2], columns[3]);
        }
        if !instead_of.is_empty() {
            assert!(rows.contains(instead_of), "the register never says {instead_of}");
            rows = rows.replace(instead_of, this);
        }
        std::fs::write(register.path(), rows).expect("the register is written");
        let path = register.path().to_str().expect("an ASCII path").to_owned();
        let mut args = vec!["--population", &path];
        args.extend(extra);
        Self {
            town: Town::with("development", &args),
            _register: register,
        }
    }

    /// Hands a new device over: what a coordinator dictates and a volunteer types.
    pub fn hand_over(&self, window: &mut Window<'_>, role: &str) {
        self.hand_over_at(window, role, &self.town.url);
    }

    /// The same with an address that leads to this ward's gateway.
    pub fn hand_over_at(&self, window: &mut Window<'_>, role: &str, address: &str) {
        window.sees("Máy này chưa được phường/xã giao");
        window.fill("Mã mời", &self.town.invite_as(role));
        window.fill("Địa chỉ máy chủ", address);
        window.fill("Mã mở máy", PIN);
        window.fill("Gõ lại mã mở máy", PIN);
        window.picture("hand-over");
        window.press("Nhận máy");
    }
}

/// The picture of an invented person's card.
pub fn card(name: &str) -> PathBuf {
    fixtures().join("idcards").join(name)
}
