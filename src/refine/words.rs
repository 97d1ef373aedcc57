//! Tables of words: units, months, zones, states, and words that announce a variable. English, and no product's own.

/// Abbreviations and names of units that a number is written with; scale belongs to the value.
const UNITS: [&str; 40] = [
    "byte", "bytes", "kb", "kib", "kbytes", "mb", "mib", "mbytes", "gb", "gib", "tb", "tib", "bps",
    "kbps", "mbps", "gbps", "hz", "khz", "mhz", "ghz", "ns", "us", "µs", "ms", "msec", "msecs",
    "millis", "sec", "secs", "second", "seconds", "minute", "minutes", "min", "mins", "hour",
    "hours", "hrs", "day", "days",
];

/// Whether a word after a value is its unit, or that per second. Of single letters only `B` and `s` are, as written.
pub fn is_unit(word: &str) -> bool {
    let unit = word.strip_suffix("/s").unwrap_or(word);
    matches!(unit, "B" | "s") || UNITS.iter().any(|u| u.eq_ignore_ascii_case(unit))
}

/// Words that are values, not part of a sentence, where a value is expected.
pub fn is_literal_value(word: &str) -> bool {
    [
        "true",
        "false",
        "null",
        "nil",
        "none",
        "undefined",
        "nan",
        "n/a",
    ]
    .iter()
    .any(|w| w.eq_ignore_ascii_case(word))
}

/// Words that are values wherever they stand, but at the beginning.
pub fn is_truth_value(word: &str) -> bool {
    word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false")
}

/// Whether `word` names a month, as dates write it.
pub fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    names(word, &MONTHS)
}

/// Whether `word` names a day of the week, as dates write it.
pub fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    names(word, &DAYS)
}

/// A name of a table in full or as its first three letters, with a capital.
fn names(word: &str, table: &[&str]) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && table
            .iter()
            .any(|name| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]))
}

/// Whether `word` may follow a time of day: a zone or half of the day.
pub fn is_zone(word: &str) -> bool {
    const ZONES: [&str; 28] = [
        "UTC", "GMT", "Z", "AM", "PM", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT",
        "CET", "CEST", "EET", "EEST", "WET", "WEST", "BST", "IST", "MSK", "JST", "KST", "HKT",
        "SGT", "AEST", "AEDT",
    ];
    ZONES.contains(&word) || word == "am" || word == "pm"
}

/// Words after which a name follows: of a person, a machine, a device, a program.
pub fn announces(word: &str) -> bool {
    const WORDS: [&str; 35] = [
        "via",
        "user",
        "users",
        "username",
        "login",
        "account",
        "for",
        "from",
        "by",
        "to",
        "host",
        "hostname",
        "node",
        "server",
        "client",
        "peer",
        "interface",
        "device",
        "disk",
        "volume",
        "service",
        "process",
        "program",
        "command",
        "daemon",
        "module",
        "plugin",
        "unit",
        "job",
        "task",
        "queue",
        "file",
        "named",
        "name",
        "called",
    ];
    WORDS.contains(&word)
}

/// Whether a word says that a state changes.
pub fn is_change(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["transition", "chang", "switch", "state", "status", "mode"]
        .iter()
        .any(|stem| lower.contains(stem))
}

/// Whether a word tells a state or an outcome, or is a verb's `-ed` or `-ing`; or a name that ends in such a word.
pub fn has_state(text: &str) -> bool {
    let turns = |part: &str| {
        subwords(part).any(|word| TURNS.binary_search(&word.to_lowercase().as_str()).is_ok())
    };
    if text.contains(' ') {
        return text.split(' ').any(|word| is_verb(word) || turns(word));
    }
    let whole = text.chars().all(char::is_alphabetic);
    let lower = text.to_lowercase();
    let last = text.rsplit(['.', '/']).next().unwrap_or(text);
    whole && (is_verb(text) || STATES.binary_search(&lower.as_str()).is_ok()) || turns(last)
}

fn is_verb(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.len() >= 5 && (lower.ends_with("ed") || lower.ends_with("ing"))
}

