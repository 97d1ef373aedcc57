//! Entities: the users, addresses, interfaces, peers, devices, units and paths a message speaks of, as keys by which
//! events of other signatures, hosts and sources can be found. Cold path: for the few events somebody looks at.

use crate::event::Fields;
use regex::bytes::{Regex, RegexBuilder};
use serde_json::Value;
use std::sync::OnceLock;

/// More entities than this are not taken from one event.
const MAX_ENTITIES: usize = 32;
/// What lies behind this many bytes of a message is not looked at.
const MAX_TEXT: usize = 8 * 1024;
/// Longer values name nothing one could search for.
const MAX_VALUE: usize = 256;

/// An address of version 4 or 6, as a piece of a pattern.
const IP: &str = r"(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})";
/// The name of a user, as a piece of a pattern.
const USER: &str = r"[A-Za-z0-9_][A-Za-z0-9_.@\\$-]*";

/// How one kind of entity is told in messages.
struct Pattern {
    kind: &'static str,
    /// Words in lower case one of which must be in the text before the expression is tried: looking for them is cheap, and
    /// an expression that is never needed is never compiled.
    markers: &'static [&'static str],
    /// Its first group is the value, beside ASCII on both sides. `IP` and `USER` stand for the pieces above.
    expression: &'static str,
}

const fn told(
    kind: &'static str,
    markers: &'static [&'static str],
    expression: &'static str,
) -> Pattern {
    Pattern {
        kind,
        markers,
        expression,
    }
}

