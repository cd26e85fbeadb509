//! Stable codes, by which people's sentences are looked up (`messages/codes`). Written once each: the list of an enum's codes
//! comes from the same lines as the codes, so nobody forgets one, and nobody matches a code as a string.

/// An enum whose variants are codes and nothing more, with `ALL` and `code()`.
#[macro_export]
macro_rules! codes {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident => $code:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

/// Gives an error type with data its `code()`, and `ALL_CODES` from the same arms. A variant without an arm does not compile.
#[macro_export]
macro_rules! coded {
    ($name:ident { $($variant:pat => $code:literal,)+ }) => {
        impl $name {
            /// Every code it can have.
            pub const ALL_CODES: &'static [&'static str] = &[$($code,)+];

            /// Stable code for people's messages and JSON.
            pub const fn code(&self) -> &'static str {
                match self { $($variant => $code,)+ }
            }
        }
    };
}
