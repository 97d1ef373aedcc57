//! Facts from lines, as the store would give them.

use super::{Line, Scenario, Shape, draw::expand};
use brainstem::event::Severity;
use brainstem::signature::{
    Cell, Facts, Fingerprint, HostActivity, SeveritySeen, SignatureFacts, SignatureId,
    digest_parts, offset_in_hour,
};
use brainstem::time::Timestamp;
use std::collections::BTreeMap;

#[derive(Default)]
struct Seen {
    severities: BTreeMap<u8, (Timestamp, u64)>,
    cells: BTreeMap<String, BTreeMap<i32, Cell>>,
    times: Option<(Timestamp, Timestamp)>,
    count: u64,
}

/// Collects occurrences into facts; the order they are added in does not matter.
#[derive(Default)]
pub struct Builder {
    seen: BTreeMap<(String, String), Seen>,
}

impl Builder {
    /// Adds one occurrence.
    pub fn add(
        &mut self,
        time: Timestamp,
        host: &str,
        service: &str,
        template: &str,
        severity: Option<Severity>,
    ) {
        let seen = self
            .seen
            .entry((service.to_string(), template.to_string()))
            .or_default();
        if let Some(severity) = severity {
            let (first, count) = seen
                .severities
                .entry(severity.number())
                .or_insert((time, 0));
            (*first, *count) = ((*first).min(time), *count + 1);
        }
        seen.count += 1;
        let (first, last) = seen.times.unwrap_or((time, time));
        seen.times = Some((first.min(time), last.max(time)));
        let hours = seen.cells.entry(host.to_string()).or_default();
        match hours.get_mut(&time.hour().0) {
            Some(cell) => cell.add(offset_in_hour(time)),
            None => {
                hours.insert(time.hour().0, Cell::one(time));
            }
        }
    }

    /// The facts as of a time; nothing at or after it must have been added.
    pub fn facts(self, as_of: Timestamp) -> Facts {
        let mut hosts: Vec<String> = self
            .seen
            .values()
            .flat_map(|s| s.cells.keys().cloned())
            .collect();
        hosts.sort();
        hosts.dedup();
        let mut signatures: Vec<SignatureFacts> = (self.seen.into_iter())
            .map(|((service, template), seen)| signature(service, template, seen, &hosts))
            .collect();
        signatures.sort_by_key(|s| s.id);
        Facts {
            tenant: "default".to_string(),
            as_of,
            first_time: signatures
                .iter()
                .map(|s| s.first_seen)
                .min()
                .unwrap_or(as_of),
            last_time: signatures
                .iter()
                .map(|s| s.last_seen)
                .max()
                .unwrap_or(as_of),
            hosts,
            signatures,
        }
    }
}

fn signature(service: String, template: String, seen: Seen, hosts: &[String]) -> SignatureFacts {
    let fingerprint = Fingerprint(digest_parts(&[&service, &template]));
    let (first_seen, last_seen) = seen.times.expect("something was added");
    let severities = seen
        .severities
        .into_iter()
        .map(|(number, (first_seen, count))| SeveritySeen {
            severity: Severity::from_number(number).expect("came from a severity"),
            first_seen,
            count,
        });
    let activity = seen.cells.into_iter().map(|(host, cells)| HostActivity {
        host: hosts.binary_search(&host).expect("all hosts are listed") as u32,
        cells: cells.into_values().collect::<Vec<Cell>>().into(),
    });
    SignatureFacts {
        id: SignatureId(fingerprint),
        members: vec![fingerprint],
        severities: severities.collect(),
        activity: activity.collect(),
        count: seen.count,
        service,
        template,
        name: None,
        first_seen,
        last_seen,
    }
}

impl Scenario {
    /// The facts of the whole scenario, as of its end.
    pub fn facts(&self) -> Facts {
        self.facts_as_of(self.end)
    }

    /// The facts as of a time.
    pub fn facts_as_of(&self, as_of: Timestamp) -> Facts {
        self.facts_of(self.lines.iter().filter(|l| l.time < as_of), as_of)
    }

    /// The facts of some lines.
    pub fn facts_of<'a>(&self, lines: impl Iterator<Item = &'a Line>, as_of: Timestamp) -> Facts {
        let mut builder = Builder::default();
        let mut templates: BTreeMap<&str, String> = BTreeMap::new();
        for line in lines {
            let template = (templates.entry(line.pattern))
                .or_insert_with(|| expand(line.pattern, |slot| format!("<{slot}>")));
            let told = Shape::of_host(line.host)
                .tells_severity()
                .then_some(line.severity);
            builder.add(
                line.time,
                self.hosts[line.host],
                line.service,
                template,
                told,
            );
        }
        builder.facts(as_of)
    }
}
