//! Who signs, by age (docs/domain.md, consent).

use crate::{problem::ProblemCode, registration::Signer};

/// Ages, in completed years, at which a person takes part and acts alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningRule {
    /// From this age a child agrees too.
    pub with_child_from: u16,
    /// From this age the person acts alone (Law 91/2025: children are persons under 16).
    pub alone_from: u16,
}

impl SigningRule {
    /// The careful rule: under 7 the representative, 7 to under 16 both, from 16 the person alone.
    pub const CAREFUL: Self = Self {
        with_child_from: 7,
        alone_from: 16,
    };

    /// Who must sign at this age, the person first.
    pub const fn signers(&self, age: u16) -> &'static [Signer] {
        if age >= self.alone_from {
            &[Signer::Myself]
        } else if age >= self.with_child_from {
            &[Signer::Myself, Signer::Representative]
        } else {
            &[Signer::Representative]
        }
    }

    /// True when a legal representative acts.
    pub const fn needs_representative(&self, age: u16) -> bool {
        age < self.alone_from
    }
}

/// The problem code for a missing signature.
pub const fn missing_code(signer: Signer) -> ProblemCode {
    match signer {
        Signer::Myself => ProblemCode::OwnSignatureMissing,
        Signer::Representative => ProblemCode::RepresentativeSignatureMissing,
    }
}
