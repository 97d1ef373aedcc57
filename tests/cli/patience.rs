//! Waiting for what must happen soon, and not for ever: a test that hangs tells nobody what it waited for.

use crate::machine::{Machine, Run};
use std::io::Read;
use std::process::{Child, Output};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer; `what` is waited for.
#[track_caller]
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "waited {} s in vain for {what}",
            PATIENCE.as_secs()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until `child`, which must not end before, has the store of `machine` for itself.
#[track_caller]
pub fn until_held(machine: &Machine, child: &mut Child) {
    until("the store to be held", || {
        let ended = child.try_wait().expect("a child");
        assert!(ended.is_none(), "it ended by itself");
        let busy = machine.run(&["status", "--lock-timeout", "0"]).code == Some(75);
        busy.then_some(())
    });
}

/// What `child` did, which must end by itself. Its standard input is closed.
#[track_caller]
pub fn ended(args: &[&str], mut child: Child) -> Run {
    drop(child.stdin.take());
    let out = child.stdout.take().map(drained);
    let err = child.stderr.take().map(drained);
    let what = format!("{} to end", args.join(" "));
    let status = until(&what, || child.try_wait().expect("a child"));
    let read = |pipe: Option<JoinHandle<Vec<u8>>>| {
        pipe.map_or_else(Vec::new, |p| p.join().expect("a pipe"))
    };
    Run::of(
        args,
        Output {
            status,
            stdout: read(out),
            stderr: read(err),
        },
    )
}

/// Reads a pipe to its end, so that nobody waits for room in it.
fn drained(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        pipe.read_to_end(&mut all).expect("a pipe");
        all
    })
}