/// The words inside a name: `readBlock_OK` has `read`, `Block` and `OK`.
fn subwords(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|word| {
        let chars: Vec<(usize, char)> = word.char_indices().collect();
        let mut cuts = vec![0];
        cuts.extend(
            chars
                .windows(2)
                .filter(|w| w[0].1.is_lowercase() && w[1].1.is_uppercase())
                .map(|w| w[1].0),
        );
        cuts.push(word.len());
        let ends: Vec<(usize, usize)> = cuts.windows(2).map(|w| (w[0], w[1])).collect();
        ends.into_iter().map(move |(a, b)| &word[a..b])
    })
}

/// Within a name one side of each pair is enough to keep the pair apart: `SCREEN_OFF` stays by itself, whatever
/// `SCREEN_ON` joins. The other side is often just part of a name (`StartMenu`, `wake_lock`). Sorted.
const TURNS: [&str; 57] = [
    "abort",
    "aborted",
    "cancel",
    "canceled",
    "cancelled",
    "close",
    "closed",
    "critical",
    "delete",
    "deleted",
    "denied",
    "deny",
    "destroy",
    "destroyed",
    "detach",
    "disable",
    "disabled",
    "disconnect",
    "disconnected",
    "down",
    "end",
    "error",
    "exception",
    "exit",
    "expire",
    "expired",
    "fail",
    "failed",
    "failure",
    "fatal",
    "inactive",
    "invalid",
    "kill",
    "killed",
    "leave",
    "logout",
    "lost",
    "off",
    "offline",
    "pause",
    "paused",
    "reject",
    "rejected",
    "release",
    "released",
    "remove",
    "removed",
    "stop",
    "stopped",
    "timeout",
    "unavailable",
    "unload",
    "unlock",
    "unlocked",
    "unmount",
    "warn",
    "warning",
];
/// Words that tell a state, an outcome, a direction or a gravity. Sorted.
const STATES: [&str; 174] = [
    "abort",
    "aborted",
    "absent",
    "accept",
    "acquire",
    "active",
    "add",
    "alarm",
    "alert",
    "alive",
    "allow",
    "attach",
    "available",
    "backup",
    "bad",
    "begin",
    "block",
    "boot",
    "broken",
    "busy",
    "cancel",
    "canceled",
    "cancelled",
    "change",
    "clean",
    "clear",
    "close",
    "closed",
    "complete",
    "connect",
    "corrupt",
    "crash",
    "create",
    "critical",
    "dead",
    "debug",
    "default",
    "degraded",
    "delete",
    "deleted",
    "denied",
    "deny",
    "destroy",
    "destroyed",
    "detach",
    "dirty",
    "disable",
    "disabled",
    "disconnect",
    "disconnected",
    "done",
    "down",
    "drop",
    "empty",
    "enable",
    "end",
    "enter",
    "err",
    "error",
    "exception",
    "exit",
    "expire",
    "expired",
    "fail",
    "failed",
    "failure",
    "fatal",
    "fault",
    "finish",
    "follower",
    "following",
    "found",
    "full",
    "gone",
    "good",
    "grant",
    "halt",
    "healthy",
    "high",
    "idle",
    "inactive",
    "info",
    "invalid",
    "kill",
    "killed",
    "leader",
    "leading",
    "leave",
    "left",
    "load",
    "lock",
    "login",
    "logout",
    "lost",
    "low",
    "master",
    "missing",
    "mount",
    "new",
    "no",
    "normal",
    "notice",
    "off",
    "offline",
    "ok",
    "old",
    "on",
    "online",
    "open",
    "out",
    "panic",
    "pass",
    "pause",
    "paused",
    "pending",
    "power",
    "present",
    "primary",
    "read",
    "ready",
    "receive",
    "refuse",
    "register",
    "reject",
    "rejected",
    "release",
    "released",
    "remove",
    "removed",
    "replica",
    "reset",
    "resolve",
    "restart",
    "restore",
    "resume",
    "retry",
    "run",
    "secondary",
    "send",
    "sent",
    "setup",
    "severe",
    "shut",
    "shutdown",
    "slave",
    "sleep",
    "slow",
    "standby",
    "start",
    "startup",
    "stop",
    "stopped",
    "succeed",
    "success",
    "suspend",
    "terminate",
    "timeout",
    "trace",
    "unavailable",
    "unhealthy",
    "unknown",
    "unload",
    "unlock",
    "unlocked",
    "unmount",
    "up",
    "valid",
    "verbose",
    "wait",
    "wake",
    "warn",
    "warning",
    "write",
    "yes",
];
