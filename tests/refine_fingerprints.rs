//! Fingerprints never change: those of a frozen list of messages are what they were when the list was made.
//!
//! A line of the list is the fingerprint in hexadecimal, the service and the message, with tabs between them; bytes that
//! are not printable ASCII, and the backslash, are escaped. If this test fails, every stored memory would be lost: a new
//! algorithm needs a new version and a list of its own.

use brainstem::refine::{Cut, fingerprint, normalise};

const FROZEN: &str = include_str!("../fixtures/fingerprints/v1.txt");

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        (rest, _) = match (byte, after) {
            (b'\\', [b'x', a, b, after @ ..]) => {
                let hex = [*a, *b];
                let hex = std::str::from_utf8(&hex).expect("two digits");
                (
                    after,
                    out.push(u8::from_str_radix(hex, 16).expect("a number in hexadecimal")),
                )
            }
            (b'\\', [b'\\', after @ ..]) => (after, out.push(b'\\')),
            (byte, after) => (after, out.push(byte)),
        };
    }
    out
}

#[test]
fn fingerprints_of_the_frozen_list_are_what_they_were() {
    let mut cut = Cut::new();
    let mut changed = Vec::new();
    for line in FROZEN.lines() {
        let mut columns = line.splitn(3, '\t');
        let (id, service, message) = (columns.next(), columns.next(), columns.next());
        let message = unescape(message.expect("three columns"));
        cut.cut(&message);
        let text = normalise(&cut.logtype);
        let now = fingerprint(service.unwrap_or_default(), &text);
        if Some(format!("{:032x}", now.0).as_str()) != id {
            changed.push(format!("{line}\n    now {:032x}: {text}", now.0));
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
    assert!(FROZEN.lines().count() >= 300);
}
