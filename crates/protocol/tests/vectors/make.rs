//! Good messages of [`samples`], and what becomes of them in other hands.

use crate::{
    common::{
        Counting,
        forms::{FREE, other_forms},
        opener, signer,
    },
    samples::{self, CARDS, DEVICE, Extended, NUMBER, OPENER, PLATFORM, ROOT, SEALING, TRANSPORT},
};
use domain::ids::{Eid, Rid};
use minicbor::{Decode, Encode, Encoder};
use protocol::{
    ProtocolError,
    blanks::PrintedBlank,
    cbor,
    changes::SealedVerdict,
    citizen::{Citizen, Standing},
    enrolment::{Invitation, Trust},
    envelope::{Body, Envelope, MAX_BYTES},
    keys::{RootHash, VerifyKey},
    receipt::{BATCH_LIMIT, BatchRequest},
    sealed,
    signed::{Message, Signed},
};
use serde::Serialize;
use std::collections::BTreeMap;

const ENVELOPE: &str = "tungnha/1/envelope";
const BODY: &str = "tungnha/1/body";
const VERDICT: &str = "tungnha/1/verdict";

/// All vectors of one message, as they stand in their file.
#[derive(Serialize)]
pub struct File {
    /// Its rule in the CDDL of `docs/protocol.md`.
    pub message: &'static str,
    /// How it is packed: `plain`, `signed`, `envelope`, `sealed verdict`, `text`.
    form: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'static str>,
    /// Most bytes of the message (of a signed one: of what is signed), or characters of the text.
    limit: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<u32>,
    keys: BTreeMap<&'static str, Key>,
    pub good: Vec<Good>,
    pub bad: Vec<Bad>,
    #[serde(skip)]
    pub read: Read,
}

pub type Read = Box<dyn Fn(&[u8]) -> Result<(), ProtocolError>>;

#[derive(Serialize)]
struct Key {
    kind: &'static str,
    secret: String,
    public: String,
}

#[derive(Serialize)]
pub struct Good {
    pub name: &'static str,
    #[serde(flatten)]
    bytes: Bytes,
    /// What is found inside: `payload`, `header`, `body`, `digest`, `verdict`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    inside: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
pub struct Bad {
    pub name: String,
    #[serde(flatten)]
    bytes: Bytes,
    pub why: &'static str,
}

/// Texts of QR codes stand as they are, everything else in hexadecimal.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Bytes {
    Hex(#[serde(serialize_with = "as_hex")] Vec<u8>),
    Text(String),
}

fn as_hex<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Bytes {
    fn get(&self) -> &[u8] {
        match self {
            Self::Hex(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }
}

impl Good {
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get()
    }
}

impl Bad {
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get()
    }
}

impl File {
    pub fn name(&self) -> String {
        format!("{}.json", self.message)
    }

    fn good(&mut self, name: &'static str, bytes: Vec<u8>, inside: &[(&'static str, &[u8])]) {
        self.good.push(Good {
            name,
            bytes: Bytes::Hex(bytes),
            inside: inside.iter().map(|(part, bytes)| (*part, hex(bytes))).collect(),
        });
    }

    fn bad(&mut self, name: impl Into<String>, bytes: Vec<u8>, why: &'static str) {
        let (name, bytes) = (name.into(), Bytes::Hex(bytes));
        self.bad.push(Bad { name, bytes, why });
    }

    /// A few of the other forms of `bytes`: of each kind the first and the last.
    fn other_forms(&mut self, of: &str, bytes: &[u8], pack: impl Fn(&[u8]) -> Vec<u8>) {
        let mut kinds: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
        for (how, bytes) in other_forms(bytes) {
            kinds.entry(how).or_default().push(bytes);
        }
        for (how, mut forms) in kinds {
            let last = forms.pop();
            for (place, form) in [("first", forms.into_iter().next()), ("last", last)] {
                let Some(form) = form.map(|form| pack(&form)) else {
                    continue;
                };
                // In a list of kinds it is one of a newer program, and no error.
                if !(FREE.contains(&how) && (self.read)(&form).is_ok()) {
                    self.bad(format!("{of}: {how} ({place})"), form, why(how));
                }
            }
        }
    }
}

