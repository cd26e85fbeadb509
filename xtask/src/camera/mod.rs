//! `cargo xtask camera`: the camera's adapter against real Video4Linux devices, on a machine that has none.
//!
//! Where a kernel loads no modules, a small virtual machine does: Debian's own kernel with its test camera (`vivid`) and two
//! devices that a test feeds (`v4l2loopback`), in software emulation, over this machine's own files, read-only. Everything is
//! downloaded as Debian packages into `target/camera` and unpacked there; nothing is installed. Not a part of `cargo xtask test`.

mod initrd;
mod modules;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::proc::{Child, on_path};
use crate::report::Outcome;

/// The machine is emulated: a minute here is seconds elsewhere.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// What the machine says when its test has ended; a number follows.
const ENDED: &str = "the-camera-machine-ended:";
/// The test of the window's crate that needs such a machine.
const TEST: &str = "cameras::machine";

/// # Errors
/// When the machine cannot be made or the adapter fails in it.
pub fn run(ctx: &Context) -> Result<()> {
    match attempt(ctx)? {
        Outcome::Skipped(reason) => println!("skipped: {reason}"),
        Outcome::Noted(note) => println!("{note}"),
        Outcome::Passed => {}
    }
    Ok(())
}

fn attempt(ctx: &Context) -> Result<Outcome> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(Outcome::Skipped(
            "the machine is made of Debian's packages for Linux on x86_64".into(),
        ));
    }
    for tool in ["apt-get", "apt-cache", "dpkg", "make", "gcc-12"] {
        if !on_path(tool) {
            return Ok(Outcome::Skipped(format!(
                "no {tool}, and so no way to make the machine"
            )));
        }
    }
    let parts = Parts {
        folder: ctx.target.join("camera"),
    };
    let Some(kernel) = parts.kernel(ctx) else {
        return Ok(Outcome::Skipped("apt-cache knows no linux-image-amd64".into()));
    };
    if let Err(error) = parts.fetch(ctx, &kernel) {
        return Ok(Outcome::Skipped(format!(
            "the machine's packages cannot be had: {error}"
        )));
    }
    let fed = parts.module(ctx, &kernel)?;
    let test = test_program(ctx)?;
    let initrd = parts.folder.join("initrd");
    let modules = modules::in_order(&parts.root().join("lib/modules").join(&kernel))?;
    initrd::write(
        &initrd,
        &parts.root().join("bin/busybox"),
        &modules,
        &fed,
        &init(ctx, &modules, &test),
    )?;
    parts.boot(&kernel, &initrd)
}

/// What the machine is made of.
struct Parts {
    folder: PathBuf,
}

impl Parts {
    fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// The version that Debian's newest kernel package stands for.
    fn kernel(&self, ctx: &Context) -> Option<String> {
        let answer = Child::new(&ctx.root, "apt-cache")
            .args(["depends", "linux-image-amd64"])
            .answer()?;
        let answer = String::from_utf8(answer).ok()?;
        let (_, rest) = answer.split_once("linux-image-")?.1.split_once("linux-image-")?;
        Some(rest.lines().next()?.trim().to_owned())
    }

