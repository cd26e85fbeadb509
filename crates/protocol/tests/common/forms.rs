//! The same message in other words: every form but the one that is accepted.

/// The head of one data item in well-formed CBOR (RFC 8949, section 3) and where the item ends.
struct Head {
    at: usize,
    content: usize,
    end: usize,
    major: u8,
    value: u64,
    /// Where the keys and values of a map begin, and where the last one ends.
    parts: Vec<usize>,
    /// Inside a map of extensions: what may stand there is free, how it is written is not.
    free: bool,
}

/// What may be missing or more in a place that newer programs fill.
pub const FREE: [&str; 3] = ["unknown key", "missing key", "one more element"];
/// Key of the map of extensions in every map.
const EXTENSIONS: [u8; 2] = [0x18, 31];

fn walk(bytes: &[u8], at: usize, free: bool, heads: &mut Vec<Head>) -> usize {
    let (major, short) = (bytes[at] >> 5, bytes[at] & 31);
    let more = match short {
        0..24 => 0,
        24..=27 => 1 << (short - 24),
        _ => panic!("not definite"),
    };
    let content = at + 1 + more;
    let value = if more == 0 {
        u64::from(short)
    } else {
        bytes[at + 1..content].iter().fold(0, |n, b| n << 8 | u64::from(*b))
    };
    let items = match major {
        4 => value,
        5 => value * 2,
        6 => 1,
        _ => 0,
    };
    let mut end = if matches!(major, 2 | 3) {
        content + value as usize
    } else {
        content
    };
    let mut parts = vec![end];
    for item in 0..items {
        let extensions = major == 5 && item % 2 == 1 && bytes[parts[item as usize - 1]..end] == EXTENSIONS;
        end = walk(bytes, end, free || extensions, heads);
        parts.push(end);
    }
    heads.push(Head {
        at,
        content,
        end,
        major,
        value,
        parts,
        free,
    });
    end
}

fn head(major: u8, value: u64, width: usize) -> Vec<u8> {
    let mut out = vec![(major << 5) | (24 + width.trailing_zeros() as u8)];
    out.extend_from_slice(&value.to_be_bytes()[8 - width..]);
    out
}

/// The same message written in ways that RFC 8949 section 4.2.1 forbids, and with something added.
pub fn other_forms(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut heads = Vec::new();
    assert_eq!(
        walk(bytes, 0, false, &mut heads),
        bytes.len(),
        "what is written is one definite item"
    );
    let mut out = vec![("trailing byte", [bytes, &[0]].concat()), ("nothing", vec![])];
    for item in &heads {
        let (before, after) = (&bytes[..item.at], &bytes[item.end..]);
        let content = &bytes[item.content..item.end];
        let mut put = |how, parts: &[&[u8]]| {
            if !(item.free && FREE.contains(&how)) {
                out.push((how, [before, &parts.concat(), after].concat()));
            }
        };
        if item.major < 6 {
            for width in [1, 2, 4, 8]
                .into_iter()
                .filter(|width| *width > item.content - item.at - 1)
            {
                put("longer head", &[&head(item.major, item.value, width), content]);
            }
        }
        match item.major {
            2 | 3 => put(
                "indefinite string",
                &[&[item.major << 5 | 31], &bytes[item.at..item.end], &[0xff]],
            ),
            4 | 5 => put("indefinite container", &[&[item.major << 5 | 31], content, &[0xff]]),
            _ => {}
        }
        if item.major == 5 && item.value > 0 && item.value < 23 {
            let entry = |i: usize| &bytes[item.parts[2 * i]..item.parts[2 * i + 2]];
            let more = [(5 << 5) | (item.value as u8 + 1)];
            put("duplicate key", &[&more, entry(0), content]);
            put("unknown key", &[&more, content, &[0x18, 99, 0xf6]]);
            let fewer = [(5 << 5) | (item.value as u8 - 1)];
            put("missing key", &[&fewer, &bytes[item.parts[2]..item.end]]);
            if item.value > 1 {
                let rest = &bytes[item.parts[4]..item.end];
                put(
                    "unordered keys",
                    &[&bytes[item.at..item.content], entry(1), entry(0), rest],
                );
            }
        }
        if item.major == 4 && item.value < 23 {
            put(
                "one more element",
                &[&[(4 << 5) | (item.value as u8 + 1)], content, &[0xf6]],
            );
        }
    }
    out
}
