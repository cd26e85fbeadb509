//! What the window lets nobody do.

use serde_json::json;
use tungnha_tests::window::Desktop;

/// WebKit and libsoup bring a SQLite of their own; found by name, ours would open their files encrypted.
#[test]
fn no_symbol_of_sqlite_leaves_the_program() {
    let listed = std::process::Command::new("nm")
        .args(["-D", "--defined-only"])
        .arg(tungnha_tests::program("tung-nha"))
        .output();
    let Ok(listed) = listed else {
        println!("skipped: nm (binutils) is not installed");
        return;
    };
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8_lossy(&listed.stdout);
    let ours: Vec<_> = listed
        .lines()
        .filter(|line| line.contains("sqlite3") || line.contains("sqlcipher"))
        .collect();
    assert!(ours.is_empty(), "{ours:?}");
}

/// What a script in the page could do if one got in: our one command, and nothing of the shell.
#[test]
fn the_page_may_ask_for_nothing_else() {
    let Some(desktop) = Desktop::or_skip("fence") else {
        return;
    };
    let window = desktop.open();
    let state = window.ask("state", json!(null)).expect("the program answers");
    assert_eq!(state["phase"], "new", "{state}");
    assert_eq!(
        window.ask("no_such_command", json!({})).expect_err("unknown")["code"],
        "unknown_command"
    );
    for command in [
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        "plugin:path|resolve_directory",
        "plugin:app|version",
        "plugin:resources|close",
    ] {
        let refused = window.invoke(command, json!({})).expect_err(command);
        let said = refused.as_str().unwrap_or_default();
        assert!(said.contains("not allowed"), "{command}: {refused}");
    }
    assert_eq!(window.script("return typeof window.__TAURI__", vec![]), "undefined");
    let injected = window.script(
        "const script = document.createElement('script'); script.textContent = 'window.injected = 1';
         document.body.append(script);
         const style = document.createElement('style'); style.textContent = 'body { color: red }';
         document.head.append(style);
         return [typeof window.injected, style.sheet?.cssRules?.length ?? 0];",
        vec![],
    );
    assert_eq!(
        injected,
        json!(["undefined", 0]),
        "the content rules hold in the window"
    );
    // The camera's pictures may be looked at; a script gets none, and no door leads there.
    let fetched = window.script(
        "return fetch('camera://localhost/1/1').then(() => 'fetched', () => 'refused');",
        vec![],
    );
    assert_eq!(fetched, "refused");
    window.script("location.href = 'camera://localhost/1/1'", vec![]);
    window.picture("first-screen");
    window.sees("Máy này chưa được phường/xã giao");
}

/// A second window in the same folder would be a second hand in the same database.
#[test]
fn a_second_window_says_in_use_and_goes() {
    let Some(desktop) = Desktop::or_skip("second") else {
        return;
    };
    let window = desktop.open();
    let second = desktop.start_and_wait();
    assert_eq!(second.status.code(), Some(3), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("in_use"));
    drop(window);
    // And after the first has gone, the folder is free.
    desktop.open().ask("state", json!(null)).expect("the program answers");
}
