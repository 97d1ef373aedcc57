//! Two hundred logs, each with a life of its own: written line by half line, rotated in every way there is, at any moment
//! between and during runs. Every line comes out exactly once.

use crate::support::{AT_REST, Got, Keeper};
use crate::world::{Method, Step, World};
use brainstem::intake::{Binary, Follow, Mark};
use std::collections::BTreeMap;

/// The lines that records make: pieces of a line that was taken before its end are joined.
fn joined(got: &[Got]) -> Vec<String> {
    let mut by_place: BTreeMap<(u64, u64), &Got> = BTreeMap::new();
    for record in got {
        let twice = by_place.insert((record.generation, record.offset), record);
        assert!(
            twice.is_none(),
            "one place, two records: {twice:?} {record:?}"
        );
    }
    let mut lines: Vec<String> = Vec::new();
    for record in by_place.values() {
        let text = String::from_utf8_lossy(&record.bytes);
        match (record.mark, lines.last_mut()) {
            (Mark::Fragment { index, .. }, Some(last)) if index > 0 => last.push_str(&text),
            _ => lines.push(text.into_owned()),
        }
    }
    lines
}

/// One life: what was written and what was read.
fn live(seed: u64) -> Result<(), String> {
    let mut world = World::new(seed);
    let mut keeper = Keeper {
        want: 1 + world.dice.roll(3000) as usize,
        ..Keeper::default()
    };
    let dir = world.logs.dir.path().to_path_buf();
    let names = [dir.clone(), dir.join("app.log*"), dir.join("app.log")];
    // A quarter of the logs is named now so, now so.
    let named = world.dice.roll(4) as usize;
    let busy = match world.method {
        Method::DeleteCreate => 0,
        _ => [5, 30, 90][world.dice.roll(3) as usize],
    };
    for run in 0..25 {
        for _ in 0..world.dice.roll(8) {
            // What was rotated before the first run was not asked for by the name of the log alone.
            if run > 0 || world.pending.is_empty() && world.rotations == 0 {
                world.step();
            }
        }
        let any = world.dice.roll(3) as usize;
        let path = names.get(named).unwrap_or(&names[any]).clone();
        keeper.set_clock(world.now);
        let mut budget = 8;
        keeper.run_with(&[&path], &mut || {
            if budget > 0 && world.dice.chance(busy) {
                budget -= 1;
                world.step();
            }
        });
        world.runs += 1;
        if let Some(Step::Delete) = world.pending.first() {
            // What was not read before it is deleted is lost to everybody.
            world.finish_line();
            keeper.set_clock(world.now);
            keeper.run(&[&path]);
            world.delete();
        }
    }
    world.come_to_rest();
    keeper.set_clock(world.now);
    keeper.later += AT_REST;
    let path = names.get(named).unwrap_or(&dir);
    // One run for what is left, one for hints to settle where files are equal.
    keeper.run(&[path]);
    keeper.run(&[path]);
    let again = keeper.run(&[path]);
    if !again.is_empty() || keeper.stored > 0 || !keeper.failures.is_empty() {
        return Err(format!("a quiet run gave {again:?} {:?}", keeper.failures));
    }
    judge(&world, &keeper)
}

/// One life that is followed: polls instead of runs. Even what is written just before a deletion is read.
fn followed(seed: u64) -> Result<(), String> {
    let mut world = World::new(seed);
    let mut keeper = Keeper::default();
    let dir = world.logs.dir.path().to_path_buf();
    let mut follow = Follow::new(
        &[[dir.join("app.log"), dir.join("app.log*"), dir][seed as usize % 3].clone()],
        Binary::Leave,
    );
    for _ in 0..60 {
        keeper.set_clock(world.now);
        let resolved = follow.poll();
        keeper.take(resolved, &mut || {});
        world.runs += 1;
        if let Some(Step::Delete) = world.pending.first() {
            world.finish_line();
            world.line();
            world.delete();
            continue;
        }
        for _ in 0..world.dice.roll(5) {
            world.step();
        }
    }
    world.come_to_rest();
    for _ in 0..20 {
        keeper.set_clock(world.now);
        keeper.take(follow.poll(), &mut || {});
    }
    judge(&world, &keeper)
}

/// Compares what was written with what was read.
fn judge(world: &World, keeper: &Keeper) -> Result<(), String> {
    let (headers, lines): (Vec<String>, Vec<String>) = joined(&keeper.got)
        .into_iter()
        .partition(|line| *line == world.header.trim_end_matches('\n'));
    if headers.len() > world.headers {
        return Err(format!("{} headers of {}", headers.len(), world.headers));
    }
    compare(&world.written, &lines)
}

fn compare(written: &[String], read: &[String]) -> Result<(), String> {
    let mut counts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for line in written {
        counts.entry(line).or_default().0 += 1;
    }
    for line in read {
        counts.entry(line).or_default().1 += 1;
    }
    let wrong: Vec<String> = counts
        .iter()
        .filter(|(_, (written, read))| written != read)
        .map(|(line, (_, read))| format!("{} read {read} times", &line[..line.len().min(9)]))
        .take(8)
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join(", ")),
    }
}

fn judge_all(lives: u64, life: impl Fn(u64) -> Result<(), String>) {
    let failures: Vec<String> = (0..lives)
        .filter_map(|seed| life(seed).err().map(|e| format!("seed {seed}: {e}")))
        .collect();
    let count = failures.len();
    assert!(
        count == 0,
        "{count} of {lives}\n{}",
        failures[..count.min(8)].join("\n")
    );
}

#[test]
fn two_hundred_lives_lose_nothing_and_double_nothing() {
    judge_all(200, live);
}

#[test]
fn sixty_lives_that_are_followed_lose_nothing_and_double_nothing() {
    judge_all(60, followed);
}
