//! The same expectations of the printer in memory and of a CUPS of the test's own: own folders, own socket, never the
//! machine's.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod cupsd;

use app::paper::{
    printer::{Job, JobState, JobStatus, Loaded, Printer, PrinterError, Speaks, Trouble},
    simulated::Simulated,
};
use cupsd::Cupsd;
use domain::ids::Realm;
use print::{CardFace, escpos, sheet_pdf, slip_pdf};
use print_queues::{Cups, DeviceFiles};
use std::{
    io::Read as _,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

const QR: &str = "TNC1:7KQ2M4XA9RTW0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn face() -> CardFace {
    CardFace {
        qr_text: QR.to_owned(),
        code: "7KQ2-M4XA-9RTW".to_owned(),
        name: Some("Bh'nướch Thị Ngơn".to_owned()),
        issued: "23/11/2026".to_owned(),
        commune: "Xã Tây Giang".to_owned(),
        realm: Realm::Live,
        team: None,
    }
}

fn pdf(document: &[u8]) -> Job<'_> {
    Job {
        title: "Tung Nha cards",
        document,
        speaks: Speaks::Pdf,
        media: Some("iso_a4_210x297mm"),
    }
}

fn raw(document: &[u8]) -> Job<'_> {
    Job {
        title: "Tung Nha slip",
        document,
        speaks: Speaks::EscPos,
        media: None,
    }
}

/// Looks again until it is as expected.
#[track_caller]
fn until(printer: &dyn Printer, queue: &str, job: u32, expected: impl Fn(JobStatus) -> bool) -> JobStatus {
    let mut status = printer.job(queue, job).unwrap();
    for _ in 0..300 {
        if expected(status) {
            return status;
        }
        std::thread::sleep(Duration::from_millis(100));
        status = printer.job(queue, job).unwrap();
    }
    panic!("{queue}, job {job}: still {status:?} after half a minute");
}

#[track_caller]
fn done(printer: &dyn Printer, queue: &str, job: u32) {
    let status = until(printer, queue, job, |status| status.state.is_over());
    assert_eq!(status.state, JobState::Done, "{status:?}");
}

/// What every printer promises; `queue` takes `job`.
fn contract(printer: &dyn Printer, queue: &str, job: &Job<'_>) {
    let known = printer.queues().unwrap();
    let known = known.iter().find(|known| known.name == queue).expect("listed");
    assert!(known.ready && known.trouble.is_none(), "{known:?}");
    assert_eq!(known.speaks, job.speaks);

    let first = printer.submit(queue, job).unwrap();
    let second = printer.submit(queue, job).unwrap();
    assert_ne!(first, second);
    done(printer, queue, first);
    done(printer, queue, second);
    // Asking again changes nothing, and forgetting is allowed when it is over.
    done(printer, queue, first);
    printer.forget(queue, first).unwrap();

    assert_eq!(printer.submit("khong-co", job), Err(PrinterError::UnknownQueue));
    assert_eq!(printer.job(queue, 999_999), Err(PrinterError::UnknownJob));
    assert_eq!(printer.forget(queue, 999_999), Err(PrinterError::UnknownJob));
}

#[test]
fn the_printer_in_memory_keeps_the_contract() {
    let printer = Simulated::new();
    printer.add("a4", Loaded::Sheets, Speaks::Pdf);
    contract(&printer, "a4", &pdf(b"%PDF"));
    printer.trouble("a4", Some(Trouble::OutOfPaper));
    let job = printer.submit("a4", &pdf(b"%PDF")).unwrap();
    let status = printer.job("a4", job).unwrap();
    assert_eq!(
        (status.state, status.trouble),
        (JobState::Waiting, Some(Trouble::OutOfPaper))
    );
    printer.trouble("a4", None);
    done(&printer, "a4", job);
    printer.remove("a4");
    assert_eq!(printer.job("a4", job), Err(PrinterError::UnknownJob));
    printer.away(true);
    assert_eq!(printer.queues(), Err(PrinterError::NoSystem));
}

