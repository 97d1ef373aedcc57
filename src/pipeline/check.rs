//! Check: the same records in another order and in other pieces must give the same signatures, ids and counts.

use super::message::Request;
use super::reading::{Others, Reading};
use super::room::Room;
use super::worker::{Scene, Worker};
use super::{Ingested, Progress, ingest};
use crate::envelope::{Coverage, ParseStatus};
use crate::error::Result;
use crate::formats::{Context, by_name};
use crate::intake::{Mark, Record};
use crate::signature::SignatureFacts;
use crate::store::{Filter, Found, Learned, Order, Source, Store};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Bytes of the pieces of the second reading: few, so that there are many edges, but enough for the format to be known by the
/// first of them.
const SMALL_CHUNK: usize = 64 << 10;
/// Threads of the first reading; the second has one more, so that pieces overtake each other in another way.
const THREADS: usize = 2;
/// Records of the pieces of the third reading: no divisor or multiple of anything.
const BACKWARDS: usize = 997;
/// Differences that are told; more of them say no more.
const TOLD: usize = 20;

/// What was compared, and what was different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Records of each reading.
    pub records: u64,
    /// Distinct fingerprints.
    pub fingerprints: u64,
    /// Signatures.
    pub signatures: u64,
    /// How it was read, each time.
    pub readings: Vec<String>,
    /// What was different, a sentence each, at most some.
    pub differences: Vec<String>,
}

/// Reads what is asked for three times, as it comes, in small pieces, and backwards, and compares what became of it; also returns what the
/// first reading did.
pub fn check(request: &mut Request, progress: &mut dyn Progress) -> Result<(Ingested, Checked)> {
    let first = Store::in_memory()?;
    request.threads = THREADS;
    let done = ingest(&first, request, progress)?;
    let expected = first.facts(&request.tenant, Timestamp::MAX)?;
    let signatures = &expected.facts.signatures;
    let mut checked = Checked {
        records: done.records,
        fingerprints: signatures.iter().map(|s| s.members.len() as u64).sum(),
        signatures: signatures.len() as u64,
        readings: vec![format!("as it comes, with {THREADS} threads")],
        differences: Vec::new(),
    };
    {
        let small = Store::in_memory()?;
        (request.chunk, request.threads) = (SMALL_CHUNK, THREADS + 1);
        let what = format!(
            "in pieces of {SMALL_CHUNK} bytes, with {} threads",
            THREADS + 1
        );
        ingest(&small, request, progress)?;
        let got = small.facts(&request.tenant, Timestamp::MAX)?;
        compare(&expected, &got, &what, &mut checked.differences);
        checked.readings.push(what);
    }
    let what = format!("backwards, in pieces of {BACKWARDS} records");
    let backwards = backwards(&first, request)?;
    let got = backwards.facts(&request.tenant, Timestamp::MAX)?;
    compare(&expected, &got, &what, &mut checked.differences);
    checked.readings.push(what);
    checked.differences.truncate(TOLD);
    Ok((done, checked))
}

/// The records of a store, the last one first, in a store of their own.
fn backwards(store: &Store, request: &Request) -> Result<Store> {
    let out = Store::in_memory()?;
    let sources: BTreeMap<u32, Source> = store
        .sources(&request.tenant)?
        .into_iter()
        .map(|s| (s.number, s))
        .collect();
    let mut taken = Taken {
        worker: Worker::new(0),
        room: Room::of(&out)?,
        batch: out.batch(&request.tenant),
        request,
        sources,
        piece: Vec::with_capacity(BACKWARDS),
    };
    let filter = Filter::default();
    store.search(&request.tenant, &filter, Order::Newest, &mut |found| {
        taken.take(found)?;
        Ok(true)
    })?;
    taken.flush()?;
    taken.batch.commit(&[], None)?;
    Ok(out)
}

/// Records on their way into a second store.
struct Taken<'a> {
    worker: Worker,
    room: Room,
    batch: crate::store::Batch<'a>,
    request: &'a Request,
    sources: BTreeMap<u32, Source>,
    /// Records of one source.
    piece: Vec<Found>,
}

impl Taken<'_> {
    fn take(&mut self, found: Found) -> Result<()> {
        let other = (self.piece.first()).is_some_and(|first| first.source != found.source);
        if other || self.piece.len() == BACKWARDS {
            self.flush()?;
        }
        self.piece.push(found);
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        let Some(first) = self.piece.first() else {
            return Ok(());
        };
        let number = first.source;
        let source = self.sources.get(&number);
        let format = source.and_then(|s| by_name(&s.format));
        let reading = Reading {
            format: format.unwrap_or_else(|| crate::formats::detect(&[])),
            others: match self.request.format {
                Some(_) => Others::Never,
                None => Others::Try,
            },
        };
        // A date without a year is read as of its own time; which that is was found when it was read first.
        let newest = self.piece.iter().map(|f| f.time).max();
        let anchor = newest.unwrap_or(self.request.received_at);
        let mut context = Context::new(self.request.zone, anchor, self.request.received_at);
        context.header = source.and_then(Source::header);
        let records = self.piece.iter().map(|found| Record {
            offset: 0,
            bytes: found.record.text(),
            mark: mark(found),
            terminated: true,
        });
        let mut scene = Scene {
            reading,
            context: &mut context,
            undated: anchor,
            room: &self.room,
            coverage: Coverage::default(),
        };
        let (digested, _) = self.worker.digest(records, &mut scene, (number, 0))?;
        self.piece.clear();
        self.batch.absorb(digested)?;
        Ok(())
    }
}

