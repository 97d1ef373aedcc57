//! The reading thread: opens inputs one after the other, decides their format, and sends their records on in chunks.

use super::message::{Job, Known, Message, Request, Unread};
use super::worker::{Others, Reading};
use crate::envelope::Coverage;
use crate::formats::{Context, by_name, detect};
use crate::intake::{
    self, Checkpoint, Chunk, Generation, Input, Limits, Opened, Options, Rotations, Step,
};
use crate::store::{Chosen, Source};
use crossbeam_channel::{Receiver, Sender};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Records looked at to choose a format.
const SAMPLE: usize = 200;

/// Reads what a request names.
pub(super) struct Reader<'r> {
    request: &'r Request,
    /// Sources by family, those of this run too: generations that turn up twice are recognised.
    known: BTreeMap<String, Vec<Source>>,
    to_workers: Sender<(u64, Message)>,
    /// A place among the messages on their way.
    claim: Sender<()>,
    /// Chunks the workers are done with.
    spare: Receiver<Chunk>,
    stop: &'r AtomicBool,
    /// Which files stand beside the logs of this run.
    rotations: Rotations,
    /// The number of the next message, and of the next new source.
    number: u64,
    next_source: u32,
}

/// The other side hung up: the run is over.
pub(super) struct HungUp;

type Sent = Result<(), HungUp>;

