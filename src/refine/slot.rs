//! The types of a variable: how each is marked in a logtype, shown to people, and widened when types meet.

/// What sort of thing a variable is, judged from its bytes alone.
///
/// In a logtype a variable is one byte, its type's marker: control characters that no text uses. A message that holds
/// such a byte has it cut out as part of a variable, so a logtype never holds a marker that is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SlotType {
    /// Anything else.
    Any = 0x01,
    /// A number, with sign, fraction, or a short unit: `-3`, `0.25`, `15GB`.
    Num = 0x02,
    /// A number in hexadecimal: `0x7f3a`, `deadbeef01`.
    Hex = 0x03,
    /// An IPv4 or IPv6 address.
    Ip = 0x04,
    /// A port number.
    Port = 0x05,
    /// A UUID.
    Uuid = 0x06,
    /// A hardware address.
    Mac = 0x07,
    /// An absolute path.
    Path = 0x08,
    /// A URL.
    Url = 0x0e,
    /// A mail address, or `user@host`.
    Email = 0x0f,
    /// A date, a time of day, or both.
    Time = 0x10,
    /// A host name.
    Host = 0x11,
    /// A user name; only known from the words before it.
    User = 0x12,
}

impl SlotType {
    /// All types.
    pub const ALL: [SlotType; 13] = [
        SlotType::Any,
        SlotType::Num,
        SlotType::Hex,
        SlotType::Ip,
        SlotType::Port,
        SlotType::Uuid,
        SlotType::Mac,
        SlotType::Path,
        SlotType::Url,
        SlotType::Email,
        SlotType::Time,
        SlotType::Host,
        SlotType::User,
    ];

    /// The byte that stands for a variable of this type in a logtype.
    pub const fn marker(self) -> u8 {
        self as u8
    }

    /// The type a byte of a logtype stands for; `None` for a literal byte.
    pub fn from_marker(byte: u8) -> Option<SlotType> {
        SlotType::ALL.into_iter().find(|s| s.marker() == byte)
    }

    /// As people see it: `<ip>`; [`SlotType::Any`] is `<*>`.
    pub const fn text(self) -> &'static str {
        match self {
            SlotType::Any => "<*>",
            SlotType::Num => "<num>",
            SlotType::Hex => "<hex>",
            SlotType::Ip => "<ip>",
            SlotType::Port => "<port>",
            SlotType::Uuid => "<uuid>",
            SlotType::Mac => "<mac>",
            SlotType::Path => "<path>",
            SlotType::Url => "<url>",
            SlotType::Email => "<email>",
            SlotType::Time => "<time>",
            SlotType::Host => "<host>",
            SlotType::User => "<user>",
        }
    }

    /// The next wider type; [`SlotType::Any`] holds all. The types form a tree, so widening two types to the first they
    /// share does not depend on the order in which they meet.
    const fn wider(self) -> SlotType {
        match self {
            SlotType::Port => SlotType::Num,
            SlotType::Num => SlotType::Hex,
            SlotType::Ip => SlotType::Host,
            _ => SlotType::Any,
        }
    }

    /// The narrowest type that holds both. Commutative, associative, idempotent.
    #[must_use]
    pub fn join(self, other: SlotType) -> SlotType {
        let mut mine = self;
        loop {
            let mut theirs = other;
            loop {
                if mine == theirs {
                    return mine;
                }
                if theirs == SlotType::Any {
                    break;
                }
                theirs = theirs.wider();
            }
            mine = mine.wider();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_distinct_control_bytes_that_text_does_not_use() {
        let mut seen = std::collections::BTreeSet::new();
        for slot in SlotType::ALL {
            assert!(seen.insert(slot.marker()), "{slot:?}");
            assert!(!b"\0\t\n\x0b\x0c\r\x1b".contains(&slot.marker()) && slot.marker() < 0x20);
            assert_eq!(SlotType::from_marker(slot.marker()), Some(slot));
        }
        assert_eq!(SlotType::from_marker(b'a'), None);
    }

    #[test]
    fn joining_types_depends_on_no_order() {
        for a in SlotType::ALL {
            assert_eq!(a.join(a), a);
            for b in SlotType::ALL {
                assert_eq!(a.join(b), b.join(a));
                for c in SlotType::ALL {
                    assert_eq!(a.join(b).join(c), a.join(b.join(c)));
                }
            }
        }
        assert_eq!(SlotType::Port.join(SlotType::Hex), SlotType::Hex);
        assert_eq!(SlotType::Ip.join(SlotType::Num), SlotType::Any);
    }
}