/// What framing said of a record, which its bytes alone do not tell.
fn mark(found: &Found) -> Mark {
    let text = found.record.text();
    match found.status {
        ParseStatus::Unterminated => Mark::Unterminated,
        ParseStatus::OversizeFragment => Mark::Fragment {
            index: 0,
            last: false,
        },
        ParseStatus::NulRun => Mark::NulRun {
            len: found.record.nuls,
        },
        _ => match (text.first(), memchr::memchr(b'\n', text)) {
            (Some(b'{' | b'[' | b'<'), _) | (_, None) => Mark::Line,
            (_, Some(head)) => Mark::Lines { head },
        },
    }
}

/// Adds what is different in `got`.
fn compare(expected: &Learned, got: &Learned, reading: &str, differences: &mut Vec<String>) {
    let by_id = |learned: &Learned| -> BTreeMap<String, SignatureFacts> {
        let all = learned.facts.signatures.iter();
        all.map(|s| (s.id.to_string(), s.clone())).collect()
    };
    let (mine, theirs) = (by_id(expected), by_id(got));
    for (id, signature) in &mine {
        match theirs.get(id) {
            None => differences.push(format!(
                "{reading}: there is no {id} ({})",
                signature.template
            )),
            Some(other) => differences
                .extend(different(signature, other).map(|what| format!("{reading}: {id} {what}"))),
        }
    }
    for (id, signature) in theirs.iter().filter(|(id, _)| !mine.contains_key(*id)) {
        differences.push(format!("{reading}: there is {id} ({})", signature.template));
    }
}

/// What of a signature is different, if anything. Times are not compared: those of records that say none depend on when they
/// are read.
fn different(a: &SignatureFacts, b: &SignatureFacts) -> Option<String> {
    let severities = |s: &SignatureFacts| -> Vec<(u8, u64)> {
        let all = s.severities.iter();
        all.map(|seen| (seen.severity.number(), seen.count))
            .collect()
    };
    let pairs = [
        ("template", a.template.clone(), b.template.clone()),
        (
            "service",
            a.service.to_lowercase(),
            b.service.to_lowercase(),
        ),
        ("count", a.count.to_string(), b.count.to_string()),
        (
            "fingerprints",
            format!("{:?}", a.members),
            format!("{:?}", b.members),
        ),
        (
            "severities",
            format!("{:?}", severities(a)),
            format!("{:?}", severities(b)),
        ),
    ];
    let found = pairs.into_iter().find(|(_, a, b)| a != b)?;
    Some(format!(
        "has the {} {} instead of {}",
        found.0, found.2, found.1
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Fingerprint, SignatureId};

    fn learned(all: &[(u128, &str, u64)]) -> Learned {
        let signature = |&(id, template, count): &(u128, &str, u64)| SignatureFacts {
            id: SignatureId(Fingerprint(id << 64)),
            service: String::new(),
            template: template.to_string(),
            name: None,
            members: vec![Fingerprint(id << 64)],
            severities: Vec::new(),
            first_seen: Timestamp(0),
            last_seen: Timestamp(0),
            count,
            activity: Vec::new(),
        };
        Learned {
            facts: crate::signature::Facts {
                tenant: String::new(),
                as_of: Timestamp::MAX,
                first_time: Timestamp(0),
                last_time: Timestamp(0),
                hosts: Vec::new(),
                signatures: all.iter().map(signature).collect(),
                fits: Vec::new(),
            },
            signature_of: BTreeMap::new(),
            is_whole: true,
        }
    }

    fn differences(got: &[(u128, &str, u64)]) -> Vec<String> {
        let mut out = Vec::new();
        let expected = learned(&[(1, "disk <*> is full", 3), (2, "all is well", 5)]);
        compare(&expected, &learned(got), "again", &mut out);
        out
    }

    #[test]
    fn every_difference_is_told() {
        assert!(differences(&[(1, "disk <*> is full", 3), (2, "all is well", 5)]).is_empty());
        let told = differences(&[(1, "disk sda is full", 3), (2, "all is well", 4)]);
        assert!(
            told[0].contains("template disk sda is full instead of disk <*>"),
            "{told:?}"
        );
        assert!(told[1].contains("count 4 instead of 5"), "{told:?}");
        let told = differences(&[(1, "disk <*> is full", 3), (7, "news", 5)]);
        assert!(told[0].contains("there is no sig_") && told[0].contains("all is well"));
        assert!(told[1].contains("there is sig_") && told[1].contains("news"));
    }
}
