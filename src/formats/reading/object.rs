//! JSON objects of loggers: the fields that have a role wherever they stand, and the records of a batch.

use super::{Fault, Look, Picked, Value, elements, members, trimmed};
use crate::event::Parsed;
use std::borrow::Cow;

/// Objects are looked into this deep: `kubernetes.container.name`, `log.syslog.severity.code`.
const LOOK_DEPTH: usize = 4;
/// Lists of events under one of these names are a batch.
const BATCHES: [&[u8]; 7] = [
    b"events",
    b"records",
    b"Records",
    b"logs",
    b"entries",
    b"logEvents",
    b"items",
];

/// The fields of an object that have a role, wherever they stand in it.
pub(in crate::formats) fn read_object(text: &[u8]) -> (Picked<'_>, Result<(), Fault>) {
    let mut picked = Picked::default();
    let mut scan = members(text);
    let mut odd = false;
    for (key, value) in scan.by_ref() {
        odd |= matches!(value, Value::Bare(_)) && value.is_odd();
        if let (Look::Inside, Value::Object(inner)) = (picked.offer(&key, value), value) {
            let mut path = key.into_owned();
            look_inside(inner, &mut path, &mut picked, LOOK_DEPTH);
        }
    }
    let end = match scan.end() {
        Ok(()) if odd || picked.odd_message() => Err(Fault::Odd),
        end => end,
    };
    (picked, end)
}

fn look_inside<'a>(text: &'a [u8], path: &mut Vec<u8>, picked: &mut Picked<'a>, depth: usize) {
    let len = path.len();
    for (key, value) in members(text) {
        path.push(b'.');
        path.extend_from_slice(&key);
        if let (Look::Inside, Value::Object(inner)) = (picked.offer(path, value), value)
            && depth > 1
        {
            look_inside(inner, path, picked, depth - 1);
        }
        path.truncate(len);
    }
}

/// Whether `record` may be a batch: an array, or an object in which no message was found.
pub(in crate::formats) fn may_be_batch(record: &[u8], parsed: &Parsed<'_>) -> bool {
    let text = trimmed(record);
    match text.trim_ascii_start().first() {
        Some(b'[') => true,
        Some(b'{') => *parsed.message == *text,
        _ => false,
    }
}

/// The objects of an array, or of the one list of events an object without a message holds.
pub(in crate::formats) fn batch(text: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let list = match text.trim_ascii_start().first()? {
        b'[' => text,
        b'{' => {
            let mut lists = members(text).filter_map(|(key, value)| match value {
                Value::List(list) if BATCHES.contains(&&*key) => Some(list),
                _ => None,
            });
            let list = lists.next()?;
            if lists.next().is_some() || read_object(text).0.message().is_some() {
                return None;
            }
            list
        }
        _ => return None,
    };
    let records = elements(list)?.into_iter().map(|element| match element {
        Value::Object(object) => Some(Cow::Borrowed(object)),
        _ => None,
    });
    records
        .collect::<Option<Vec<_>>>()
        .filter(|r| !r.is_empty())
}
