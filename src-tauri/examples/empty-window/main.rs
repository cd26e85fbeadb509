//! A window of the same Tauri and WebKit with nothing in it: what ours is measured against (`cargo xtask bench -- window`).

fn main() {
    tauri::Builder::default()
        .build(tauri::generate_context!("examples/empty-window/tauri.conf.json"))
        .expect("a window can be opened")
        .run(|_, _| ());
}
