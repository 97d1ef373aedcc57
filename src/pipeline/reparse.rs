//! Reparse: stored records through today's formats, normalisation and families, or through another reading of their source.

use super::lines::repetition;
use super::reading::{Others, Reading, parse_text};
use super::worker::{MOST_FRAMES, shortened};
use crate::envelope::ParseStatus;
use crate::error::{Error, Kind, Result};
use crate::formats::{Context, Format, Header, Zone, by_name, detect};
use crate::refine::{Cut, SlotType, fingerprint, normalise};
use crate::report::pages::{Regrouping, SourceReading, Was};
use crate::signature::{Fingerprint, SignatureId};
use crate::store::segment::NONE;
use crate::store::segment::frame::Framer;
use crate::store::{Chosen, Reread, Rereading, Side, Source, Store, StoredRecord};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_128;

/// What is to be read once more, and how.
#[derive(Clone, Debug, Default)]
pub struct Reparse {
    /// Only sources whose name has this in it.
    pub source: Option<String>,
    /// Another format than the one they were read with.
    pub format: Option<String>,
    /// Another zone than theirs for stamps that name none.
    pub zone: Option<Zone>,
}

/// What that came to.
pub struct Reparsed {
    /// Records read.
    pub records: u64,
    /// Records that say something else.
    pub changed: u64,
    /// How many differ in what.
    pub fields: Vec<(&'static str, u64)>,
    /// The sources that were read.
    pub sources: Vec<SourceReading>,
    /// Signatures that are split, merged or renamed.
    pub signatures: Vec<Regrouping>,
    found: Rereading,
    after: Vec<Source>,
    how: Reparse,
}

/// Reads the stored records of a tenant once more and says what would change. Nothing is written. `told` hears how many bytes
/// of log are read, of how many.
pub fn reparse(
    store: &Store,
    tenant: &str,
    how: &Reparse,
    told: &mut dyn FnMut(u64, u64),
) -> Result<Reparsed> {
    let mut rereader = Rereader::of(store, tenant, how)?;
    let (mut bytes, all) = (0, store.status(tenant)?.raw_bytes);
    let found = store.reread(tenant, &mut |kept| {
        bytes += kept.raw.len() as u64;
        told(bytes.min(all), all);
        rereader.read(kept)
    })?;
    let mut sources = Vec::new();
    let mut after = Vec::new();
    for (number, source) in &rereader.sources {
        let (was, now) = found.sources.get(number).copied().unwrap_or_default();
        let mut new = source.source.clone();
        // Records that were pruned since stay counted as they were.
        let coverage = &mut new.coverage;
        for (count, was, now) in [
            (&mut coverage.parsed, was.parsed, now.parsed),
            (&mut coverage.partial, was.partial, now.partial),
            (&mut coverage.malformed, was.malformed, now.malformed),
            (&mut coverage.undated, was.undated, now.undated),
        ] {
            *count = (*count + now).saturating_sub(was);
        }
        sources.push(SourceReading {
            name: new.name.clone(),
            before: was,
            after: now,
        });
        after.push(new);
    }
    let names = crate::store::FIELDS.into_iter();
    Ok(Reparsed {
        records: found.records,
        changed: found.changed,
        fields: names.zip(found.fields).collect(),
        sources,
        signatures: found.regrouped.iter().map(regrouping).collect(),
        found,
        after,
        how: how.clone(),
    })
}

impl Reparsed {
    /// Whether everything is as it was.
    pub fn is_as_before(&self) -> bool {
        self.found.is_as_before()
    }