const NEWER: &str = "with extensions of a newer program";

/// Maps of extensions that are none.
const BAD_EXTENSIONS: [(&str, &[u8], &str); 8] = [
    ("empty", &[0xa0], "an empty map of extensions is left out"),
    ("no map", &[0x80], "extensions are a map"),
    (
        "negative key",
        &[0xa1, 0x20, 0x00],
        "extensions are named by unsigned integers",
    ),
    (
        "text key",
        &[0xa1, 0x61, 0x61, 0x00],
        "extensions are named by unsigned integers",
    ),
    ("tag", &[0xa1, 0x01, 0xc0, 0x00], "extensions hold no tags"),
    (
        "float",
        &[0xa1, 0x01, 0xf9, 0x3c, 0x00],
        "extensions hold no floating-point numbers",
    ),
    (
        "undefined",
        &[0xa1, 0x01, 0xf7],
        "of the simple values only false, true and null",
    ),
    (
        "depth",
        &[0xa1, 0x01, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01],
        "nested deeper than four",
    ),
];

impl File {
    /// `payload` ends in [`samples::extensions`]; others take their place.
    fn other_extensions(&mut self, payload: &[u8], pack: impl Fn(&[u8]) -> Vec<u8>) {
        let ours = cbor::encode(&samples::extensions());
        let before = payload.strip_suffix(&ours[..]).unwrap();
        for (name, other, why) in BAD_EXTENSIONS {
            self.bad(format!("extensions: {name}"), pack(&[before, other].concat()), why);
        }
        let many: Vec<u8> = [0xb1].into_iter().chain((0..17).flat_map(|n| [n, 0])).collect();
        self.bad("extensions: many", pack(&[before, &many].concat()), "more than sixteen");
        let long = [&[0xa1, 0x00, 0x59, 0x03, 0xfc][..], &[0; 0x3fc]].concat();
        self.bad(
            "extensions: long",
            pack(&[before, &long].concat()),
            "longer than 1024 bytes",
        );
    }
}

fn why(how: &str) -> &'static str {
    match how {
        "trailing byte" => "something follows the message",
        "nothing" => "there are no bytes",
        "longer head" => "a number or a length is not written in the fewest bytes",
        "indefinite string" => "a string of indefinite length",
        "indefinite container" => "an array or map of indefinite length",
        "duplicate key" => "a key stands twice in a map",
        "unknown key" => "a key that this map does not have",
        "unordered keys" => "keys of a map do not rise",
        "missing key" => "a key that every such map has is missing",
        "one more element" => "an array has one element too many",
        other => panic!("no reason for {other}"),
    }
}

fn signing(seed: u8) -> Key {
    Key {
        kind: "ed25519",
        secret: hex(&*signer(seed).seed()),
        public: signer(seed).public().to_string(),
    }
}

fn sealing(seed: u8) -> Key {
    Key {
        kind: "x25519",
        secret: hex(&*opener(seed).bytes()),
        public: opener(seed).public().unwrap().to_string(),
    }
}

fn file(message: &'static str, form: &'static str, limit: usize, read: Read) -> File {
    File {
        message,
        form,
        context: None,
        limit,
        device: None,
        keys: BTreeMap::new(),
        good: vec![],
        bad: vec![],
        read,
    }
}

/// A CBOR array of byte strings.
fn array(parts: &[&[u8]]) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    encoder.array(parts.len() as u64).unwrap();
    for part in parts {
        encoder.bytes(part).unwrap();
    }
    encoder.into_writer()
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at] ^= 1;
    out
}

// -------------------------------------------------------------------------------------------------- signed

fn signed<M: Message + Extended + 'static>(message: &'static str, samples: Vec<(&'static str, M)>, seed: u8) -> File {
    let read: Read = Box::new(move |bytes| Signed::verify::<M>(bytes, &[signer(seed).public()]).map(drop));
    signed_with(message, samples, seed, read)
}