#[test]
fn a_device_file_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    std::fs::write(&path, b"").unwrap();
    std::fs::write(folder.path().join("other"), b"").unwrap();
    let printer = DeviceFiles::in_folders(vec![(folder.path().into(), "lp"), ("/not/there".into(), "lp")]);
    let queue = path.to_str().unwrap();
    assert_eq!(printer.queues().unwrap().len(), 1);
    let slip = escpos(&slip_pdf(&face(), true).unwrap()).unwrap();
    contract(&printer, queue, &raw(&slip));
    assert!(std::fs::read(&path).unwrap().get(..slip.len()) == Some(&slip[..]));
    assert_eq!(printer.submit(queue, &pdf(b"%PDF")), Err(PrinterError::NotAccepting));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(printer.submit(queue, &raw(&slip)), Err(PrinterError::UnknownQueue));
}

#[test]
fn no_print_system_is_an_answer() {
    let printer = Cups::at(Path::new("/not/there/cups.sock"));
    assert_eq!(printer.queues(), Err(PrinterError::NoSystem));
    assert_eq!(printer.submit("a", &pdf(b"%PDF")), Err(PrinterError::NoSystem));
    assert_eq!(printer.job("a", 1), Err(PrinterError::NoSystem));
}

#[test]
fn cups_itself() {
    let Some(mut cupsd) = Cupsd::start() else { return };
    let printer = Cups::at(&cupsd.socket());
    assert_eq!(printer.queues(), Ok(Vec::new()), "no queue yet");

    // A receipt printer on the network: a raw queue, and a socket that swallows.
    let (address, swallowed) = receipt_printer();
    cupsd.lpadmin(&["-p", "receipt", "-E", "-v", &format!("socket://{address}"), "-m", "raw"]);
    let slip = escpos(&slip_pdf(&face(), true).unwrap()).unwrap();
    contract(&printer, "receipt", &raw(&slip));
    assert!(
        swallowed.lock().unwrap().as_slice() == [slip.clone(), slip.clone()],
        "to the byte, twice"
    );
    let queues = printer.queues().unwrap();
    assert_eq!((queues[0].loaded, queues[0].speaks), (Loaded::Roll, Speaks::EscPos));

    stopped_closed_deleted(&cupsd, &printer, &slip);
    away(&cupsd, &printer, &slip);
    a_page_comes_out(&cupsd, &printer);
    cupsd.stop();
    assert_eq!(printer.queues(), Err(PrinterError::NoSystem), "it died under us");
}

type Swallowed = Arc<Mutex<Vec<Vec<u8>>>>;

/// Takes what comes, one document for each connection, for as long as the test runs.
fn receipt_printer() -> (std::net::SocketAddr, Swallowed) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let swallowed = Swallowed::default();
    let into = Arc::clone(&swallowed);
    std::thread::spawn(move || {
        for mut document in listener.incoming().flatten() {
            let mut bytes = Vec::new();
            if document.read_to_end(&mut bytes).is_ok() {
                into.lock().unwrap().push(bytes);
            }
        }
    });
    (address, swallowed)
}

fn stopped_closed_deleted(cupsd: &Cupsd, printer: &Cups, slip: &[u8]) {
    cupsd.run("cupsdisable", &["receipt"]);
    let job = printer.submit("receipt", &raw(slip)).unwrap();
    let status = printer.job("receipt", job).unwrap();
    assert_eq!(
        (status.state, status.trouble),
        (JobState::Waiting, Some(Trouble::Stopped))
    );
    assert!(!printer.queues().unwrap()[0].ready);
    assert_eq!(cupsd.documents(job), 1, "the job waits with its document");
    cupsd.run("cupsenable", &["receipt"]);
    done(printer, "receipt", job);
    // CUPS would keep what was printed for a day.
    assert_eq!(cupsd.documents(job), 1);
    printer.forget("receipt", job).unwrap();
    assert_eq!(cupsd.documents(job), 0, "no plaintext stays behind");

    cupsd.run("cupsreject", &["receipt"]);
    assert_eq!(printer.submit("receipt", &raw(slip)), Err(PrinterError::NotAccepting));
    assert_eq!(printer.queues().unwrap()[0].trouble, Some(Trouble::NotAccepting));
    cupsd.run("cupsaccept", &["receipt"]);

    cupsd.run("cupsdisable", &["receipt"]);
    let job = printer.submit("receipt", &raw(slip)).unwrap();
    cupsd.lpadmin(&["-x", "receipt"]);
    assert_eq!(printer.submit("receipt", &raw(slip)), Err(PrinterError::UnknownQueue));
    let after = printer.job("receipt", job).map(|status| status.state);
    assert!(
        matches!(
            after,
            Err(PrinterError::UnknownJob) | Ok(JobState::Cancelled | JobState::Failed)
        ),
        "{after:?}"
    );
}

