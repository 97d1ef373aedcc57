//! Mistakes of people: slips of the hand, spans that end before they begin, questions to nobody.

use crate::machine::Machine;

#[test]
fn a_slip_in_an_id_is_answered_with_the_id() {
    let machine = Machine::with_demo();
    for (slip, meant) in [
        ("cand_gsnrlk", "did you mean cand_gsnrlc"),
        ("cand_gnsrlc", "did you mean cand_gsnrlc"),
        ("sig_fhzldq", "did you mean sig_fhzdlq"),
    ] {
        machine
            .run(&["explain", slip, "--as-of", "2026-03-16"])
            .exits(1)
            .says(meant);
    }
    let far = machine.run(&["explain", "cand_zzzzzz", "--as-of", "2026-03-16"]);
    assert!(!far.exits(1).err().contains("did you mean"));
}

#[test]
fn what_can_only_be_a_mistake_is_refused_with_what_to_type() {
    let machine = Machine::with_demo();
    let backwards = ["2026-03-10", "2026-03-01"];
    for (command, begin, end) in [
        ("events", "--since", "--until"),
        ("replay", "--from", "--to"),
    ] {
        let run = machine.run(&[command, begin, backwards[0], end, backwards[1]]);
        run.exits(2).says(begin).says(end).says("hint: ");
    }
    for (args, said) in [
        (&["--timezone", "Mars", "status"][..], "no time zone"),
        (
            &["candidates", "--format", "prometheus"],
            "brainstem status",
        ),
        (&["candidates", "--limit", "x"], "not a whole number"),
        (&["config", "--schema"], "answers no JSON"),
    ] {
        machine.run(args).exits(2).says(said).says("hint: ");
    }
    for (args, code) in [
        (&["merge", "/no/such/store"][..], 66),
        (&["incidents", "--import", "/no/such/file"], 66),
        (&["--config", "/no/such/file", "status"], 66),
    ] {
        let run = machine.run(args).exits(code);
        run.says("/no/such/").says("hint: check the path");
    }
}

#[test]
fn where_nothing_was_read_nothing_looks_like_good_news() {
    let machine = Machine::with_demo();
    for command in ["candidates", "digest", "signatures", "events"] {
        machine
            .ok(&["--tenant", "nobody", command])
            .says("no records of tenant nobody");
    }
    let run = machine.run(&["--tenant", "nobody", "status"]).exits(1);
    assert!(run.out().contains("nothing was ever read"), "{}", run.out());
}

#[test]
fn a_list_that_was_cut_says_so_and_one_that_was_not_does_not() {
    let machine = Machine::with_demo();
    let cut = [
        ("candidates", "2 of 7 candidates"),
        ("signatures", "2 of 126 signatures"),
        ("events", "these are the first 2"),
    ];
    for (command, said) in cut {
        let run = machine.ok(&[command, "--limit", "2"]).says(said);
        run.says("--limit 0 lists all");
        for args in [
            &[command, "--limit", "2", "--format", "json"][..],
            &[command, "--limit", "0"],
        ] {
            let run = machine.ok(args);
            assert!(!run.err().contains("--limit"), "{}", run.err());
        }
    }
}
