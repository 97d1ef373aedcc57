//! Two threads for what is done to each of many things: machines have two cores at least.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread::ScopedJoinHandle;

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
        done.extend(joined(back));
        done
    })
}

/// Gives `take` what `work` makes of each, in their order, until it breaks off. Every other one is worked on by a thread of its
/// own, which is one ahead at most.
pub fn in_turns<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()>,
) {
    std::thread::scope(|scope| {
        let (give, given) = sync_channel(0);
        let work = &work;
        let other = scope.spawn(move || {
            let mut others = all.iter().skip(1).step_by(2);
            // Nobody waits for more once the other side has broken off.
            others.all(|item| give.send(work(item)).is_ok());
        });
        for pair in all.chunks(2) {
            let done = take(work(&pair[0])).is_break();
            // The channel is closed when the other thread has no more, or has died of a panic that is passed on below.
            let other = if done || pair.len() < 2 {
                None
            } else {
                given.recv().ok()
            };
            if other.is_none_or(|other| take(other).is_break()) {
                break;
            }
        }
        drop(given);
        joined(other);
    });
}

/// What a thread came to.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_done_once_and_in_order() {
        let all: Vec<u32> = (0..3 * MANY as u32).collect();
        let halves = in_halves(&all, |some| some.iter().map(|n| n + 1).collect());
        assert!(halves.into_iter().eq(1..=3 * MANY as u32));
        for count in 0..6 {
            for wanted in 0..=count {
                let mut taken = Vec::new();
                in_turns(
                    &all[..count],
                    |n| n * 2,
                    |n| {
                        taken.push(n);
                        match taken.len() < wanted {
                            true => ControlFlow::Continue(()),
                            false => ControlFlow::Break(()),
                        }
                    },
                );
                let expected: Vec<u32> = (0..wanted.max(1).min(count) as u32)
                    .map(|n| n * 2)
                    .collect();
                assert_eq!(taken, expected, "{wanted} of {count}");
            }
        }
    }
}
