//! However records come in, they are all there, each once, as they came, and what is said of them is the same.

use crate::world::{DAYS, END, Line, World, file_of, log, same};
use brainstem::formats::FORMATS;
use brainstem::intake::Partial;
use brainstem::time::{DAY, Timestamp};
use proptest::prelude::*;
use std::path::PathBuf;

/// For each line the file it goes into, and after how many lines each a run is made.
#[derive(Clone, Debug)]
struct Way {
    files: Vec<usize>,
    every: usize,
    threads: usize,
    backwards: bool,
}

fn way() -> impl Strategy<Value = Way> {
    let files = prop::collection::vec(0..4usize, 1..30);
    (files, 5..200usize, 1..4usize, any::<bool>()).prop_map(|(files, every, threads, backwards)| {
        Way {
            files,
            every,
            threads,
            backwards,
        }
    })
}

/// Reads the lines in this way.
fn go(lines: &[Line], way: &Way) -> World {
    let world = World::new();
    let mut lines: Vec<&Line> = lines.iter().collect();
    if way.backwards {
        // The latest days first, as when old logs are added later; within a day in order.
        lines.sort_by_key(|l| (std::cmp::Reverse(l.time.0 / DAY), l.time));
    }
    let mut number = 0;
    for some in lines.chunks(way.every) {
        let mut paths: Vec<PathBuf> = Vec::new();
        for line in some {
            let name = format!("app-{}.log", way.files[number % way.files.len()]);
            paths.push(world.append(&name, line.text() + "\n"));
            number += 1;
        }
        if way.backwards {
            paths.reverse();
        }
        let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
        world.run("t", &paths, way.threads);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_in_changes_no_answer(lines in log(), way in way(), days in 1..DAYS) {
        let straight = World::of("t", &file_of(&lines));
        let other = go(&lines, &way);
        let past = Timestamp(END.0 - days * DAY);
        for as_of in [END, past] {
            same(&other.known("t", as_of), &straight.known("t", as_of))?;
        }
    }

    #[test]
    fn counts_add_up(lines in log(), way in way()) {
        let world = go(&lines, &way);
        let count = lines.len() as u64;
        let seen = world.view("t", END);
        let facts = &seen.learned.facts;
        prop_assert_eq!(facts.signatures.iter().map(|s| s.count).sum::<u64>(), count);
        let cells = facts.signatures.iter().flat_map(|s| &s.activity).flat_map(|a| &a.cells);
        prop_assert_eq!(cells.map(|c| u64::from(c.count)).sum::<u64>(), count);
        let read: u64 = world
            .store
            .sources("t")
            .expect("sources")
            .iter()
            .map(|s| s.coverage.lines_read)
            .sum();
        prop_assert_eq!(read, count);
        prop_assert_eq!(world.store.status("t").expect("a state").events, count);
        let mut got: Vec<String> = String::from_utf8(world.raw("t")).expect("text").lines().map(String::from).collect();
        let mut expected: Vec<String> = lines.iter().map(Line::text).collect();
        got.sort();
        expected.sort();
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn scores_are_the_sum_of_their_parts_and_ids_are_unique(lines in log()) {
        let world = World::of("t", &file_of(&lines));
        let seen = world.view("t", END);
        let mut ids = Vec::new();
        for candidate in &seen.discovery.candidates {
            let sum: i64 = candidate.score_breakdown.iter().map(|part| part.points).sum();
            prop_assert_eq!(sum, candidate.score_points);
            prop_assert!((0..=10_000).contains(&candidate.score_points), "{}", candidate.score_points);
            prop_assert!(candidate.first_seen <= candidate.last_seen && candidate.last_seen < END);
            prop_assert!(candidate.event_count > 0 && !candidate.hosts.is_empty());
            ids.push(&candidate.candidate_id);
        }
        let all = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), all);
        let scores: Vec<i64> = seen.discovery.candidates.iter().map(|c| c.score_points).collect();
        prop_assert!(scores.is_sorted_by(|a, b| a >= b), "{:?}", scores);
    }
}

/// A record of any bytes: random ones, or a sample of a format with something done to it.
fn record() -> impl Strategy<Value = Vec<u8>> {
    let samples: Vec<&'static str> = FORMATS
        .iter()
        .flat_map(|f| f.samples().iter().copied())
        .filter(|s| !s.contains('\n'))
        .collect();
    let damaged = (
        prop::sample::select(samples),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4u8,
    );
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        damaged.prop_map(|(sample, at, byte, what)| {
            let mut bytes = sample.as_bytes().to_vec();
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                match what {
                    0 => {}
                    1 => bytes.truncate(at),
                    2 => bytes[at] = byte,
                    _ => bytes.insert(at, byte),
                }
            }
            bytes
        }),
    ]
    .prop_map(|bytes| bytes.into_iter().filter(|b| *b != b'\n').collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_records_come_back_byte_for_byte(
        records in prop::collection::vec(record(), 1..60),
        format in prop::option::of(prop::sample::select(FORMATS.iter().map(|f| f.name()).collect::<Vec<_>>())),
        cut in any::<prop::sample::Index>(),
    ) {
        let world = World::new();
        // Enough text before them that the file is not taken for a program or a picture.
        let text: Vec<Vec<u8>> = vec![b"a line of nothing but plain text".to_vec(); 150];
        let lines = [text, records].concat();
        let cut = cut.index(lines.len());
        let mut path = world.append("app.log", "");
        for part in [&lines[..cut], &lines[cut..]] {
            let bytes: Vec<u8> = part.iter().flat_map(|l| [l.as_slice(), b"\n"].concat()).collect();
            path = world.append("app.log", bytes);
            world.run_as("t", &[&path], 2, (format, Partial::Leave));
        }
        // A document that was begun waits for its end, as half a line does; until somebody says that it is all there is.
        world.run_as("t", &[&path], 2, (format, Partial::Take));
        let whole = std::fs::read(&path).expect("a file");
        let raw = world.raw("t");
        prop_assert!(raw == whole, "{}\ninstead of\n{}", raw.escape_ascii(), whole.escape_ascii());
        let counted: u64 = world.view("t", Timestamp::MAX).learned.facts.signatures.iter().map(|s| s.count).sum();
        // A line may go on with the one before it, and a batch is as many events as it holds.
        prop_assert_eq!(counted, world.store.status("t").expect("a state").events);
    }
}
