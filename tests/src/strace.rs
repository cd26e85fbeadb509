//! What a program asked of the system, told by strace: writes, syncs, renames and what it said, in their order.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

/// Calls that write, sync, move or tell.
const CALLS: &str = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2";

/// One call, when it was begun (a write) or had ended (a sync).
#[derive(Debug)]
pub enum Call {
    /// Bytes went to a file.
    Written(String),
    /// Everything written to a file or folder is on the disk.
    Synced(String),
    /// A file has another name now.
    Renamed(String),
    /// Bytes went to standard output or over the network.
    Told,
}

/// A command before which strace stands; `None` where there is none or it may not trace.
pub fn command(program: &Path, trace: &Path) -> Option<Command> {
    let may = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        println!("skipped: strace is not installed, or may not trace here");
        return None;
    }
    let mut command = Command::new("strace");
    // -D: the program keeps the number of the child that was started, so that ending it ends the program.
    command
        .args(["-D", "-f", "-y", "-s", "0", "-e", CALLS, "-o"])
        .arg(trace)
        .arg(program);
    Some(command)
}

/// The calls of a trace.
pub fn calls(trace: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((process, said)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let said = said.trim_start();
        let sync = |said: &str| said.starts_with("fsync(") || said.starts_with("fdatasync(");
        if said.ends_with("<unfinished ...>") {
            begun.insert(process, said);
            if !sync(said) {
                calls.extend(call(said));
            }
        } else if said.starts_with("<... ") {
            // What was begun counts from its beginning, but a sync from its end.
            if let Some(first) = begun.remove(process).filter(|first| sync(first)) {
                calls.extend(call(first));
            }
        } else {
            calls.extend(call(said));
        }
    }
    calls
}

fn call(said: &str) -> Option<Call> {
    let (name, arguments) = said.split_once('(')?;
    let file = || {
        let (_, rest) = arguments.split_once('<')?;
        Some(rest.split_once('>')?.0.to_owned())
    };
    match name {
        "fsync" | "fdatasync" => Some(Call::Synced(file()?)),
        "rename" | "renameat" | "renameat2" => Some(Call::Renamed(arguments.rsplit('"').nth(1)?.to_owned())),
        _ if arguments.starts_with("1<") => Some(Call::Told),
        _ => {
            let file = file()?;
            let network = file.starts_with("TCP") || file.starts_with("socket:");
            Some(if network { Call::Told } else { Call::Written(file) })
        }
    }
}

/// Files of `folder` that were told of before what was written to them was on the disk. `counts` says which files matter.
pub fn told_too_early(calls: &[Call], folder: &Path, counts: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let folder = folder.to_str().expect("a plain path");
    let (mut open, mut early) = (BTreeSet::new(), BTreeSet::new());
    for call in calls {
        match call {
            Call::Written(file) if file.starts_with(folder) && counts(file) => {
                open.insert(file.clone());
            }
            // A new name is a change of the folder.
            Call::Renamed(file) if file.starts_with(folder) && counts(file) => {
                open.extend(Path::new(file).parent().and_then(Path::to_str).map(str::to_owned));
            }
            Call::Synced(file) => {
                open.remove(file);
            }
            Call::Told => early.extend(open.iter().cloned()),
            _ => {}
        }
    }
    early
}
