//! `card-text parse` and `scan`: need no device.

use crate::output::{Failure, Output};
use app::{
    env::{Env, SystemEnv},
    verify,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::idcard;
use serde::Serialize;
use std::{
    ffi::OsStr,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

/// Most bytes read of one file; a longer one is refused, not cut.
const MAX_PICTURE: u64 = 64 * 1024 * 1024;
const MAX_TEXT: u64 = 64 * 1024;

fn read(path: &OsStr, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match path.to_str() {
        Some("-") => std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?,
        _ => File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

/// A file that cannot be read is named in its own line and does not keep the others from being read.
#[derive(Serialize)]
struct Unread<'a> {
    file: &'a str,
    error: &'static str,
}

pub fn parse(files: &[String], out: &mut Output) -> Result<u8, Failure> {
    #[derive(Serialize)]
    struct Line<'a> {
        file: &'a str,
        #[serde(flatten)]
        reading: idcard::IdCardReading,
    }
    let mut status = 0;
    for file in files {
        match read(OsStr::new(file), MAX_TEXT) {
            Ok(bytes) => {
                let reading = idcard::read(&bytes);
                let codes = reading.codes.clone();
                out.line(&Line { file, reading })?;
                for code in codes {
                    out.say_named("card", &code);
                }
            }
            Err(_) => {
                out.line(&Unread { file, error: "file" })?;
                out.say("file");
                status = 3;
            }
        }
    }
    Ok(status)
}

pub fn scan(images: &[PathBuf], out: &mut Output, env: &dyn Env) -> Result<u8, Failure> {
    #[derive(Serialize)]
    struct Line<'a> {
        file: &'a str,
        found: bool,
        text: Option<String>,
        bytes_base64: Option<String>,
        ms: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'static str>,
    }
    let mut status = 0;
    for image in images {
        let name = image.to_string_lossy();
        let Ok(bytes) = read(image.as_os_str(), MAX_PICTURE) else {
            out.line(&Unread {
                file: &name,
                error: "file",
            })?;
            out.say("file");
            status = 3;
            continue;
        };
        let start = env.millis();
        let result = scan::scan_picture(&bytes, &mut within(env));
        let ms = env.millis() - start;
        let nothing = |error| Line {
            file: &name,
            found: false,
            text: None,
            bytes_base64: None,
            ms,
            error,
        };
        match result {
            Err(error) => {
                status = status.max(1);
                out.line(&nothing(Some(error.code())))?;
                out.say_named("picture", &error.code());
            }
            Ok(found) if found.is_empty() => {
                out.line(&nothing(None))?;
                out.say_named("picture", &"no_code");
            }
            Ok(found) => {
                for code in found {
                    out.line(&Line {
                        file: &name,
                        found: true,
                        bytes_base64: Some(STANDARD.encode(&code.bytes)),
                        text: code.text,
                        ms,
                        error: None,
                    })?;
                }
            }
        }
    }
    Ok(status)
}

/// A picture on a desk has time: ten seconds for all stages together.
fn within(env: &dyn Env) -> impl FnMut() -> bool {
    env.within(10_000)
}

/// A text given as it is, or in a picture. `None` after it was said why there is none.
pub fn text_of(text: Option<&str>, image: Option<&Path>, out: &mut Output) -> Result<Option<String>, Failure> {
    let Some(image) = image else {
        return Ok(text.map(str::to_owned));
    };
    let file = read(image.as_os_str(), MAX_PICTURE).map_err(|error| Failure::File {
        path: image.to_string_lossy().into_owned(),
        error,
    })?;
    let codes = scan::scan_picture(&file, &mut within(&SystemEnv::new())).map_err(|error| error.code());
    match codes.and_then(|found| verify::text_in(&found).ok_or("no_code")) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            out.line(&Unread {
                file: &image.to_string_lossy(),
                error,
            })?;
            out.say_named("picture", &error);
            Ok(None)
        }
    }
}
