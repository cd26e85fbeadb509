//! Which addresses a device talks to.

use crate::ClientError;
use reqwest::Url;
use std::net::IpAddr;

/// A gateway's base address: `https` anywhere, plain `http` only to this very machine (a developer's gateway, tests).
/// A path prefix is kept; user names, queries and fragments have no place in it.
#[derive(Debug, Clone)]
pub(crate) struct Address(Url);

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, ClientError> {
        let mut url: Url = text.trim().parse().map_err(|_| ClientError::InvalidUrl)?;
        let host = url.host_str().ok_or(ClientError::InvalidUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err(ClientError::InsecureUrl),
            _ => return Err(ClientError::InvalidUrl),
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(ClientError::InvalidUrl);
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// `path` is relative: `v1/trust`.
    pub(crate) fn join(&self, path: &str) -> Result<Url, ClientError> {
        self.0.join(path).map_err(|_| ClientError::InvalidUrl)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_leaves_this_machine() {
        let rows: &[(&str, Result<&str, ClientError>)] = &[
            ("https://gateway.example", Ok("https://gateway.example/v1/trust")),
            (
                "https://gateway.example:8443/",
                Ok("https://gateway.example:8443/v1/trust"),
            ),
            (
                "https://gateway.example/danang",
                Ok("https://gateway.example/danang/v1/trust"),
            ),
            ("HTTPS://Gateway.Example", Ok("https://gateway.example/v1/trust")),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080/v1/trust")),
            ("http://[::1]:8080", Ok("http://[::1]:8080/v1/trust")),
            ("http://localhost:8080", Ok("http://localhost:8080/v1/trust")),
            ("http://gateway.example", Err(ClientError::InsecureUrl)),
            ("http://192.168.1.10:8080", Err(ClientError::InsecureUrl)),
            ("http://10.0.0.1", Err(ClientError::InsecureUrl)),
            ("http://localhost.evil.example", Err(ClientError::InsecureUrl)),
            ("http://127.0.0.1.evil.example", Err(ClientError::InsecureUrl)),
            ("http://127.0.0.1@evil.example", Err(ClientError::InsecureUrl)),
            ("http://[::ffff:10.0.0.1]", Err(ClientError::InsecureUrl)),
            ("http://0.0.0.0", Err(ClientError::InsecureUrl)),
            ("https://user:secret@gateway.example", Err(ClientError::InvalidUrl)),
            ("https://gateway.example/?a=b", Err(ClientError::InvalidUrl)),
            ("https://gateway.example/#x", Err(ClientError::InvalidUrl)),
            ("ftp://gateway.example", Err(ClientError::InvalidUrl)),
            ("file:///etc/passwd", Err(ClientError::InvalidUrl)),
            ("gateway.example", Err(ClientError::InvalidUrl)),
            ("", Err(ClientError::InvalidUrl)),
        ];
        for (text, expected) in rows {
            let found = Address::parse(text)
                .and_then(|address| address.join("v1/trust"))
                .map(|url| url.to_string());
            assert_eq!(found, expected.clone().map(str::to_owned), "{text}");
        }
    }
}