/// A message that holds the key that signs it.
fn signed_by_itself<M: Message + Extended + 'static>(
    message: &'static str,
    samples: Vec<(&'static str, M)>,
    seed: u8,
    key: impl Fn(&M) -> VerifyKey + Copy + 'static,
) -> File {
    let read: Read = Box::new(move |bytes| Signed::verify_self(bytes, key).map(drop));
    signed_with(message, samples, seed, read)
}

fn signed_with<M: Message + Extended>(
    message: &'static str,
    samples: Vec<(&'static str, M)>,
    seed: u8,
    read: Read,
) -> File {
    let mut file = file(message, "signed", M::LIMIT, read);
    file.context = Some(M::CONTEXT);
    file.keys.insert("signer", signing(seed));
    let with = signer(seed);
    let id = with.public().id().0;
    let pack = |payload: &[u8]| array(&[payload, &id, &with.sign(M::CONTEXT, payload).0]);
    for (name, sample) in &samples {
        file.good(name, Signed::make(sample, &with), &[("payload", &cbor::encode(sample))]);
    }
    let richest = &samples.last().unwrap().1.extended();
    let (payload, frame) = (cbor::encode(richest), Signed::make(richest, &with));
    file.good(NEWER, frame.clone(), &[("payload", &payload)]);
    file.other_forms("payload", &payload, pack);
    file.other_extensions(&payload, pack);
    file.other_forms("frame", &frame, <[u8]>::to_vec);
    let last = frame.len() - 1;
    file.bad(
        "one bit of the signature",
        flipped(&frame, last),
        "the signature does not fit",
    );
    let altered = array(&[
        &flipped(&payload, payload.len() - 1),
        &id,
        &with.sign(M::CONTEXT, &payload).0,
    ]);
    file.bad("one bit of the payload", altered, "the signature does not fit");
    let other = array(&[&payload, &id, &with.sign("tungnha/1/other", &payload).0]);
    file.bad(
        "signed for another purpose",
        other,
        "the signature is over another context",
    );
    let stranger = signer(99);
    let forged = array(&[&payload, &id, &stranger.sign(M::CONTEXT, &payload).0]);
    file.bad(
        "signed by a stranger in our name",
        forged,
        "the signature is another key's",
    );
    let unknown = array(&[
        &payload,
        &stranger.public().id().0,
        &stranger.sign(M::CONTEXT, &payload).0,
    ]);
    file.bad("signed by a stranger", unknown, "the key is not one of those expected");
    if M::LIMIT <= 4096 {
        let long = pack(&vec![0; M::LIMIT + 1]);
        file.bad("too long", long, "longer than such a message can be");
    }
    file
}

// --------------------------------------------------------------------------------------------------- plain

fn plain<T>(message: &'static str, limit: usize, samples: Vec<(&'static str, T)>) -> File
where
    T: Encode<()> + for<'b> Decode<'b, ()> + Extended,
{
    let mut file = file(
        message,
        "plain",
        limit,
        Box::new(move |bytes| cbor::decode::<T>(bytes, limit).map(drop)),
    );
    for (name, sample) in &samples {
        file.good(name, cbor::encode(sample), &[]);
    }
    let extended = cbor::encode(&samples[0].1.extended());
    file.good(NEWER, extended.clone(), &[]);
    file.other_forms("message", &extended, <[u8]>::to_vec);
    file.other_extensions(&extended, <[u8]>::to_vec);
    file
}

// ------------------------------------------------------------------------------------------------ envelope

/// An envelope of any header and body, whole or not, sealed and signed as the device would.
fn pack_envelope(header: &[u8], body: &[u8]) -> Vec<u8> {
    let to = opener(OPENER).public().unwrap();
    let sealed = sealed::seal(&to, BODY, header, body, &mut Counting(1)).unwrap();
    sign_envelope(header, &sealed)
}

fn sign_envelope(header: &[u8], sealed: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let signed = [header, &Sha256::digest(sealed)[..]].concat();
    array(&[header, sealed, &signer(DEVICE).sign(ENVELOPE, &signed).0])
}