fn away(cupsd: &Cupsd, printer: &Cups, slip: &[u8]) {
    // Nobody listens on the discard port.
    cupsd.lpadmin(&["-p", "away", "-E", "-v", "socket://127.0.0.1:9", "-m", "raw"]);
    let job = printer.submit("away", &raw(slip)).unwrap();
    let status = until(printer, "away", job, |status| status.trouble.is_some());
    assert_eq!(status.trouble, Some(Trouble::Offline));
    assert!(!status.state.is_over(), "the job stays: {status:?}");
    printer.forget("away", job).unwrap();
    assert_eq!(cupsd.documents(job), 0);
    let after = printer.job("away", job).map(|status| status.state);
    assert!(
        matches!(after, Err(PrinterError::UnknownJob) | Ok(JobState::Cancelled)),
        "{after:?}"
    );
}

/// Through the system's own filters, and read back from what the printer got.
fn a_page_comes_out(cupsd: &Cupsd, printer: &Cups) {
    let (address, swallowed) = receipt_printer();
    cupsd.office("office", address);
    let queues = printer.queues().unwrap();
    let office = queues.iter().find(|queue| queue.name == "office").expect("listed");
    assert_eq!((office.speaks, office.loaded), (Speaks::Pdf, Loaded::Sheets));
    assert_eq!(office.description, "Văn phòng");
    for (what, document) in [
        ("sheet", sheet_pdf(&[face()]).unwrap()),
        ("slip", slip_pdf(&face(), true).unwrap()),
    ] {
        let job = printer.submit("office", &pdf(&document)).unwrap();
        done(printer, "office", job);
        printer.forget("office", job).unwrap();
        let arrived = cupsd.folder().join(what).with_extension("pdf");
        std::fs::write(&arrived, swallowed.lock().unwrap().pop().expect("it arrived")).unwrap();
        let picture = cupsd.folder().join(what);
        let rasterised = Command::new("pdftoppm")
            .args(["-r", "200", "-png", "-gray", "-singlefile"])
            .args([&arrived, &picture])
            .status();
        if !rasterised.is_ok_and(|status| status.success()) {
            eprintln!("skipped: pdftoppm missing");
            return;
        }
        let png = std::fs::read(picture.with_extension("png")).unwrap();
        let found = scan::scan_picture(&png, &mut || true).unwrap();
        let texts: Vec<_> = found.iter().filter_map(|found| found.text.as_deref()).collect();
        assert_eq!(texts, [QR], "{what}");
        let page = image::load_from_memory(&png).unwrap();
        let (width, height) = (page.width() as f32 / 200.0 * 25.4, page.height() as f32 / 200.0 * 25.4);
        assert!(
            (width - 210.0).abs() < 1.0 && (height - 297.0).abs() < 1.0,
            "{what}: {width} x {height} mm"
        );
        // "Fit to page" would have changed the size of the code: 29 modules in the card's box with its quiet zone, or of
        // eleven dots each on the slip.
        let module = if what == "sheet" {
            36.98 / (29.0 + 8.0)
        } else {
            11.0 / 8.0
        };
        let side = dark_width(&page.to_luma8(), found[0].corners) as f32 / 200.0 * 25.4;
        assert!(
            (side / (module * 29.0) - 1.0).abs() < 0.01,
            "{what}: {side} mm, not {} mm",
            module * 29.0
        );
    }
}

/// From the first to the last dark pixel across a code: its quiet zone is wider than the place it was read at is wrong.
fn dark_width(page: &image::GrayImage, corners: [(f32, f32); 4]) -> u32 {
    let among = |pick: fn(&(f32, f32)) -> f32| {
        let sorted = corners.iter().map(pick);
        (sorted.clone().fold(f32::MAX, f32::min), sorted.fold(0.0, f32::max))
    };
    let ((left, right), (top, bottom)) = (among(|corner| corner.0), among(|corner| corner.1));
    let margin = (right - left) / 16.0;
    let inside = |low: f32, high: f32, end: u32| (low - margin).max(0.0) as u32..((high + margin) as u32).min(end);
    let rows = inside(top, bottom, page.height());
    let dark: Vec<u32> = inside(left, right, page.width())
        .filter(|&x| rows.clone().any(|y| page.get_pixel(x, y).0[0] < 128))
        .collect();
    dark.last().expect("a code") - dark.first().expect("a code") + 1
}
