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
    let (mut done, rest) = both(|| work(front), || work(back));
    done.extend(rest);
    done
}

/// What both come to; the other one in a thread of its own.
pub fn both<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join();
        (one, other.unwrap_or_else(|panic| resume_unwind(panic)))
    })
}
