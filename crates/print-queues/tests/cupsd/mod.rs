//! A cupsd of the test's own, with its own folders and socket; it ends with the test.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

pub struct Cupsd {
    folder: tempfile::TempDir,
    program: Option<Child>,
}

const PROGRAM: &str = "/usr/sbin/cupsd";
/// What turns PDF into a printer's pages (package cups-filters).
const FILTER: &str = "/usr/lib/cups/filter/pdftopdf";

impl Cupsd {
    /// `None` where there is no cupsd, and says so.
    pub fn start() -> Option<Self> {
        for (what, path) in [
            ("cupsd", PROGRAM),
            ("cups-filters", FILTER),
            ("lpadmin", "/usr/sbin/lpadmin"),
        ] {
            if !Path::new(path).exists() {
                eprintln!("skipped: {what} missing");
                return None;
            }
        }
        // Filters run as another user, who has to get through.
        let folder = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir()
            .unwrap();
        let path = folder.path();
        let text = path.display();
        for name in [
            "root",
            "root/ppd",
            "spool",
            "spool/tmp",
            "cache",
            "state",
            "state/certs",
            "log",
            "out",
        ] {
            fs::create_dir_all(path.join(name)).unwrap();
        }
        for name in ["spool/tmp", "out"] {
            fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o1777)).unwrap();
        }
        fs::write(
            path.join("files.conf"),
            format!(
                "FileDevice Yes\nServerRoot {text}/root\nRequestRoot {text}/spool\nTempDir {text}/spool/tmp\n\
                 CacheDir {text}/cache\nStateDir {text}/state\nAccessLog {text}/log/access\nErrorLog {text}/log/error\n\
                 PageLog {text}/log/page\nSystemGroup root\n"
            ),
        )
        .unwrap();
        // Printing, asking and cancelling follow CUPS's usual rules; only the setting up is open to the test.
        fs::write(
            path.join("cupsd.conf"),
            format!(
                "Listen {text}/cups.sock\nLogLevel warn\nBrowsing Off\nDefaultAuthType Basic\n\
                 <Location />\nOrder allow,deny\nAllow all\n</Location>\n\
                 <Policy default>\n\
                 <Limit Cancel-Job Purge-Jobs CUPS-Get-Document>\nRequire user @OWNER @SYSTEM\nOrder deny,allow\n</Limit>\n\
                 <Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
            ),
        )
        .unwrap();
        let program = Command::new(PROGRAM)
            .arg("-f")
            .arg("-c")
            .arg(path.join("cupsd.conf"))
            .arg("-s")
            .arg(path.join("files.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cupsd = Self {
            program: Some(program),
            folder,
        };
        for _ in 0..400 {
            if std::os::unix::net::UnixStream::connect(cupsd.socket()).is_ok() {
                return Some(cupsd);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(cupsd.folder().join("log/error")).unwrap_or_default();
        panic!("cupsd does not start: {log}");
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder().join("cups.sock")
    }

    /// One of CUPS's own programs, talking to this server.
    #[track_caller]
    pub fn run(&self, program: &str, arguments: &[&str]) {
        let path = Path::new("/usr/sbin").join(program);
        let output = Command::new(path)
            .args(arguments)
            .env("CUPS_SERVER", self.socket())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
    }

    #[track_caller]
    pub fn lpadmin(&self, arguments: &[&str]) {
        self.run("lpadmin", arguments);
    }

    /// Documents of a job that the spool still holds.
    pub fn documents(&self, job: u32) -> usize {
        let name = format!("d{job:05}-");
        fs::read_dir(self.folder().join("spool"))
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(&name))
            .count()
    }

    /// A queue with a driver: the system's own filters turn our PDF into this printer's PDF.
    #[track_caller]
    pub fn office(&self, name: &str, address: std::net::SocketAddr) {
        let driver = self.folder().join("office.ppd");
        fs::write(&driver, include_bytes!("office.ppd")).unwrap();
        let (uri, driver) = (format!("socket://{address}"), driver.to_string_lossy().into_owned());
        self.lpadmin(&["-p", name, "-E", "-v", &uri, "-P", &driver, "-D", "Văn phòng"]);
    }

    pub fn stop(&mut self) {
        if let Some(mut program) = self.program.take() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

impl Drop for Cupsd {
    fn drop(&mut self) {
        self.stop();
    }
}
