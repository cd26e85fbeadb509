//! Hand scanners at a serial port (USB CDC), behind the port of `host::scanning`. Bytes as they come, never text.

use host::scanning::{CameraError, SCANNER_WAIT, Scanner, ScannerName, Scanners};
use serialport::{ErrorKind, SerialPort, SerialPortInfo, SerialPortType};
use std::io::{self, Read as _};

/// What scanners are set to when they leave the factory; over USB it means nothing.
const BAUD: u32 = 9600;

/// The serial ports of this machine.
pub struct SerialPorts {
    /// One that has no place in the system's list: a pseudo-terminal of a test.
    extra: Option<String>,
}

impl SerialPorts {
    /// Those of the system. In a build for development `TUNGNHA_SCANNER_PORT` may name one more.
    pub fn of_this_machine() -> Self {
        Self {
            extra: match cfg!(debug_assertions) {
                true => std::env::var("TUNGNHA_SCANNER_PORT").ok(),
                false => None,
            },
        }
    }

    fn there(&self) -> Result<Vec<SerialPortInfo>, CameraError> {
        let mut listed = serialport::available_ports().map_err(|error| failed(error.kind()))?;
        listed.extend(self.extra.iter().map(|path| SerialPortInfo {
            port_name: path.clone(),
            port_type: SerialPortType::Unknown,
        }));
        listed.sort_by_key(|port| {
            (
                !matches!(port.port_type, SerialPortType::UsbPort(_)),
                port.port_name.clone(),
            )
        });
        Ok(listed)
    }
}

impl Scanners for SerialPorts {
    fn list(&self) -> Result<Vec<ScannerName>, CameraError> {
        Ok(self.there()?.iter().map(name).collect())
    }

    fn open(&self, id: &str) -> Result<Box<dyn Scanner>, CameraError> {
        // Where it is now: numbers change with every cable that is plugged in.
        let port = self.there()?.into_iter().find(|port| name(port).id == id);
        let port = serialport::new(port.ok_or(CameraError::Missing)?.port_name, BAUD)
            .timeout(SCANNER_WAIT)
            .open()
            .map_err(|error| opening(error.kind()))?;
        Ok(Box::new(Port(port)))
    }
}

/// By maker, product and serial number where the device says them; else the port's own name.
fn name(port: &SerialPortInfo) -> ScannerName {
    let SerialPortType::UsbPort(usb) = &port.port_type else {
        return ScannerName {
            id: port.port_name.clone(),
            name: port.port_name.clone(),
        };
    };
    let words: Vec<&str> = [&usb.manufacturer, &usb.product]
        .into_iter()
        .flatten()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
        .collect();
    let device = match usb.serial_number.as_deref().map(str::trim) {
        Some(serial) if !serial.is_empty() => serial,
        // Two of one kind without numbers can be told apart by their place only.
        _ => &port.port_name,
    };
    ScannerName {
        id: format!("usb/{:04x}:{:04x}/{device}", usb.vid, usb.pid),
        name: match words.is_empty() {
            true => port.port_name.clone(),
            false => format!("{} ({})", words.join(" "), port.port_name),
        },
    }
}

struct Port(Box<dyn SerialPort>);

impl Scanner for Port {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, CameraError> {
        match self.0.read(into) {
            // A port that is there keeps silent; one that is gone has an end.
            Ok(0) => Err(CameraError::Lost),
            Ok(count) => Ok(count),
            Err(error) => match error.kind() {
                io::ErrorKind::TimedOut | io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => Ok(0),
                // Whatever a port that was just working says now (broken pipe, input/output error), its cable was pulled.
                _ => Err(CameraError::Lost),
            },
        }
    }
}

fn failed(kind: ErrorKind) -> CameraError {
    match kind {
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => CameraError::Denied,
        ErrorKind::Io(io::ErrorKind::NotFound) => CameraError::Missing,
        _ => CameraError::Failed,
    }
}

/// While opening, this library says "no device" where another program has the port.
fn opening(kind: ErrorKind) -> CameraError {
    match kind {
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::WouldBlock) => CameraError::Busy,
        other => failed(other),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use serialport::TTYPort;
    use std::io::Write as _;

    /// A cable whose other end is ours.
    fn cable() -> (TTYPort, SerialPorts, String) {
        let (ours, theirs) = TTYPort::pair().expect("a pseudo-terminal");
        let path = theirs.name().expect("it has a name");
        drop(theirs);
        let ports = SerialPorts {
            extra: Some(path.clone()),
        };
        (ours, ports, path)
    }

    #[test]
    fn bytes_come_as_they_were_sent_and_silence_is_no_error() {
        let (mut ours, ports, path) = cable();
        assert!(
            ports
                .list()
                .unwrap()
                .iter()
                .any(|port| port.id == path && port.name == path)
        );
        let mut scanner = ports.open(&path).unwrap();
        let mut buffer = [0; 512];
        assert_eq!(scanner.read(&mut buffer), Ok(0));
        // What a terminal would change: line ends, control characters, letters of two bytes.
        let sent = "048|Trần Thị\r\n\x03\x11\x7f\x00\u{ff}".as_bytes();
        ours.write_all(sent).unwrap();
        let mut came: Vec<u8> = Vec::new();
        while came.len() < sent.len() {
            let count = scanner.read(&mut buffer).unwrap();
            assert!(count > 0, "{came:?}");
            came.extend(&buffer[..count]);
        }
        assert_eq!(came, sent);
        // The cable is pulled.
        drop(ours);
        assert_eq!(scanner.read(&mut buffer), Err(CameraError::Lost));
    }

    #[test]
    fn a_port_that_is_not_there_is_missing() {
        let (_ours, ports, _) = cable();
        assert_eq!(ports.open("/dev/no-such-port").err(), Some(CameraError::Missing));
        let gone = SerialPorts {
            extra: Some("/dev/no-such-port".to_owned()),
        };
        assert_eq!(gone.open("/dev/no-such-port").err(), Some(CameraError::Missing));
    }
}
