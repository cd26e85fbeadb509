//! What is believed of an answer.

use crate::platform::*;
use client::ClientError;
use domain::{ids::Eid, retry::Obstacle};
use protocol::{
    cbor::{self, Blob},
    receipt::BatchAnswer,
    report::Acknowledged,
    signed::Signed,
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[tokio::test]
async fn a_good_answer_is_taken_and_its_signed_bytes_are_kept() {
    let server = Server::plain(|seen| {
        assert!(seen.head.starts_with("post /v1/batches http/1.1\r\n"), "{}", seen.head);
        assert!(
            seen.head.contains(&format!("authorization: bearer {TOKEN}\r\n")),
            "{}",
            seen.head
        );
        assert!(
            seen.head.contains("content-type: application/cbor\r\n"),
            "{}",
            seen.head
        );
        assert!(
            seen.head
                .contains(concat!("user-agent: tungnha/", env!("CARGO_PKG_VERSION"), "\r\n")),
            "{}",
            seen.head
        );
        assert!(!seen.head.contains("cookie:"));
        http("200 OK", "Set-Cookie: a=b\r\n", &signed(&receipts(&seen.body)))
    })
    .await;
    let connection = server.connection();
    for _ in 0..2 {
        let (answer, kept) = connection
            .clone()
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .unwrap();
        assert_eq!(answer.items.len(), 2);
        assert_eq!(Signed::verify::<BatchAnswer>(&kept, &[platform().public()]), Ok(answer));
    }
}

#[test]
fn a_proxy_in_the_environment_is_ignored() {
    let nowhere = "http://127.0.0.1:9";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "answers::a_good_answer_is_taken_and_its_signed_bytes_are_kept",
        ])
        .env("HTTP_PROXY", nowhere)
        .env("http_proxy", nowhere)
        .env("ALL_PROXY", nowhere)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn no_altered_byte_is_ever_believed() {
    let altered = Arc::new(AtomicUsize::new(usize::MAX));
    let length = Arc::new(AtomicUsize::new(0));
    let (at, len) = (altered.clone(), length.clone());
    let server = Server::plain(move |seen| {
        let mut body = signed(&receipts(&seen.body));
        len.store(body.len(), Ordering::SeqCst);
        if let Some(byte) = body.get_mut(at.load(Ordering::SeqCst)) {
            *byte ^= 0x04;
        }
        ok(&body)
    })
    .await;
    let connection = server.connection();
    let call = async || {
        connection
            .batch(TOKEN, vec![envelope(1), envelope(2)])
            .await
            .map(|_| ())
    };
    assert_eq!(call().await, Ok(()));
    let mut called_altered = 0;
    for position in 0..length.load(Ordering::SeqCst) {
        altered.store(position, Ordering::SeqCst);
        match call().await {
            Err(ClientError::Altered) => called_altered += 1,
            Err(ClientError::Obstacle(Obstacle::CaptivePortal)) => {}
            other => panic!("byte {position}: {other:?}"),
        }
    }
    // Only the few bytes of the frame make it look like somebody else's page.
    assert!(
        called_altered + 8 >= length.load(Ordering::SeqCst),
        "{called_altered} of {length:?}"
    );
}

#[tokio::test]
async fn an_answer_signed_by_another_key_or_for_another_purpose_is_altered() {
    let found = batch_against(|seen| ok(&Signed::make(&receipts(&seen.body), &device()))).await;
    assert_eq!(found, Err(ClientError::Altered));
    let found = batch_against(|_| {
        ok(&signed(&Acknowledged {
            time: NOW,
            ext: Default::default(),
        }))
    })
    .await;
    assert_eq!(found, Err(ClientError::Altered));
}

#[tokio::test]
async fn an_answer_to_another_batch_is_a_mismatch() {
    let other = cbor::encode(&protocol::receipt::BatchRequest {
        envelopes: vec![Blob(envelope(1))],
        ext: Default::default(),
    });
    let found = batch_against(move |_| ok(&signed(&receipts(&other)))).await;
    assert_eq!(found, Err(ClientError::Mismatch), "an earlier, smaller batch");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items[1].eid = Some(Eid([99; 16]));
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found, Err(ClientError::Mismatch), "an envelope that was not sent");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items.push(answer.items[0]);
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found, Err(ClientError::Mismatch), "more items than envelopes");

    let found = batch_against(|seen| {
        let mut answer = receipts(&seen.body);
        answer.items.remove(0);
        ok(&signed(&answer))
    })
    .await;
    assert_eq!(found.unwrap().items.len(), 1, "what is absent stays queued");
}
