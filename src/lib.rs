//! brainstem: operational memory for weak signals. Logs in, the few things worth a person's time out.
//!
//! This page is the map of the house. Nouns, what flows, are files at the root of `src/`; verbs, what is done with it,
//! are folders.
//!
//! # The course of a record
//!
//! ```text
//! files, stdin ── intake ── formats ── refine ──► store          left: once per line
//!                 bytes     event      logtype    facts
//!                                                   │
//!    person ◄── report ◄── scoring ◄── discovery ◄── attention   right: once per question
//!       │                     ▲
//!       └── recall ── store: memory
//! ```
//!
//! Left of the store is a one-way street that every line goes once. Right of it is a pure function of the facts, of
//! memory, of the constants in force and of the time it is asked as of: it runs anew at every call. All it leaves is a note of
//! what the last look found, good while nothing has changed, so that relating one thing to the rest need not find the rest.
//! Its cost grows with the signatures and their active hours, not with the lines: a cheap pass looks at the hourly counts
//! of all signatures, a deep one at the exact times of the few that earned it.
//!
//! # Floors
//!
//! A module imports from lower floors only, and a file from the `mod.rs` of its folder, never from a sibling. A test
//! holds both. Lowest first:
//!
//! | floor | modules |
//! | --- | --- |
//! | what everything may speak of | [`error`]: the one error a person sees; [`time`]: instants, hours, spans, and no clock; [`halves`]: two threads for one list |
//! | the raw record | [`envelope`]: bytes as received, where they came from, how well they were understood |
//! | what it says | [`event`]: the canonical record and its severity |
//! | what it is an instance of | [`signature`]: fingerprints, signature ids, activity, and the facts of a tenant |
//! | the numbers that decide | [`tuning`]: each once, with name, unit, default and reason |
//! | the cheap pass | [`profile`]: the activity of a signature in a few numbers |
//! | what is told, and what is kept | [`candidate`]: a statement with its score; [`memory`]: what a person made durable |
//! | workshops, left | [`intake`]: bytes, what of them is new, where a record ends; [`formats`]: what a record says; [`refine`]: from a message to its fingerprint, from fingerprints to families |
//! | workshops, right | [`attention`]: what a signature has earned; [`discovery`]: findings, one file per type; [`scoring`]: score, decision, words; [`report`]: pages and the formats they are written in |
//! | the right side in one call | [`discern`]: from facts to ranked candidates, and what would have changed them |
//! | the store | [`store`]: one redb file; nobody else knows that it is redb |
//! | making durable, finding again | [`recall`]: promotion, search, relations |
//! | where workshops meet | [`pipeline`]: ingest from left to right, the view a question looks at, the walk of a replay, and reading stored records once more |
//! | the command line | [`cli`]: arguments, environment, clock and output, which no lower floor touches |
//!
//! # What holds
//!
//! - **The right side is pure.** The same facts, memory, constants and as-of time give the same candidates, scores and ids
//!   to the last digit, on every machine. So every score can be computed again, and every past day walked through again.
//! - **Order does not matter.** The same lines in other files, chunks or order give the same signatures, counts and
//!   candidates. Ids are derived from content. Nothing is ever put out in the order of a hash map.
//! - **Nothing is lost or doubled.** What a batch learned, its evidence and how far its sources were read are committed in
//!   one transaction: a run killed anywhere leaves the store as after its last commit, and the next run goes on there.
//! - **Nothing is hidden.** A record that is not understood is stored and counted with the reason, and every page ends with
//!   what was read and how well. What is held back, below the limit or skipped is said.
//! - **Memory is bounded**, whatever comes in: long lines are cut in pieces, unpacking has limits, channels are short.
//! - **Input is data.** It is never executed, never trusted to be text, and shown escaped by the one door it leaves by.
//! - **Tenants do not mix.** Whatever is asked of the store is asked for one of them; fingerprints, sources, families and
//!   memory are kept apart.
//!
//! # Words
//!
//! | word | meaning |
//! | --- | --- |
//! | tenant | the client or environment that a record belongs to |
//! | source | one place records come from: a file, known by its content through rotation, or a stream |
//! | envelope | one raw record as received, byte for byte, with where it came from |
//! | event | the canonical record that was read from it: time, host, service, severity, message, fields |
//! | logtype | the message with its variable tokens cut out; with them, it gives the message back |
//! | fingerprint | a hash of service and normalised logtype: the same everywhere and for ever |
//! | signature | the family of fingerprints that mean the same, learned from the data; hosts are no part of it |
//! | episode | occurrences of a signature close together in time: a storm of 500 lines is one |
//! | attention | how much a signature has earned: a number, and a band from `ignore_fast` to `promote` |
//! | finding | what one detector says of one or more signatures |
//! | candidate | findings that are one event, folded, scored and explained: worth a person's time, perhaps |
//! | decision band | what a candidate asks of a person: `ignore`, `watch`, `review`, `urgent_human_review`, `promote_to_incident_memory` |
//! | memory | what a person made durable: an incident, a lesson, a hint, with its records |
//! | review | a person's judgement of a candidate or signature: useful, noise, known, snoozed |
//! | coverage | how many records were read, and how well they were understood |
//! | as-of time | nothing later is looked at; the present, unless somebody says otherwise |
//!
//! # What is new goes where
//!
//! | new | one file | one row of |
//! | --- | --- | --- |
//! | log format | `src/formats/NAME.rs`, with its own sample records | [`formats::FORMATS`] |
//! | type of candidate | `src/discovery/NAME.rs` | [`discovery::DETECTORS`] |
//! | output format | `src/report/NAME.rs` | [`report::RENDERERS`] |
//! | subcommand | `src/cli/NAME.rs` | `SUBCOMMANDS` in `src/cli/mod.rs` |
//! | constant that decides | none | the table in [`tuning`] |

pub mod attention;
pub mod candidate;
pub mod cli;
pub mod discern;
pub mod discovery;
pub mod envelope;
pub mod error;
pub mod event;
pub mod formats;
pub mod halves;
pub mod intake;
pub mod memory;
pub mod pipeline;
pub mod profile;
pub mod recall;
pub mod refine;
pub mod report;
pub mod scoring;
pub mod signature;
pub mod store;
pub mod time;
pub mod tuning;
