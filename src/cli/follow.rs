//! `ingest --follow`: rounds of reading, between which others can have the store.

use super::progress::Bar;
use super::session::Session;
use crate::error::{Kind, Result};
use crate::intake::{Follow, POLL_INTERVAL};
use crate::pipeline::{Ingested, Pause, Request, Run, Unread};
use crate::time::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::time::{Duration, Instant};

/// How long new records may wait for a commit: fresh enough for a person who watches, and a day of a busy log is no more
/// commits than a disk takes.
const BATCH: Duration = Duration::from_secs(1);
/// How long a round that has much to read keeps others from the store.
const ROUND: Duration = Duration::from_secs(1);
/// How long the store is free for others then, who ask for it fifty times a second.
const FREE: Duration = Duration::from_millis(100);

/// Reads what the request names, and what is written there later, until a signal comes or streams end that were all there was.
pub fn follow(request: Request, session: &Session) -> Result<Ingested> {
    let streams_only = request.paths.iter().all(|p| p.as_os_str() == "-");
    let mut watch = Follow::new(&request.paths, request.binary);
    let mut run = Run::new(Request {
        pause: Pause::Leave,
        ..request
    });
    let mut bar = Bar::of_rounds(ROUND, session.signals.clone());
    let mut told = Told::default();
    let mut last: Option<Instant> = None;
    while bar.signal().is_none() {
        run.add(watch.poll());
        told.tell(&run, session);
        let streams = !run.is_finished();
        let due = last.is_none_or(|l| l.elapsed() >= BATCH) || bar.was_cut();
        if due && (!run.is_quiet() || streams && stream_has_news(FREE)) {
            round(&mut run, &mut bar, session, &mut told)?;
            last = Some(Instant::now());
            told.tell(&run, session);
        }
        if streams_only && run.is_finished() {
            break;
        }
        wait(streams && run.is_quiet(), bar.was_cut() && !run.is_quiet());
    }
    // What was written before the signal belongs to the batch.
    session.signals.forget();
    run.add(watch.poll());
    if !run.is_finished() {
        round(&mut run, &mut bar, session, &mut told)?;
        told.tell(&run, session);
    }
    Ok(run.end())
}

/// One round. Where others keep the store for themselves, what there is to read waits.
fn round(run: &mut Run, bar: &mut Bar, session: &Session, told: &mut Told) -> Result<()> {
    let store = match session.create_store() {
        Err(e) if e.kind == Kind::Busy => {
            told.say(&e.message, session);
            return Ok(());
        }
        opened => opened?,
    };
    bar.begin_round();
    run.at(Timestamp::from(chrono::Utc::now()));
    run.round(&store, bar)?;
    store.keep_reserve();
    Ok(())
}

/// Waits until it is time to look again.
fn wait(for_stream: bool, cut: bool) {
    let pause = Duration::from_micros(POLL_INTERVAL.unsigned_abs());
    match (cut, for_stream) {
        (true, _) => std::thread::sleep(FREE),
        (false, true) => {
            // News wakes us; what it is the next turn finds out. A stream that is ready all the time must not be asked without end.
            if stream_has_news(pause) {
                std::thread::sleep(FREE);
            }
        }
        (false, false) => std::thread::sleep(pause),
    }
}

/// Whether something comes on standard input, or its end, within this time.
fn stream_has_news(within: Duration) -> bool {
    let within = Timespec {
        tv_sec: 0,
        tv_nsec: i64::from(within.subsec_nanos()),
    };
    let stdin = std::io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::IN)];
    poll(&mut fds, Some(&within)).is_ok_and(|ready| ready > 0)
}

/// What was said already: whoever follows for weeks says everything once.
#[derive(Default)]
struct Told {
    notes: usize,
    unread: usize,
    busy: Option<String>,
}

impl Told {
    fn tell(&mut self, run: &Run, session: &Session) {
        let done = run.done();
        let notes = done.notes.get(self.notes..).unwrap_or_default();
        notes.iter().for_each(|n| session.note(n));
        let unread = done.unread.get(self.unread..).unwrap_or_default();
        unread.iter().for_each(|u: &Unread| session.warn(&u.reason));
        (self.notes, self.unread) = (done.notes.len(), done.unread.len());
    }

    fn say(&mut self, text: &str, session: &Session) {
        if self.busy.as_deref() != Some(text) {
            session.warn(text);
            self.busy = Some(text.to_string());
        }
    }
}
