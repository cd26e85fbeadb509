//! Reports of devices and the coordinator's board.

use crate::{
    error::{Denied, GatewayError},
    gateway::Gateway,
    rules::{access::may_see_board, reports::is_plausible},
    store::{self, devices, envelopes, grants, healing, reports, teams},
};
use domain::{
    ids::{DeviceId, UnixTime},
    place::CommuneCode,
    state::State,
};
use protocol::{
    board::{Board, BoardDevice},
    report::{Acknowledged, DeviceReport},
    signed::Signed,
};
use rusqlite::Transaction;

/// Most gaps listed for one device.
const GAPS_LISTED: u32 = 20;

impl Gateway {
    /// `POST /v1/reports`, signed by the device's signing or transport key.
    pub fn report(&self, device: DeviceId, request: &[u8]) -> Result<Vec<u8>, Denied> {
        let device = self.device(device)?;
        let report: DeviceReport =
            Signed::verify(request, &[device.signing, device.transport]).map_err(|_| Denied::Malformed)?;
        if report.device != device.id {
            return Err(Denied::Forbidden);
        }
        if !is_plausible(&report) {
            return Err(Denied::Malformed);
        }
        let now = self.now();
        self.store.write(|tx| -> Result<_, Denied> {
            devices::touch(tx, device.id, now)?;
            Ok(reports::put(tx, &report, now)?)
        })?;
        Ok(self.sign(&Acknowledged {
            time: now,
            ext: Default::default(),
        }))
    }

    /// `GET /v1/communes/{code}/board`, for coordinators' devices that were granted that commune.
    pub fn board(&self, device: DeviceId, commune: CommuneCode) -> Result<Board, Denied> {
        self.may_see(device, commune)?;
        Ok(self.board_of(commune)?)
    }

    /// Whether a device may see the board of a commune.
    pub fn may_see(&self, device: DeviceId, commune: CommuneCode) -> Result<(), Denied> {
        let device = self.device(device)?;
        let granted = self.store.read(|tx| grants::of(tx, device.id))?;
        if !may_see_board(device.role, device.revoked_at.is_some(), &granted, commune) {
            return Err(Denied::Forbidden);
        }
        Ok(())
    }

    /// The board of any commune, for whoever sits at the server.
    ///
    /// # Errors
    /// `usage` for a commune that does not exist.
    pub fn board_of(&self, commune: CommuneCode) -> Result<Board, GatewayError> {
        if self.master()?.commune(commune).is_none() {
            return Err(GatewayError::Usage("no such commune"));
        }
        let time = self.now();
        self.store.read(|tx| {
            let registrations = store::board::counts(tx, commune)?;
            let devices = devices::of_commune(tx, commune)?;
            let devices = devices
                .iter()
                .map(|device| line(tx, device))
                .collect::<Result<_, _>>()?;
            Ok(Board {
                commune: commune.to_string(),
                time,
                registrations,
                devices,
                refusals: store::board::refusals(tx, commune)?,
                pools: store::blanks::accounts(tx, commune)?,
            })
        })
    }
}

fn line(tx: &Transaction<'_>, device: &devices::Device) -> Result<BoardDevice, GatewayError> {
    let mut flags = devices::flags(tx, device.id)?;
    flags.extend(healing::of(tx, device.id)?.flag());
    flags.extend(
        envelopes::gaps(tx, device.id, GAPS_LISTED)?
            .iter()
            .map(ToString::to_string),
    );
    let report = reports::get(tx, device.id)?;
    let (report, received_at): (Option<DeviceReport>, Option<UnixTime>) = report.unzip();
    let by_state = report.iter().flat_map(|report| &report.by_state);
    Ok(BoardDevice {
        device: device.id,
        team: teams::name(tx, device.team)?,
        last_contact: device.last_contact,
        oldest_unsent: report.as_ref().and_then(|report| report.oldest_unsent),
        unsent: report.as_ref().map(|report| report.unsent),
        by_state: State::ALL
            .iter()
            .map(|state| state.name().to_owned())
            .zip(by_state.copied())
            .collect(),
        clock_ahead: report
            .as_ref()
            .zip(received_at)
            .map(|(report, at)| report.time.saturating_sub(at)),
        program: report.as_ref().map(|report| report.program.clone()),
        secret: report.map(|report| report.secret),
        fingerprint: Some(device.signing.fingerprint()),
        flags,
        revoked: device.revoked_at.is_some(),
    })
}