    /// Downloads and unpacks, once for each kernel.
    fn fetch(&self, ctx: &Context, kernel: &str) -> Result<()> {
        let done = self.folder.join(format!("unpacked-{kernel}"));
        if done.exists() {
            return Ok(());
        }
        if ctx.no_install {
            return Err(Error::Other("--no-install was given".into()));
        }
        let archives = self.folder.join("archives");
        make_folder(&archives.join("partial"))?;
        let flavour = kernel.trim_end_matches("-amd64");
        let packages = [
            format!("linux-image-{kernel}"),
            format!("linux-headers-{kernel}"),
            format!("linux-headers-{flavour}-common"),
            format!(
                "linux-kbuild-{}",
                kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
            ),
            "v4l2loopback-dkms".into(),
            "busybox-static".into(),
            "qemu-system-x86".into(),
            "qemu-system-data".into(),
            "seabios".into(),
        ];
        let cache = format!("Dir::Cache::archives={}", archives.display());
        Child::new(&ctx.root, "apt-get")
            .args([
                "install",
                "--download-only",
                "--reinstall",
                "-y",
                "-qq",
                "--no-install-recommends",
            ])
            .args(["-o", &cache, "-o", "Debug::NoLocking=1"])
            .args(&packages)
            .run_calmly()?;
        let root = self.root();
        make_folder(&root)?;
        println!("unpacking into {}", root.display());
        for entry in read_folder(&archives)? {
            // Neither a kernel's tools nor another system's init are wanted.
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let unwanted = ["linux-perf", "linux-libc-dev", "systemd", "udev", "initramfs-tools"];
            if name.ends_with(".deb") && !unwanted.iter().any(|prefix| name.starts_with(prefix)) {
                Child::new(&ctx.root, "dpkg")
                    .args([Path::new("-x"), &entry, &root])
                    .answer();
            }
        }
        write(&done, "")
    }

