//! `cargo xtask bindings` sets `TUNGNHA_WRITE_BINDINGS`; otherwise the file must be what the table says.

use std::path::Path;

#[test]
fn the_windows_bindings_are_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/backend/bindings.ts");
    let now = host::bindings::typescript();
    if std::env::var_os("TUNGNHA_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(
        file == now,
        "ui/src/backend/bindings.ts is not what the table says: run `cargo xtask bindings`"
    );
}