static PATTERNS: [Pattern; 18] = [
    told(
        "user",
        &["user", "acct", "usrname"],
        r#"\b(?:[Uu]ser(?:name)?|USER|acct|suser|duser|usrName|ruser)(?:=|\s*:\s*)['"]?(USER)"#,
    ),
    told(
        "user",
        &[" user "],
        r"\b(?:invalid|illegal|unknown|for) user '?(USER)",
    ),
    told(
        "user",
        &["accepted ", "failed "],
        r"\b(?:[Aa]ccepted|[Ff]ailed) \S+ for (USER) from\b",
    ),
    told("user", &["user '"], r"\b[Uu]ser '(USER)'"),
    told("user", &["account name:"], r"\bAccount Name:\s+(USER)"),
    told(
        "source",
        &["from", "client", "rhost=", "src", "source "],
        r"\b(?:from|[Cc]lient:?|rhost=|src(?:ip)?[=: ]|SRC=|source )\s*\[?(IP)\b",
    ),
    told(
        "destination",
        &["to", "dst", "destination "],
        r"\b(?:to|dst(?:ip)?[=: ]|DST=|destination )\s*\[?(IP)\b",
    ),
    told(
        "source",
        &["src ", "for "],
        r"\b(?:src|for) [A-Za-z][\w-]*:(IP)/",
    ),
    told(
        "destination",
        &["dst ", "to "],
        r"\b(?:dst|to) [A-Za-z][\w-]*:(IP)/",
    ),
    told(
        "peer",
        &["peer", "neighbor", "nbr", "gateway", "remote"],
        r#"\b(?:[Pp]eer|PEER|[Nn]eighbor|[Nn]br|gateway|remote)\s*[=: ]\s*['"]?(IP|[a-z0-9][\w.-]*\d[\w.-]*)"#,
    ),
    told(
        "interface",
        &[
            "ethernet", "gi", "te", "fa", "po", "vlan", "tunnel", "loopback", "serial",
        ],
        r"\b((?:(?:Ten|Forty|Hundred|TwentyFive)?Gig(?:abit)?E(?:thernet)?|FastEthernet|Ethernet|Port-channel|Vlan|Tunnel|Loopback|Serial|Gi|Te|Fa|Po)\d+(?:[/.:]\d+)*)\b",
    ),
    told(
        "interface",
        &[
            "eth", "en", "wl", "bond", "br", "tun", "tap", "veth", "wg", "ppp", "vlan", "e-",
            "et-", "ae",
        ],
        r"\b((?:eth|ens|eno|enp|wlan|wlp|bond|br|tun|tap|veth|wg|ppp|vlan|ge-|xe-|et-|ae)\d[\w/.:-]*)",
    ),
    told(
        "interface",
        &["interface", "in=", "out=", "dev"],
        r"\b(?:[Ii]nterface|IN=|OUT=|dev) ?([a-z][\w.-]*\d[\w.-]*)",
    ),
    told(
        "device",
        &["sd", "hd", "vd", "nvme", "mmcblk", "dm-", "md", "ata", "sr"],
        r"(?:/dev/)?\b((?:sd[a-z]{1,2}|hd[a-z]|vd[a-z]|xvd[a-z])\d*|nvme\d+(?:n\d+(?:p\d+)?)?|mmcblk\d+(?:p\d+)?|dm-\d+|md\d+|ata\d+(?:\.\d+)?|sr\d+)\b",
    ),
    told(
        "unit",
        &[
            ".service", ".socket", ".timer", ".mount", ".target", ".scope", ".slice", ".path",
            ".device",
        ],
        r"([A-Za-z0-9_][\w@.\\:-]*\.(?:service|socket|timer|mount|target|scope|slice|path|device))\b",
    ),
    told("path", &["/"], r#"(?:^|[\s"'=(\[])((?:/[\w.@+~-]+){2,})"#),
    told("path", &[":\\"], r#"\b([A-Z]:\\[^\s"'<>|]+)"#),
    told(
        "address",
        &[".", ":"],
        r"(?:^|[^\w.:])(IP)(?:$|[^\w.:]|[.:](?:$|\W)|:\d)",
    ),
];

/// The fields that name an entity, by the end of their name: `source.ip` and `src_ip` alike.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "user",
        &[
            "user",
            "username",
            "user_name",
            "user.name",
            "suser",
            "duser",
            "usrname",
            "targetusername",
            "subjectusername",
            "_audit_loginuid",
        ],
    ),
    (
        "source",
        &[
            "src",
            "srcip",
            "src_ip",
            "source.ip",
            "source_ip",
            "client",
            "client_ip",
            "client.ip",
            "remote_addr",
            "ipaddress",
            "rhost",
        ],
    ),
    (
        "destination",
        &[
            "dst",
            "dstip",
            "dst_ip",
            "destination.ip",
            "destination_ip",
            "dest_ip",
        ],
    ),
    ("interface", &["interface", "ifname", "intf"]),
    (
        "peer",
        &["peer", "peer_ip", "remip", "neighbor", "remote_peer"],
    ),
    ("device", &["device", "disk", "_kernel_device"]),
    ("unit", &["unit", "_systemd_unit", "user_unit"]),
    ("path", &["path", "file", "filename", "file.path", "_exe"]),
    ("asset", &["asset_id", "resource_id"]),
    ("instance", &["instance_name"]),
    ("alert", &["alert_id"]),
];

/// The compiled form of each row, made when a text first needs it.
static COMPILED: [OnceLock<Option<Regex>>; PATTERNS.len()] =
    [const { OnceLock::new() }; PATTERNS.len()];

/// Bytes and ASCII classes compile ten times faster than Unicode's, and a short command pays for every one of them.
fn compiled(expression: &str) -> Option<Regex> {
    // Whole words in capitals: no expression has them otherwise.
    let expression = expression
        .replace("(IP", &format!("({IP}"))
        .replace("(USER)", &format!("({USER})"));
    RegexBuilder::new(&expression).unicode(false).build().ok()
}

/// The entities of an event, as (kind, value), each once: those of its fields first, then those of its message. Kinds
/// are `user`, `source`, `destination`, `interface`, `peer`, `device`, `unit`, `path`, `address`, `asset`, `instance` and `alert`;
/// an `address` is one whose part in the event is not known.
pub fn entities(message: &str, fields: &Fields) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (name, value) in fields {
        of_field(name, value, &mut found);
    }
    let mut end = message.len().min(MAX_TEXT);
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    of_message(&message[..end], &mut found);
    found
}