fn open_envelope(bytes: &[u8]) -> Result<(), ProtocolError> {
    let envelope = Envelope::from_bytes(bytes)?;
    envelope.verify(&signer(DEVICE).public())?;
    envelope.open(&opener(OPENER)).map(drop)
}

fn envelope() -> File {
    let mut file = file("envelope", "envelope", MAX_BYTES, Box::new(open_envelope));
    file.context = Some(ENVELOPE);
    file.keys.insert("device", signing(DEVICE));
    file.keys.insert("opener", sealing(OPENER));
    let to = opener(OPENER).public().unwrap();
    for (name, (header, body)) in samples::envelopes() {
        let made = Envelope::make(header, &body, &to, &signer(DEVICE), &mut Counting(1)).unwrap();
        let inside: [(_, &[u8]); 3] = [
            ("header", made.header_bytes()),
            ("body", &cbor::encode(&body)),
            ("digest", &made.digest().0),
        ];
        file.good(name, made.to_bytes(), &inside);
    }
    let (_, (header, body)) = samples::envelopes().swap_remove(0);
    let (header, body) = (cbor::encode(&header), cbor::encode(&body));
    let whole = pack_envelope(&header, &body);
    file.other_forms("header", &header, |header| pack_envelope(header, &body));
    file.other_forms("body", &body, |body| pack_envelope(&header, body));
    file.other_forms("frame", &whole, <[u8]>::to_vec);
    let (_, (newer, _)) = samples::envelopes().swap_remove(4);
    file.other_extensions(&cbor::encode(&newer), |header| pack_envelope(header, &body));
    for (name, at) in [
        ("one bit of the header", 10),
        ("one bit of the sealed body", whole.len() - 100),
        ("one bit of the signature", whole.len() - 1),
    ] {
        file.bad(name, flipped(&whole, at), "the signature does not fit");
    }
    altered_envelopes(&mut file, &header, &body);
    file
}

/// What a device signed that it should not have.
fn altered_envelopes(file: &mut File, header: &[u8], body: &[u8]) {
    let to = opener(OPENER).public().unwrap();
    let seal = |info, aad: &[u8]| sealed::seal(&to, info, aad, body, &mut Counting(1)).unwrap();
    let under_another = sign_envelope(header, &seal(BODY, &flipped(header, 10)));
    file.bad(
        "body sealed under another header",
        under_another,
        "the body does not open",
    );
    let purpose = sign_envelope(header, &seal(VERDICT, header));
    file.bad("body sealed for another purpose", purpose, "the body does not open");
    let foreign = sealed::seal(&opener(98).public().unwrap(), BODY, header, body, &mut Counting(1)).unwrap();
    let foreign = sign_envelope(header, &foreign);
    file.bad("body sealed to another opener", foreign, "the body does not open");
    file.bad("no sealed body", sign_envelope(header, &[]), "the body does not open");
    let mut newer = header.to_vec();
    newer[2] = 7;
    file.bad(
        "version 7",
        pack_envelope(&newer, body),
        "a version nobody has written down yet",
    );
    let long = sign_envelope(header, &vec![0; MAX_BYTES]);
    file.bad("too long", long, "longer than an envelope can be");
    let plain = Body::Withdrawal;
    let other = array(&[
        header,
        &seal(BODY, header),
        &signer(99).sign(ENVELOPE, &cbor::encode(&plain)).0,
    ]);
    file.bad("signed by a stranger", other, "the signature does not fit");
}

// ------------------------------------------------------------------------------------------------- verdict

