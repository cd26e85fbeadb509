//! The window for a person to try, or walked by itself where there is no display.

use std::env;
use std::fs;
use std::path::Path;

use crate::build;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::gateway::{Gateway, PIN};
use crate::proc::{Child, on_path};
use crate::report::Outcome;

/// Whether a window could be seen.
pub fn has_display() -> bool {
    cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Starts a gateway of the development realm, enrols a device with it and opens the window; returns when it is closed.
/// Everything lies in `target/run/window` and begins anew with each run.
///
/// # Errors
/// When the gateway does not start, the device is not enrolled or the window ends with an error.
pub fn open(ctx: &Context) -> Result<Outcome> {
    let folder = ctx.target.join("run").join("window");
    begin(&folder)?;
    let population = folder.join("population.csv");
    let people = ctx.root.join("fixtures").join("practice.csv");
    let people = fs::read_to_string(&people).map_err(|source| io(&people, source))?;
    fs::write(&population, register(&people)).map_err(|source| io(&population, source))?;
    let gateway = Gateway::start(ctx, &folder, &population)?;
    let secrets = folder.join("secrets");
    gateway.hand_over(ctx, &folder.join("device"), &secrets)?;
    println!("The window opens with a device of the development realm: nothing in it is real.");
    println!("  PIN of Lê Thị Tập: {PIN}");
    println!("  gateway: {} (its log is {})", gateway.url, gateway.log.display());
    println!(
        "  pictures of cards to register: {}",
        ctx.root.join("fixtures").join("idcards").display()
    );
    println!("  Luyện tập on the first screen needs no PIN and no network.");
    Child::new(&ctx.root, ctx.program("tung-nha"))
        .env("TUNGNHA_HOME", &folder)
        .env("TUNGNHA_SECRETS", &secrets)
        .run()
        .map(|()| Outcome::Passed)
}

/// Walks the journeys of `tests/tests/window/` through the real window in a display in memory; pictures and what was
/// seen stay in `target/run/window`.
///
/// # Errors
/// That of the first journey that fails.
pub fn walk(ctx: &Context) -> Result<Outcome> {
    for (tool, package) in [("Xvfb", "xvfb"), ("WebKitWebDriver", "webkit2gtk-driver")] {
        if !on_path(tool) {
            return Ok(Outcome::Skipped(format!("{tool} ({package}) is not installed")));
        }
    }
    let folder = ctx.target.join("run").join("window");
    begin(&folder)?;
    let only = [
        "--quiet",
        "--test",
        "window",
        "--",
        "--test-threads",
        "1",
        "--nocapture",
    ];
    Child::cargo(&ctx.root)
        .args(["test"])
        .args(build::WORKSPACE)
        .args(only)
        .env("TUNGNHA_PICTURES", &folder)
        .run()?;
    summary(&folder)?;
    let shown = folder.strip_prefix(&ctx.root).unwrap_or(&folder).display().to_string();
    Ok(Outcome::Noted(format!("pictures in {shown}")))
}

/// What there is to look at, journey by journey.
fn summary(folder: &Path) -> Result<()> {
    let names = |folder: &Path| -> Result<Vec<String>> {
        let entries = fs::read_dir(folder).map_err(|source| io(folder, source))?;
        let mut names: Vec<_> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        Ok(names)
    };
    let mut text =
        String::from("Journeys through the real window, all of them to their end. Everybody in them is invented.\n");
    for story in names(folder)? {
        text += &format!("\n{story}\n");
        for file in names(&folder.join(&story))? {
            text += &format!("  {file}\n");
        }
    }
    let path = folder.join("summary.txt");
    fs::write(&path, text).map_err(|source| io(&path, source))
}

/// The simulated national register of the people whose cards lie in `fixtures/idcards`. The columns it needs are the first
/// four, none of which holds a comma.
fn register(people: &str) -> String {
    let mut register = String::from("pin,name,birth,sex,deceased\n");
    for line in people.lines().skip(1) {
        let mut columns = line.split(',');
        if let (Some(name), Some(number), Some(birth), Some(sex)) =
            (columns.next(), columns.next(), columns.next(), columns.next())
        {
            register += &format!("{number},{name},{birth},{sex},0\n");
        }
    }
    register
}

/// An empty folder; what a run before left is ours to remove.
fn begin(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|source| io(folder, source))?;
    }
    fs::create_dir_all(folder).map_err(|source| io(folder, source))
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        what: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_knows_the_practice_people() {
        let register = register(include_str!("../../fixtures/practice.csv"));
        assert_eq!(register.lines().count(), 13);
        assert!(register.contains("048188999301,Trần Thị Mỹ Hạnh,1988-02-09,female,0\n"));
        assert!(register.lines().skip(1).all(|row| row.split(',').count() == 5));
    }
}
