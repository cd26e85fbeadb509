//! Nothing the command line writes replaces a file it did not make.

use super::*;

/// Every command that writes a file somebody names; a new one is missing here only until its help is read below.
const WRITES: [(&str, &str); 5] = [
    ("card", "taken.pdf"),
    ("sheet", "taken.pdf"),
    ("slip", "taken.pdf"),
    ("slip", "taken.bin"),
    ("consent-copy", "taken.pdf"),
];

#[test]
fn a_taken_name_is_refused_and_its_file_and_its_neighbours_are_untouched() {
    let device = Device::practice();
    let saved = device.register(&Person::number(11).draft()).ok().clone();
    let rid = saved["rid"].as_str().unwrap();
    for (command, name) in WRITES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let write = || device.run(&[command, rid, "--out", path.to_str().unwrap()]);
        // Somebody else's files, one of them named as an unfinished one once was.
        fs::write(&path, "mine").unwrap();
        fs::write(path.with_extension("part"), "also mine").unwrap();
        let before = files(folder.path());
        let refused = write();
        assert_eq!(refused.error(1), "file_exists", "{command}: {refused:?}");
        assert_eq!(files(folder.path()), before, "{command}");
        // A link is a name too, even one that leads nowhere.
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        assert_eq!(write().error(1), "file_exists", "{command}");
        assert!(!folder.path().join("elsewhere").exists(), "{command}");
        // A free name is written whole, and nothing is left beside it.
        fs::remove_file(&path).unwrap();
        write().ok();
        let names = || fs::read_dir(folder.path()).unwrap().count();
        assert!(!read(path.clone()).is_empty());
        assert_eq!(names(), 2, "{command} left something behind");
    }
}

#[test]
fn every_command_that_writes_a_file_is_tried_above() {
    let help = |command: &[&str]| {
        let ran = Command::new(program("tungnhactl")).args(command).arg("--help").output();
        String::from_utf8(ran.unwrap().stdout).unwrap()
    };
    let all = help(&[]);
    let commands = all
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let writing: Vec<_> = commands.filter(|name| help(&[name]).contains("--out ")).collect();
    let tried: std::collections::BTreeSet<_> = WRITES.iter().map(|(command, _)| *command).collect();
    assert_eq!(writing.into_iter().collect::<std::collections::BTreeSet<_>>(), tried);
}
