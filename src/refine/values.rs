//! Tables of words that belong to a value: units, truth and nothing, months, weekdays and zones.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_need_a_capital() {
        assert!(is_month("Jun") && is_month("MAY") && is_month("October"));
        assert!(!is_month("may") && !is_month("Junction") && !is_month("mar"));
        assert!(is_weekday("Sun") && !is_weekday("sun"));
    }

    #[test]
    fn single_letters_are_rarely_units() {
        assert!(is_unit("MB") && is_unit("mb/s") && is_unit("s") && is_unit("B"));
        assert!(!is_unit("b") && !is_unit("S") && !is_unit("m") && !is_unit("errors"));
    }
}
