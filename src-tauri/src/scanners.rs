//! Hand scanners at a serial port (USB CDC), behind the port of `app::eyes`. Bytes as they come, never text.

use app::eyes::{CameraError, SCANNER_WAIT, Scanner, ScannerName, Scanners};
use serialport::{ErrorKind, SerialPort, SerialPortInfo, SerialPortType};
use std::io::{self, Read as _};

/// What scanners are set to when they leave the factory; over USB it means nothing.
const BAUD: u32 = 9600;

/// The serial ports of this machine.
pub struct SerialPorts;

impl Scanners for SerialPorts {
    fn list(&self) -> Result<Vec<ScannerName>, CameraError> {
        let mut listed = serialport::available_ports().map_err(|error| failed(error.kind()))?;
        // A port of a testing machine has no place in the system's list.
        #[cfg(debug_assertions)]
        listed.extend(std::env::var("TUNGNHA_SCANNER_PORT").ok().map(|port_name| SerialPortInfo {
            port_name,
            port_type: SerialPortType::Unknown,
        }));
        listed.sort_by_key(|port| (!matches!(port.port_type, SerialPortType::UsbPort(_)), port.port_name.clone()));
        Ok(listed.iter().map(name).collect())
    }

    fn open(&self, id: &str) -> Result<Box<dyn Scanner>, CameraError> {
        let path = self.path(id)?;
        let port = serialport::new(path, BAUD)
            .timeout(SCANNER_WAIT)
            .open()
            .map_err(|error| opening(error.kind()))?;
        Ok(Box::new(Port(port)))
    }
}

impl SerialPorts {
    /// Where the port is now: numbers change with every cable that is plugged in.
    fn path(&self, id: &str) -> Result<String, CameraError> {
        let mut listed = serialport::available_ports().map_err(|error| failed(error.kind()))?;
        #[cfg(debug_assertions)]
        listed.extend(std::env::var("TUNGNHA_SCANNER_PORT").ok().map(|port_name| SerialPortInfo {
            port_name,
            port_type: SerialPortType::Unknown,
        }));
        let found = listed.into_iter().find(|port| name(port).id == id);
        found.map(|port| port.port_name).ok_or(CameraError::Missing)
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