fn verdict() -> File {
    let open = |bytes: &[u8]| {
        let sealed: SealedVerdict = cbor::decode(bytes, MAX_BYTES)?;
        sealed.open(NUMBER, &opener(SEALING)).map(drop)
    };
    let mut file = file("sealed-verdict", "sealed verdict", MAX_BYTES, Box::new(open));
    file.context = Some(VERDICT);
    file.device = Some(NUMBER);
    file.keys.insert("device", sealing(SEALING));
    let (rid, eid, to) = (Rid([1; 16]), Eid([2; 16]), opener(SEALING).public().unwrap());
    let bound = [&NUMBER.to_be_bytes()[..], &rid.0, &eid.0].concat();
    let pack = |info, aad: &[u8], plain: &[u8]| {
        let sealed = sealed::seal(&to, info, aad, plain, &mut Counting(1)).unwrap();
        cbor::encode(&SealedVerdict {
            rid,
            eid,
            sealed: cbor::Blob(sealed),
            ext: Default::default(),
        })
    };
    for (name, sample) in samples::verdicts() {
        let plain = cbor::encode(&sample);
        file.good(name, pack(VERDICT, &bound, &plain), &[("verdict", &plain)]);
    }
    let (_, richest) = samples::verdicts().swap_remove(0);
    let plain = cbor::encode(&richest.extended());
    file.good(NEWER, pack(VERDICT, &bound, &plain), &[("verdict", &plain)]);
    file.other_forms("verdict", &plain, |plain| pack(VERDICT, &bound, plain));
    file.other_extensions(&plain, |plain| pack(VERDICT, &bound, plain));
    let whole = pack(VERDICT, &bound, &plain);
    file.other_forms("frame", &whole, <[u8]>::to_vec);
    for (name, at) in [("another registration", 4), ("another revision", 22)] {
        file.bad(
            name,
            flipped(&whole, at),
            "the verdict is bound to device, registration and revision",
        );
    }
    let other_device = [&(NUMBER + 1).to_be_bytes()[..], &rid.0, &eid.0].concat();
    let other_device = pack(VERDICT, &other_device, &plain);
    file.bad(
        "another device",
        other_device,
        "the verdict is bound to device, registration and revision",
    );
    file.bad(
        "another purpose",
        pack(BODY, &bound, &plain),
        "the verdict does not open",
    );
    file
}

// --------------------------------------------------------------------------------------------------- texts

fn text(message: &'static str, limit: usize, read: impl Fn(&str) -> Result<(), ProtocolError> + 'static) -> File {
    let of_text = move |bytes: &[u8]| read(std::str::from_utf8(bytes).unwrap());
    file(message, "text", limit, Box::new(of_text))
}

impl File {
    fn text(&mut self, name: &'static str, text: &str) {
        self.good.push(Good {
            name,
            bytes: Bytes::Text(text.to_owned()),
            inside: BTreeMap::new(),
        });
    }

    fn bad_text(&mut self, name: impl Into<String>, text: String, why: &'static str) {
        let (name, bytes) = (name.into(), Bytes::Text(text));
        self.bad.push(Bad { name, bytes, why });
    }

    /// Texts of `prefix` and Base45 of a signed map.
    fn altered_texts(&mut self, prefix: &str, context: &str, payload: &[u8], seed: u8) {
        let pack = |payload: &[u8], context: &str, seed| {
            let signature = signer(seed).sign(context, payload);
            format!("{prefix}{}", base45::encode([payload, &signature.0].concat()))
        };
        for (how, form) in other_forms(payload) {
            self.bad_text(format!("payload: {how}"), pack(&form, context, seed), why(how));
        }
        let good = pack(payload, context, seed);
        let bare = &good[prefix.len()..];
        self.bad_text("no prefix", bare.to_owned(), "the prefix names the form");
        self.bad_text(
            "another version",
            format!("TN9:{bare}"),
            "a form nobody has written down yet",
        );
        self.bad_text("in small letters", good.to_lowercase(), "not a text in Base45");
        self.bad_text(
            "cut off",
            good[..good.len() - 3].to_owned(),
            "the signature does not fit",
        );
        let other = pack(payload, "tungnha/1/other", seed);
        self.bad_text(
            "signed for another purpose",
            other,
            "the signature is over another context",
        );
        let stranger = pack(payload, context, 99);
        self.bad_text("signed by a stranger", stranger, "the signature is another key's");
    }
}