impl<'r> Reader<'r> {
    /// A reader that knows the sources of the store.
    pub fn new(
        request: &'r Request,
        sources: Vec<Source>,
        next_source: u32,
        (to_workers, claim, spare): (Sender<(u64, Message)>, Sender<()>, Receiver<Chunk>),
        stop: &'r AtomicBool,
    ) -> Reader<'r> {
        let mut known: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for source in sources {
            known.entry(source.family.clone()).or_default().push(source);
        }
        Reader {
            request,
            known,
            to_workers,
            claim,
            spare,
            stop,
            rotations: Rotations::default(),
            number: 0,
            next_source,
        }
    }

    /// Reads all inputs, until they end or nobody wants more; before each what rotation moved away from it.
    pub fn read_all(mut self, inputs: Vec<Input>) {
        let mut number = 0;
        for input in inputs {
            let Ok(whole) = self.with_its_past(&input) else {
                return;
            };
            for input in whole {
                if self.stop.load(Ordering::Relaxed) || self.read(number, &input).is_err() {
                    return;
                }
                number += 1;
            }
        }
    }

    /// An input, and before it the rotated files that hold what of it was never read.
    fn with_its_past(&mut self, input: &Input) -> Result<Vec<Input>, HungUp> {
        let (_, checkpoints) = self.known(&family_of(input));
        let options = self.options();
        let past = self.rotations.catch_up(input, &checkpoints, &options);
        for note in past.notes {
            self.note(&input.label(), note)?;
        }
        Ok(past.inputs)
    }

    fn send(&mut self, message: Message) -> Sent {
        self.claim.send(()).map_err(|_| HungUp)?;
        self.number += 1;
        self.to_workers
            .send((self.number - 1, message))
            .map_err(|_| HungUp)
    }

    fn options(&self) -> Options {
        Options {
            now: self.request.received_at,
            partial: self.request.partial,
            limits: Limits::default(),
        }
    }

    /// The sources of a family, and where reading them stopped.
    fn known(&self, family: &str) -> (Vec<Source>, Vec<(u64, Checkpoint)>) {
        let known = self.known.get(family).cloned().unwrap_or_default();
        let checkpoints = known
            .iter()
            .map(|s| (u64::from(s.number), s.checkpoint.clone()))
            .collect();
        (known, checkpoints)
    }

    fn read(&mut self, number: usize, input: &Input) -> Sent {
        let family = family_of(input);
        let (known, checkpoints) = self.known(&family);
        match intake::open(input, &checkpoints, &self.options()) {
            Ok(opened) => self.read_opened(number, family, input.label(), opened, known),
            Err(e) => self.send(Message::Unread(Unread {
                name: input.label(),
                reason: e.message,
            })),
        }
    }

    /// Reads an open source to its end.
    fn read_opened(
        &mut self,
        input: usize,
        family: String,
        name: String,
        opened: Opened,
        known: Vec<Source>,
    ) -> Sent {
        let Opened {
            generation,
            mut reader,
            transport,
            modified,
            notes,
            ..
        } = opened;
        for note in notes {
            self.note(&name, note)?;
        }
        let now = self.request.received_at;
        let undated = modified.unwrap_or(now).min(now);
        let mut state = State {
            input,
            source: match generation {
                Generation::Existing(id) => known.into_iter().find(|s| u64::from(s.number) == id),
                Generation::New => None,
            },
            reading: None,
            context: Context::new(self.request.zone, undated, now),
            begun: false,
            head: Vec::new(),
        };
        let mut chunk = Chunk::default();
        while !self.stop.load(Ordering::Relaxed) {
            match reader.next(self.request.chunk, &mut chunk) {
                Ok(Step::Chunk) => {}
                Ok(Step::Quiet) => continue,
                Ok(Step::End) => break,
                Err(e) => {
                    self.send(Message::Unread(Unread {
                        name: name.clone(),
                        reason: e.message,
                    }))?;
                    break;
                }
            }
            let reading = self.reading(&mut state, &chunk);
            self.begin(&mut state, reading, &family, &name, transport)?;
            let job = Job {
                input,
                source: state.source.as_ref().map_or(0, |s| s.number),
                chunk: std::mem::replace(&mut chunk, self.spare.try_recv().unwrap_or_default()),
                reading,
                context: state.context.clone(),
                undated,
                checkpoint: reader.checkpoint(),
            };
            self.send(Message::Chunk(Box::new(job)))?;
        }
        // An empty file is a source too: what comes into it later is read from its beginning.
        let reading = self.reading(&mut state, &Chunk::default());
        self.begin(&mut state, reading, &family, &name, transport)?;
        let checkpoint = reader.checkpoint();
        self.remember(&family, &state, &checkpoint);
        self.send(Message::End {
            input,
            checkpoint: Box::new(checkpoint),
        })?;
        for note in reader.notes() {
            self.note(&name, note)?;
        }
        Ok(())
    }

    fn note(&mut self, name: &str, note: intake::Note) -> Sent {
        if note.input_was_skipped() {
            return self.send(Message::Unread(Unread {
                name: name.to_string(),
                reason: note.text,
            }));
        }
        self.send(Message::Note(note.text))
    }

    /// How the records of a source are read: as asked for, as decided before, or as its first records look.
    fn reading(&self, state: &mut State, chunk: &Chunk) -> Reading {
        if let Some(reading) = state.reading {
            return reading;
        }
        let asked = self.request.format.as_deref().and_then(by_name);
        let decided = state.source.as_ref().and_then(|s| by_name(&s.format));
        let reading = match asked {
            Some(format) => Reading {
                format,
                others: Others::Never,
            },
            None => {
                let sample: Vec<&[u8]> = chunk.records().take(SAMPLE).map(|r| r.bytes).collect();
                Reading {
                    format: decided.unwrap_or_else(|| detect(&sample)),
                    others: Others::Try,
                }
            }
        };
        state.reading = Some(reading);
        self.learn_head(state, reading, chunk);
        reading
    }

    /// Where the first record of a source names the columns of all others, every piece of it has to know that record, also in
    /// later runs.
    fn learn_head(&self, state: &mut State, reading: Reading, chunk: &Chunk) {
        let known = state.source.as_ref().map(|s| s.head.as_slice());
        let first = chunk.records().next().map(|r| r.bytes);
        let Some(head) = known.filter(|h| !h.is_empty()).or(first) else {
            return;
        };
        let mut context = state.context.clone();
        reading.format.parse(head, &mut context);
        if context.header.is_some() {
            state.head = head.to_vec();
            state.context.header = context.header;
        }
    }

    /// Tells the writer of the source, once.
    fn begin(
        &mut self,
        state: &mut State,
        reading: Reading,
        family: &str,
        name: &str,
        transport: &str,
    ) -> Sent {
        if state.begun {
            return Ok(());
        }
        state.begun = true;
        let now = self.request.received_at;
        let (known, mut source) = match state.source.clone() {
            Some(source) => (Known::Yes, source),
            None => (
                Known::No,
                Source {
                    number: self.next_source,
                    tenant: self.request.tenant.clone(),
                    source_type: if transport == "stdin" {
                        "stream"
                    } else {
                        "file"
                    }
                    .to_string(),
                    name: name.to_string(),
                    family: family.to_string(),
                    format: reading.format.name().to_string(),
                    chosen: match reading.others {
                        Others::Try => Chosen::Found,
                        Others::Never => Chosen::Asked,
                    },
                    zone: self.request.zone.name(),
                    transport: transport.to_string(),
                    checkpoint: Checkpoint::default(),
                    coverage: Coverage::default(),
                    head: Vec::new(),
                    unlike: 0,
                    beyond: 0,
                    first_ingest: now,
                    last_ingest: now,
                },
            ),
        };
        self.next_source += u32::from(known == Known::No);
        source.name = name.to_string();
        source.head.clone_from(&state.head);
        state.source = Some(source.clone());
        self.send(Message::Begin {
            input: state.input,
            source: Box::new(source),
            known,
        })
    }

    /// Keeps the source for what else of its family this run reads.
    fn remember(&mut self, family: &str, state: &State, checkpoint: &Checkpoint) {
        if let Some(mut source) = state.source.clone() {
            source.checkpoint = checkpoint.clone();
            let known = self.known.entry(family.to_string()).or_default();
            known.retain(|s| s.number != source.number);
            known.push(source);
        }
    }
}

/// The key of the checkpoints of an input.
fn family_of(input: &Input) -> String {
    match input {
        Input::File(file) => file.family.key(),
        Input::Stdin { label } => format!("stream {label}"),
    }
}

/// Where reading one source stands.
struct State {
    input: usize,
    source: Option<Source>,
    reading: Option<Reading>,
    context: Context,
    begun: bool,
    /// The record that names the columns of all others, where one does.
    head: Vec<u8>,
}
