//! The state of the store as numbers for a monitoring system.

use super::{SourceStatus, StatusPage};
use crate::report::{Metric, Untrusted};

/// Sources that get a line of their own; a directory of ten thousand files must not become ten thousand series.
const SOURCES: usize = 50;

/// All numbers of the page. Names and units follow the Prometheus conventions; times are seconds since the epoch.
pub(super) fn metrics(s: &StatusPage<'_>) -> Vec<Metric> {
    let one = |name, help, value: u64| Metric::one(name, help, value as f64);
    let healthy = u64::from(s.problems.is_empty());
    let mut all = vec![
        one(
            "brainstem_healthy",
            "1 when nothing is wrong, else 0.",
            healthy,
        ),
        one(
            "brainstem_store_size_bytes",
            "Size of the store's file.",
            s.store_bytes,
        ),
        one("brainstem_events", "Events stored.", s.events),
        one("brainstem_signatures", "Signatures known.", s.signatures),
        one(
            "brainstem_fingerprints",
            "Distinct fingerprints known.",
            s.fingerprints,
        ),
        one("brainstem_hosts", "Hosts known.", s.hosts),
        one("brainstem_incidents", "Memories kept.", s.incidents),
        one("brainstem_reviews", "Reviews recorded.", s.reviews),
        one(
            "brainstem_sources",
            "Sources known.",
            s.sources.len() as u64,
        ),
    ];
    if let Some(last) = s.last_event {
        let help = "Time of the newest event.";
        all.push(Metric::one(
            "brainstem_last_event_timestamp_seconds",
            help,
            last.secs() as f64,
        ));
    }
    if let Some(last) = s.last_ingest {
        let help = "When anything was last read.";
        all.push(Metric::one(
            "brainstem_last_ingest_timestamp_seconds",
            help,
            last.secs() as f64,
        ));
    }
    all.push(coverage(s));
    all.extend(of_sources(s));
    all
}

fn coverage(s: &StatusPage<'_>) -> Metric {
    let c = &s.coverage;
    let outcomes = [
        ("parsed", c.parsed),
        ("partial", c.partial),
        ("malformed", c.malformed),
    ];
    Metric {
        name: "brainstem_records_total",
        help: "Records read, by what became of them.",
        samples: outcomes
            .into_iter()
            .map(|(outcome, n)| (vec![("outcome", Untrusted::from(outcome))], n as f64))
            .collect(),
    }
}

/// The sources that were read last, so that those in use are told of.
fn of_sources(s: &StatusPage<'_>) -> [Metric; 4] {
    let mut sources: Vec<&SourceStatus> = s.sources.iter().collect();
    sources.sort_by(|a, b| {
        b.last_ingest
            .cmp(&a.last_ingest)
            .then_with(|| a.source_id.cmp(&b.source_id))
    });
    sources.truncate(SOURCES);
    let family = |name, help, value: &dyn Fn(&SourceStatus) -> Option<f64>| Metric {
        name,
        help,
        samples: sources
            .iter()
            .filter_map(|source| {
                let labels = vec![
                    ("id", Untrusted::from(&source.source_id)),
                    ("source", Untrusted::from(&source.name)),
                ];
                value(source).map(|v| (labels, v))
            })
            .collect(),
    };
    [
        family(
            "brainstem_source_records_total",
            "Records read of a source.",
            &|s| Some(s.coverage.lines_read as f64),
        ),
        family(
            "brainstem_source_read_bytes_total",
            "Bytes read of a source, unpacked.",
            &|s| Some(s.bytes as f64),
        ),
        family(
            "brainstem_source_last_ingest_timestamp_seconds",
            "When a source was last read.",
            &|s| Some(s.last_ingest.secs() as f64),
        ),
        family(
            "brainstem_source_last_event_timestamp_seconds",
            "Time of a source's newest event.",
            &|s| s.last_event.map(|t| t.secs() as f64),
        ),
    ]
}