fn invitation() -> File {
    let mut file = text("invitation", 69, |text| text.parse::<Invitation>().map(drop));
    let root = signer(ROOT).public().root_hash();
    let good = Invitation {
        code: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        root,
    };
    file.keys.insert("root", signing(ROOT));
    file.text("an invitation", &good.to_string());
    let bytes = [&good.code[..], &root.0].concat();
    let pack = |bytes: &[u8]| format!("TNI1:{}", base45::encode(bytes));
    file.bad_text("too short", pack(&bytes[..25]), "26 bytes are an invitation");
    file.bad_text(
        "too long",
        pack(&[&bytes[..], &[0]].concat()),
        "26 bytes are an invitation",
    );
    file.bad_text("no prefix", base45::encode(&bytes), "the prefix names the form");
    file.bad_text("not Base45", "TNI1:::::::".to_owned(), "not a text in Base45");
    let _ = RootHash::try_from(&bytes[10..]).unwrap();
    file
}

fn blank_card() -> File {
    let read = |text: &str| PrintedBlank::read(text)?.verify(&[signer(CARDS).public()]);
    let mut file = text("blank-card", protocol::blanks::MAX_TEXT, read);
    file.context = Some("tungnha/1/blank-card");
    file.keys.insert("signer", signing(CARDS));
    file.text("a blank card", &samples::blank_card().to_text(&signer(CARDS)));
    file.altered_texts(
        "TNP1:",
        "tungnha/1/blank-card",
        &cbor::encode(&samples::blank_card()),
        CARDS,
    );
    file
}

fn standing(text: &str) -> Result<(), ProtocolError> {
    let key = |device| {
        (device == NUMBER).then(|| protocol::changes::DeviceKey {
            device,
            key: signer(DEVICE).public(),
            revoked_at: None,
            origin: None,
        })
    };
    match Citizen::check(text, domain::ids::Realm::Development, key).0 {
        Standing::Valid => Ok(()),
        _ => Err(ProtocolError::BadSignature),
    }
}

fn citizen() -> File {
    let mut file = text("citizen", protocol::citizen::MAX_TEXT, standing);
    file.context = Some("tungnha/1/citizen");
    file.device = Some(NUMBER);
    file.keys.insert("signer", signing(DEVICE));
    let citizen = samples::citizen();
    file.text("the first form", &citizen.to_text_of_version_1(&signer(DEVICE)));
    let today = citizen.to_text(&signer(DEVICE));
    file.text("Claim 169", &today);
    file.altered_texts("TN1:", "tungnha/1/citizen", &cbor::encode(&citizen), DEVICE);
    file.bad_text(
        "Claim 169 of a stranger",
        citizen.to_text(&signer(99)),
        "the signature is another key's",
    );
    for at in [20, 60, today.len() - 20] {
        let other = if &today[at..=at] == "A" { "B" } else { "A" };
        let altered = format!("{}{other}{}", &today[..at], &today[at + 1..]);
        file.bad_text(format!("Claim 169, character {at}"), altered, "altered on its way");
    }
    file
}

pub fn files() -> Vec<File> {
    vec![
        envelope(),
        signed_by_itself("trust", samples::trusts(), ROOT, |trust: &Trust| trust.root),
        signed_by_itself("device-request", samples::device_requests(), DEVICE, |asked| {
            asked.signing
        }),
        signed("device-answer", samples::device_answers(), PLATFORM),
        signed("token-request", samples::token_requests(), TRANSPORT),
        signed("token-answer", samples::token_answers(), PLATFORM),
        plain::<BatchRequest>("batch-request", BATCH_LIMIT, samples::batches()),
        signed("batch-answer", samples::receipts(), PLATFORM),
        signed("changes-page", samples::pages(), PLATFORM),
        signed("master-item", samples::master_items(), ROOT),
        verdict(),
        signed("have-request", samples::have_requests(), TRANSPORT),
        signed("have-answer", samples::have_answers(), PLATFORM),
        signed("device-report", samples::reports(), TRANSPORT),
        signed("acknowledged", samples::acknowledgements(), PLATFORM),
        signed("card-report", samples::blank_reports(), DEVICE),
        signed("card-answer", samples::blank_answers(), PLATFORM),
        invitation(),
        blank_card(),
        citizen(),
    ]
}