    /// Writes it, in one transaction: facts, records and sources. The store must have been open for writing all the time.
    pub fn apply(&self, store: &Store, tenant: &str) -> Result<()> {
        let mut rereader = Rereader::of(store, tenant, &self.how)?;
        let read = &mut |kept: &StoredRecord<'_>| rereader.read(kept);
        store.rewrite(tenant, &self.found, &self.after, read)
    }
}

fn regrouping(r: &crate::store::Regrouped) -> Regrouping {
    let side = |s: &Side| Was {
        signature_id: SignatureId(Fingerprint(s.root)).to_string(),
        template: s.template.clone(),
        records: s.records,
    };
    Regrouping {
        before: r.before.iter().map(side).collect(),
        after: r.after.iter().map(side).collect(),
        example: crate::report::lossless(&r.example),
    }
}

/// A source that is read once more.
struct Again {
    source: Source,
    reading: Reading,
    zone: Zone,
    header: Option<Header>,
}

/// Reads records like a worker does, one at a time.
struct Rereader {
    sources: BTreeMap<u32, Again>,
    cut: Cut,
    framer: Framer,
    frames: FxHashSet<u128>,
    texts: FxHashMap<u128, String>,
    header: Option<Header>,
    run: Option<(u64, usize)>,
    /// The fingerprint of records there was no room for.
    catch_all: u128,
}

impl Rereader {
    fn of(store: &Store, tenant: &str, how: &Reparse) -> Result<Rereader> {
        let mut sources = BTreeMap::new();
        for mut source in store.sources(tenant)? {
            let asked = (how.source.as_ref()).is_none_or(|part| source.name.contains(part));
            if !asked {
                continue;
            }
            if let Some(format) = &how.format {
                source.format.clone_from(format);
                source.chosen = Chosen::Asked;
            }
            if let Some(zone) = how.zone {
                source.zone = zone.name();
            }
            let reading = Reading {
                format: by_name(&source.format).unwrap_or_else(plain),
                others: match source.chosen {
                    Chosen::Found => Others::Try,
                    Chosen::Asked => Others::Never,
                },
            };
            let zone = Zone::parse(&source.zone).unwrap_or(Zone::Utc);
            let again = Again {
                header: source.header(),
                reading,
                zone,
                source,
            };
            sources.insert(again.source.number, again);
        }
        if let (true, Some(part)) = (sources.is_empty(), &how.source) {
            let what = format!("no source has {part:?} in its name");
            return Err(Error::new(Kind::NotFound, what).hint("brainstem status lists the sources"));
        }
        Ok(Rereader {
            sources,
            cut: Cut::new(),
            framer: Framer::default(),
            frames: FxHashSet::default(),
            texts: FxHashMap::default(),
            header: None,
            run: None,
            catch_all: fingerprint("", SlotType::Any.text()).0,
        })
    }

    fn read(&mut self, kept: &StoredRecord<'_>) -> Option<Reread> {
        let again = self.sources.get(&kept.source)?;
        // There was no room to tell it from others, or what it says is not in its bytes alone.
        if kept.fingerprint == self.catch_all || !kept.is_line {
            return None;
        }
        if self.run != Some(kept.run) {
            // Each piece was read by itself, knowing the record that names the columns.
            self.header = again.header.clone();
            self.run = Some(kept.run);
        }
        // A stamp without a year got the newest that fitted then; it still fits the time it was given.
        let anchor = kept.time.min(kept.received_at);
        let mut context = Context::new(again.zone, anchor, kept.received_at);
        context.header = self.header.take();
        let (format, mut parsed) = parse_text(again.reading, kept.raw, &mut context);
        self.header = context.header.take();
        if format.counts_repeats() && repetition(&parsed.message).is_some() {
            // What it repeats is said by the record before it.
            return None;
        }
        if is_framing(kept.status) {
            parsed.status = kept.status;
        }
        let time = match parsed.time {
            Some(time) if parsed.status != ParseStatus::TimeSuspect => time,
            // A record that says none keeps the one it counts under.
            _ => kept.time,
        };
        self.cut.cut(&parsed.message);
        let catch_all = [SlotType::Any.marker()];
        let (logtype, slots) = match kept.logtype == catch_all {
            // There was no room for its own.
            true => (catch_all.to_vec(), vec![parsed.message.to_vec()]),
            false => {
                let slots = self.cut.vars.iter().map(|s| s.of(&parsed.message).to_vec());
                (self.cut.logtype.to_vec(), slots.collect())
            }
        };
        let mut verbatim = self.framer.cut(kept.raw, &parsed, time);
        self.frames.insert(xxh3_128(&self.framer.frame));
        if self.frames.len() > MOST_FRAMES {
            self.framer.take_whole(kept.raw);
            verbatim = false;
        }
        let frame_slots = self.framer.slots.iter().map(|s| s.of(kept.raw).to_vec());
        let text = (self.texts.entry(xxh3_128(&logtype))).or_insert_with(|| normalise(&logtype));
        let service = shortened(&parsed.service);
        Some(Reread {
            time,
            host: shortened(&parsed.host).to_string(),
            service: service.to_string(),
            severity: parsed.severity.map_or(NONE, crate::event::Severity::number),
            facility: parsed.facility.unwrap_or(NONE),
            status: parsed.status,
            fingerprint: fingerprint(service, text).0,
            normalised: text.clone(),
            frame: (self.framer.frame.clone(), frame_slots.collect()),
            logtype: (logtype, slots),
            verbatim,
        })
    }
}

/// Whether a status says what framing found, which no format can say.
fn is_framing(status: ParseStatus) -> bool {
    matches!(
        status,
        ParseStatus::Unterminated | ParseStatus::OversizeFragment | ParseStatus::NulRun
    )
}

fn plain() -> &'static dyn Format {
    detect(&[])
}