    /// Builds the devices that a test can feed.
    fn module(&self, ctx: &Context, kernel: &str) -> Result<PathBuf> {
        let sources = self.folder.join(format!("v4l2loopback-{kernel}"));
        let module = sources.join("v4l2loopback.ko");
        if module.exists() {
            return Ok(module);
        }
        let src = self.root().join("usr/src");
        let headers = src.join(format!("linux-headers-{kernel}"));
        let common = format!("linux-headers-{}-common", kernel.trim_end_matches("-amd64"));
        // Debian's file names the place where the package would have been installed.
        write(
            &headers.join("Makefile"),
            &format!("include {}\n", src.join(common).join("Makefile").display()),
        )?;
        make_folder(&sources)?;
        let package = read_folder(&src)?
            .into_iter()
            .find(|entry| {
                entry
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("v4l2loopback-"))
            })
            .ok_or_else(|| Error::Other("v4l2loopback-dkms holds no sources".into()))?;
        for file in read_folder(&package)?.into_iter().filter(|file| file.is_file()) {
            let to = sources.join(file.file_name().unwrap_or_default());
            fs::copy(&file, &to).map_err(|source| io(&file, source))?;
        }
        let of = format!("M={}", sources.display());
        Child::new(&ctx.root, "make")
            .args(["-s", "-C", &headers.display().to_string(), &of, "modules"])
            .run_calmly()?;
        Ok(module)
    }

    /// Runs the machine to its end and shows what it says.
    fn boot(&self, kernel: &str, initrd: &Path) -> Result<Outcome> {
        let root = self.root();
        let in_root = |path: &str| root.join(path);
        let program = match on_path("qemu-system-x86_64") {
            true => PathBuf::from("qemu-system-x86_64"),
            false => in_root("usr/bin/qemu-system-x86_64"),
        };
        let libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"]
            .map(|path| in_root(path).display().to_string())
            .join(":");
        println!("$ {} (kernel {kernel}, emulated)", program.display());
        let mut machine = Command::new(&program)
            .env("LD_LIBRARY_PATH", libraries)
            .args(["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "2048"])
            .args(["-nodefaults", "-nographic", "-no-reboot", "-serial", "stdio"])
            .arg("-L")
            .arg(in_root("usr/share/qemu"))
            .arg("-L")
            .arg(in_root("usr/share/seabios"))
            .arg("-kernel")
            .arg(in_root(&format!("boot/vmlinuz-{kernel}")))
            .arg("-initrd")
            .arg(initrd)
            .args(["-append", "console=ttyS0 quiet panic=-1"])
            .args([
                "-fsdev",
                "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
            ])
            .args(["-device", "virtio-9p-pci,fsdev=host,mount_tag=host"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Error::Start {
                command: program.display().to_string(),
                source,
            })?;
        let said = machine.stdout.take().map(BufReader::new);
        let (lines, heard) = mpsc::channel();
        let reader = thread::spawn(move || {
            for line in said
                .into_iter()
                .flat_map(|said| said.split(b'\n'))
                .map_while(std::result::Result::ok)
            {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if lines.send(line).is_err() {
                    break;
                }
            }
        });
        let mut ended = None;
        let mut log = String::new();
        // Each line may take long, all of them may not.
        for _ in 0..PATIENCE.as_secs() {
            match heard.recv_timeout(Duration::from_secs(1)) {
                Ok(line) => {
                    println!("  {line}");
                    log += &line;
                    log.push('\n');
                    if let Some((_, code)) = line.split_once(ENDED) {
                        ended = code.trim().parse::<i32>().ok();
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) if ended.is_none() => {}
                Err(_) => break,
            }
        }
        let _ = machine.kill();
        let _ = machine.wait();
        let _ = reader.join();
        let file = self.folder.join("machine.log");
        write(&file, &log)?;
        match ended {
            Some(0) => Ok(Outcome::Noted(format!(
                "The adapter works with real devices; {} has it all.",
                file.display()
            ))),
            Some(_) => Err(Error::Other(format!(
                "the adapter fails with real devices; see {}",
                file.display()
            ))),
            None => Err(Error::Other(format!(
                "the machine did not come to its end; see {}",
                file.display()
            ))),
        }
    }
}

/// The window's unit tests as one program.
fn test_program(ctx: &Context) -> Result<PathBuf> {
    let built = Child::cargo(&ctx.root)
        .args([
            "test",
            "--locked",
            "-p",
            "tungnha-window",
            "--lib",
            "--no-run",
            "--message-format=json",
        ])
        .read()?;
    String::from_utf8_lossy(&built)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|said| said["target"]["name"] == "window" && said["profile"]["test"] == true)
        .find_map(|said| said["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| Error::Other("cargo did not say where the window's tests are".into()))
}

/// The machine's first and only program.
fn init(ctx: &Context, modules: &[PathBuf], test: &Path) -> String {
    let mut script = String::from(
        "#!/busybox sh\nexport PATH=/\n/busybox mkdir -p /proc /sys /dev /host /top\n\
         /busybox mount -t proc none /proc\n/busybox mount -t sysfs none /sys\n/busybox mount -t devtmpfs none /dev\n",
    );
    for module in modules {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        let how = match &*name {
            "vivid.ko" => " n_devs=1 node_types=0x1 no_error_inj=1",
            _ => "",
        };
        script += &format!("/busybox insmod /{name}{how}\n");
    }
    script += "/busybox insmod /v4l2loopback.ko devices=2 video_nr=9,10 exclusive_caps=1,1 card_label=fed-mjpg,fed-yuyv\n\
         /busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=1048576,cache=loose host /host\n\
         /busybox mount -t tmpfs none /top\n/busybox mkdir /top/up /top/work /top/all\n\
         /busybox mount -t overlay -o lowerdir=/host,upperdir=/top/up,workdir=/top/work none /top/all\n\
         for place in proc sys dev; do /busybox mount --move /$place /top/all/$place; done\n";
    script += &format!(
        "/busybox chroot /top/all /bin/sh -c 'cd \"{}\" && \"{}\" --nocapture --test-threads=1 {TEST}'\n\
         echo {ENDED} $?\n/busybox poweroff -f\n",
        ctx.root.join("src-tauri").display(),
        test.display(),
    );
    script
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io {
        what: path.display().to_string(),
        source,
    }
}

fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|source| io(path, source))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let mut file = fs::File::create(path).map_err(|source| io(path, source))?;
    file.write_all(text.as_bytes()).map_err(|source| io(path, source))
}

fn read_folder(path: &Path) -> Result<Vec<PathBuf>> {
    let mut entries: Vec<_> = fs::read_dir(path)
        .map_err(|source| io(path, source))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    Ok(entries)
}
