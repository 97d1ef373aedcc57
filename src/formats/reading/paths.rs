//! Looking up fields by path in objects of a known layout, and listing what was not looked up.

use super::{Fault, Taken, Value, list_fields, members};
use crate::event::Fields;

/// Objects in objects are looked into this deep.
const MAX_DEPTH: usize = 6;

/// For each row of names the value of the first name that the object has; a dot leads into an object. Names are in
/// lower case and compared without regard to case. Of a name given twice the last value counts.
pub(in crate::formats) fn find<'a, const N: usize>(
    text: &'a [u8],
    names: &[&[&str]; N],
) -> ([Option<Value<'a>>; N], Result<(), Fault>) {
    let mut found = Found {
        names,
        slots: [None; N],
    };
    let end = found.look(text, &mut Vec::new(), MAX_DEPTH);
    (found.slots.map(|slot| slot.map(|(_, value)| value)), end)
}

struct Found<'a, 'n, const N: usize> {
    names: &'n [&'n [&'n str]; N],
    /// The place of the name in its row, and the value.
    slots: [Option<(usize, Value<'a>)>; N],
}

impl<'a, const N: usize> Found<'a, '_, N> {
    fn look(&mut self, text: &'a [u8], path: &mut Vec<u8>, depth: usize) -> Result<(), Fault> {
        let len = path.len();
        let mut scan = members(text);
        for (key, value) in scan.by_ref() {
            if len > 0 {
                path.push(b'.');
            }
            path.extend_from_slice(&key);
            match value {
                Value::Object(inner) if depth > 1 => {
                    // Damage inside is damage of the value, which nobody asked for yet.
                    let _ = self.look(inner, path, depth - 1);
                }
                _ => self.offer(path, value),
            }
            path.truncate(len);
        }
        scan.end()
    }

    fn offer(&mut self, path: &[u8], value: Value<'a>) {
        if value.is_null() || matches!(value, Value::Text(b"", _)) {
            return;
        }
        for (slot, names) in self.slots.iter_mut().zip(self.names) {
            let same = |name: &&str| name.as_bytes().eq_ignore_ascii_case(path);
            if let Some(rank) = names.iter().position(same)
                && slot.is_none_or(|(best, _)| rank <= best)
            {
                *slot = Some((rank, value));
            }
        }
    }
}

/// The fields of an object that are not `taken`, in objects in it too; an object of which nothing is left is left out.
pub(in crate::formats) fn list_rest(text: &[u8], taken: &dyn Fn(Value<'_>) -> bool) -> Fields {
    rest_inside(text, taken, MAX_DEPTH)
}

fn rest_inside(text: &[u8], taken: &dyn Fn(Value<'_>) -> bool, depth: usize) -> Fields {
    let mut rest = list_fields(text, |_, value| match taken(value) {
        true => Taken::Yes,
        false => Taken::No,
    });
    if depth == 1 {
        return rest;
    }
    for (key, value) in members(text) {
        let Value::Object(inner) = value else {
            continue;
        };
        let name = String::from_utf8_lossy(&key);
        let Some(slot) = rest.get_mut(&*name).filter(|slot| slot.is_object()) else {
            continue;
        };
        let left = rest_inside(inner, taken, depth - 1);
        if left.is_empty() && members(inner).next().is_some() {
            rest.shift_remove(&*name);
        } else {
            *slot = left.into();
        }
    }
    rest
}

/// Whether two values are the same bytes of the record, not only equal ones.
pub(in crate::formats) fn same_place(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Text(a, _), Value::Text(b, _)) | (Value::Bare(a), Value::Bare(b)) => {
            std::ptr::eq(a, b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_of_a_row_wins_and_the_rest_is_listed() {
        let text =
            br#"{"b":1,"A":{"x":"deep","y":[2]},"a.x":"flat","gone":null,"c":{"only":3},"e":{}}"#;
        let ([first, second, third], end) =
            find(text, &[&["a.x", "b"], &["gone", "b"], &["c.only"]]);
        assert_eq!(end, Ok(()));
        assert_eq!(first.and_then(Value::text).as_deref(), Some(&b"flat"[..]));
        assert_eq!(second.and_then(Value::text).as_deref(), Some(&b"1"[..]));
        let taken = [first, second, third];
        let rest = list_rest(text, &|value| {
            taken.iter().flatten().any(|t| same_place(*t, value))
        });
        assert_eq!(
            serde_json::Value::Object(rest),
            serde_json::json!({"A": {"x": "deep", "y": [2]}, "gone": null, "e": {}})
        );
    }
}