fn of_message(text: &str, found: &mut Vec<(&'static str, String)>) {
    let lower = text.to_ascii_lowercase();
    for (pattern, slot) in PATTERNS.iter().zip(&COMPILED) {
        if !pattern.markers.iter().any(|marker| lower.contains(marker)) {
            continue;
        }
        let Some(regex) = slot.get_or_init(|| compiled(pattern.expression)) else {
            continue;
        };
        for captures in regex.captures_iter(text.as_bytes()) {
            let value = captures
                .get(1)
                .map(|group| str::from_utf8(group.as_bytes()));
            if let Some(Ok(value)) = value {
                add(pattern.kind, value, found);
            }
        }
    }
}

/// The entities of a field, or of the fields in it.
fn of_field(name: &str, value: &Value, found: &mut Vec<(&'static str, String)>) {
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                // One level only is in the table: `source.ip`.
                if !value.is_object() {
                    of_field(&format!("{name}.{key}"), value, found);
                    of_field(key, value, found);
                }
            }
        }
        Value::String(text) => of_text(name, text, found),
        Value::Number(number) => of_text(name, &number.to_string(), found),
        _ => {}
    }
}

fn of_text(name: &str, text: &str, found: &mut Vec<(&'static str, String)>) {
    let named = |names: &&[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if let Some((kind, _)) = FIELDS.iter().find(|(_, names)| named(names)) {
        add(kind, text, found);
    }
}

fn add(kind: &'static str, value: &str, found: &mut Vec<(&'static str, String)>) {
    let value = value.trim().trim_end_matches(['.', ',', ';', ':']);
    let placeholder = matches!(
        value,
        "" | "-" | "0" | "unknown" | "none" | "null" | "(null)" | "n/a"
    );
    if placeholder || value.len() > MAX_VALUE || found.len() >= MAX_ENTITIES {
        return;
    }
    if is_address_kind(kind) && !is_address(value) {
        return;
    }
    // An address whose part is known is not listed once more without one.
    let known = |(k, v): &(&str, String)| v == value && (*k == kind || kind == "address");
    if !found.iter().any(known) {
        found.push((kind, value.to_string()));
    }
}

fn is_address_kind(kind: &str) -> bool {
    matches!(kind, "source" | "destination" | "address")
}

/// Whether a value is an address; patterns alone would take `300.1.2.3` and clock times for one.
fn is_address(value: &str) -> bool {
    value.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of(message: &str) -> Vec<String> {
        let found = entities(message, &Fields::new());
        found
            .into_iter()
            .map(|(kind, value)| format!("{kind}:{value}"))
            .collect()
    }

    #[test]
    fn every_expression_compiles() {
        for pattern in &PATTERNS {
            let compiled = compiled(pattern.expression);
            assert!(compiled.is_some(), "{}", pattern.expression);
        }
    }

    proptest! {
        /// A marker that an expression can do without would hide what it finds.
        #[test]
        fn what_an_expression_finds_has_a_marker_of_it(text in text_near_entities()) {
            let lower = text.to_ascii_lowercase();
            for (pattern, slot) in PATTERNS.iter().zip(&COMPILED) {
                let regex = slot.get_or_init(|| compiled(pattern.expression)).as_ref();
                let regex = regex.expect("it compiles");
                let marked = pattern.markers.iter().any(|marker| lower.contains(marker));
                prop_assert!(marked || !regex.is_match(text.as_bytes()), "{text:?}");
            }
        }
    }

    /// Words that expressions look for, in any order, with other text between.
    fn text_near_entities() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "(user|acct|suser|duser|usrName|ruser|USER|for|from|client|src|SRC|dst|DST|to|peer|Nbr|neighbor|gateway|remote)[=: ]",
            "(TenGigE|GigE|FastEthernet|Ethernet|Port-channel|Vlan|Tunnel|Loopback|Serial|Gi|Te|Fa|Po|eth|ens|eno|enp|wlan|wlp|bond|br|tun|tap|veth|wg|ppp|vlan|ge-|xe-|et-|ae|sd|hd|vd|xvd|nvme|mmcblk|dm-|md|ata|sr)[0-9a-b]{1,3}",
            "(Interface|interface|IN=|OUT=|dev|inside:|failed x|accepted x|Account Name:|source|destination|rhost=) ?",
            "[a-z]{1,4}[.](service|socket|timer|mount|target|scope|slice|path|device)",
            "(10[.]0[.]0[.]7|2001:db8::7)(/80|:80|[.])?",
            "/[a-z]{1,3}/[a-z]{1,3}",
            "[A-Z]:\\\\[a-z]{1,3}",
            "[ -~é]{0,3}",
        ];
        proptest::collection::vec(word, 1..6).prop_map(|words| words.join(" "))
    }

    #[test]
    fn messages_name_their_entities() {
        let rows: &[(&str, &[&str])] = &[
            (
                "Failed password for invalid user oracle from 203.0.113.9 port 40222 ssh2",
                &["user:oracle", "source:203.0.113.9"],
            ),
            (
                "Accepted publickey for alice from 2001:db8::7 port 22",
                &["user:alice", "source:2001:db8::7"],
            ),
            (
                "authentication failure; logname= uid=0 ruser= rhost=198.51.100.4  user=root",
                &["user:root", "source:198.51.100.4"],
            ),
            (
                "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
                &["interface:GigabitEthernet0/1"],
            ),
            (
                "%OSPF-5-ADJCHG: Process 1, Nbr 192.0.2.9 on Vlan7 from FULL to DOWN",
                &["peer:192.0.2.9", "interface:Vlan7"],
            ),
            (
                "Deny tcp src outside:203.0.113.9/4432 dst inside:192.0.2.20/22 by access-group",
                &["source:203.0.113.9", "destination:192.0.2.20"],
            ),
            (
                "EXT4-fs error (device sda1): ext4_find_entry: inode #2",
                &["device:sda1"],
            ),
            (
                "nginx.service: Main process exited, code=exited",
                &["unit:nginx.service"],
            ),
            (
                "cannot open /var/lib/app/data.db: Permission denied",
                &["path:/var/lib/app/data.db"],
            ),
            (
                "DHCPREQUEST for 192.0.2.44 on eth0 to 192.0.2.1 port 67",
                &[
                    "destination:192.0.2.1",
                    "interface:eth0",
                    "address:192.0.2.44",
                ],
            ),
            ("peer site-b-7 rekeyed at 10:11:12", &["peer:site-b-7"]),
            ("upstream 10.0.0.7:443 timed out", &["address:10.0.0.7"]),
            ("version 1.2.3.4.5 of 300.1.2.3", &[]),
            ("nothing to see here", &[]),
        ];
        for (message, wanted) in rows {
            let mut found = of(message);
            found.sort_unstable();
            let mut wanted = wanted.to_vec();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{message}");
        }
    }

    #[test]
    fn fields_name_theirs() {
        let fields = json!({"source": {"ip": "203.0.113.9", "port": 1}, "user": "bob", "peer": "203.0.113.4", "asset_id": "fw-7", "unit": "-"});
        let Value::Object(fields) = fields else {
            panic!("an object");
        };
        let found: Vec<String> = entities("from 203.0.113.9 by bob", &fields)
            .into_iter()
            .map(|(kind, value)| format!("{kind}:{value}"))
            .collect();
        assert_eq!(
            found,
            [
                "source:203.0.113.9",
                "user:bob",
                "peer:203.0.113.4",
                "asset:fw-7"
            ]
        );
    }

    proptest! {
        #[test]
        fn entities_stand_in_the_message(message in "[ -~]{0,120}") {
            for (_, value) in entities(&message, &Fields::new()) {
                prop_assert!(message.contains(&value));
            }
        }
    }

    #[test]
    fn long_messages_are_bounded() {
        let message = "from 10.0.0.1 user=u1 /a/b ".repeat(50_000) + "é";
        assert!(entities(&message, &Fields::new()).len() <= MAX_ENTITIES);
    }
}
