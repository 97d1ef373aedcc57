//! Two threads for what is done to each of many things: machines have two cores at least.

use std::panic::resume_unwind;

/// Fewer things than this are done sooner than a thread is started.
const MANY: usize = 1_000;

/// What `work` makes of all, in their order; of many, half of them in a thread of its own.
pub fn in_halves<'a, T: Sync, R: Send>(
    all: &'a [T],
    work: impl Fn(&'a [T]) -> Vec<R> + Sync,
) -> Vec<R> {
    if all.len() < MANY {
        return work(all);
    }
    let (front, back) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        let back = scope.spawn(|| work(back));
        let mut done = work(front);
        done.extend(back.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done
    })
}
