//! Tables of words: units, months, zones, states, and words that announce a variable. English, and no product's own.

/// Abbreviations and names of units that a number is written with; scale belongs to the value.
const UNITS: [&str; 46] = [
    "b", "byte", "bytes", "k", "kb", "kib", "kbytes", "m", "mb", "mib", "mbytes", "g", "gb", "gib",
    "t", "tb", "tib", "bps", "kbps", "mbps", "gbps", "hz", "khz", "mhz", "ghz", "ns", "us", "µs",
    "ms", "msec", "msecs", "millis", "s", "sec", "secs", "second", "seconds", "minute", "minutes",
    "min", "mins", "hour", "hours", "hrs", "day", "days",
];

/// Whether a word after a number is its unit.
pub fn is_unit(word: &str) -> bool {
    UNITS.iter().any(|u| u.eq_ignore_ascii_case(word))
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
    const WORDS: [&str; 34] = [
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

/// Whether a word tells a state or an outcome, or is a verb's `-ed` or `-ing`.
pub fn is_state(text: &str) -> bool {
    let last = text.rsplit(['.', '/']).next().unwrap_or(text);
    if last.chars().all(char::is_alphabetic) {
        let lower = last.to_lowercase();
        if lower.len() >= 5
            && (lower.ends_with("ed") || lower.ends_with("ing"))
            && last.len() == text.len()
        {
            return true;
        }
    }
    subwords(last).any(|word| STATES.binary_search(&word.to_lowercase().as_str()).is_ok())
}

/// The words inside a name: `readBlock_OK` has `read`, `Block` and `OK`.
fn subwords(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|word| {
        let mut starts = vec![0];
        let chars: Vec<(usize, char)> = word.char_indices().collect();
        for pair in chars.windows(2) {
            if pair[0].1.is_lowercase() && pair[1].1.is_uppercase() {
                starts.push(pair[1].0);
            }
        }
        starts.push(word.len());
        let ends: Vec<(usize, usize)> = starts.windows(2).map(|w| (w[0], w[1])).collect();
        ends.into_iter().map(move |(a, b)| &word[a..b])
    })
}

/// Words that tell a state, an outcome, a direction or a gravity. Sorted.
const STATES: [&str; 150] = [
    "abort",
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
    "cancelled",
    "change",
    "clean",
    "clear",
    "close",
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
    "denied",
    "deny",
    "detach",
    "dirty",
    "disable",
    "disconnect",
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
    "fail",
    "failure",
    "fatal",
    "fault",
    "finish",
    "follower",
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
    "leader",
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
    "power",
    "present",
    "primary",
    "read",
    "ready",
    "receive",
    "refuse",
    "register",
    "reject",
    "release",
    "remove",
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
    "shut",
    "shutdown",
    "slave",
    "sleep",
    "slow",
    "standby",
    "start",
    "startup",
    "stop",
    "succeed",
    "success",
    "suspend",
    "terminate",
    "timeout",
    "unavailable",
    "unhealthy",
    "unknown",
    "unload",
    "unlock",
    "unmount",
    "up",
    "valid",
    "wait",
    "wake",
    "warn",
    "warning",
    "write",
    "yes",
];
