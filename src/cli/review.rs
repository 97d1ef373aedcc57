//! `review`: what a person says about a finding.

use super::candidates::as_of;
use super::listing::Listing;
use super::session::{Outcome, Session};
use super::subject::{Subject, hosts_of, incident, signature_of, subject};
use crate::candidate::CandidateType;
use crate::error::{Error, Kind, Result};
use crate::memory::{Decision, Helped, Review, Tried, WakeLimits};
use crate::pipeline::{View, view};
use crate::recall::{Standing, count_on, freeze, host_indices, limits_words};
use crate::report::pages::{self, ReviewPage, ReviewRow, WakeRow};
use crate::signature::derived_id;
use crate::time::{DAY, Timestamp, parse_span, parse_when};
use clap::builder::PossibleValue;

/// Say what a finding is worth: useful, noise, known, resolved, snooze
///
/// A judgement acts on the finding's signature, on the hosts it is on, in this tenant, and on nothing else. Noise, known,
/// resolved and snooze keep it from digest and candidates; the digest says what each of them held back. Without an id, all
/// reviews are listed.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  brainstem review cand_cfpzfn useful --notes 'brought a ticket last month'
  brainstem review cand_cfpzfn snooze --until 3d
  brainstem review cand_cfpzfn snooze --until escalates --hosts web-01
  brainstem review sig_rtmvsn resolved --tried inc_klmn --helped yes
  brainstem review rev_pqrs withdraw")]
pub struct Args {
    /// A cand_, sig_, evt_, inc_ or rev_ id, or the beginning of one
    #[arg(value_name = "ID", value_hint = clap::ValueHint::Other)]
    id: Option<String>,
    /// The judgement, or what becomes of a review
    #[arg(value_name = "DECISION", value_parser = decision_names())]
    decision: Option<String>,
    /// When it ends: 3d, a date, or "escalates"
    ///
    /// A snooze until it escalates ends when the finding gets worse; the limits are printed in advance.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Only on these of its hosts, separated by commas
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    hosts: Vec<String>,
    /// Why, in your words
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
    /// Who says so [default: the name you are logged in with]
    #[arg(
        long,
        value_name = "NAME",
        env = "BRAINSTEM_REVIEWER",
        hide_env_values = true
    )]
    reviewer: Option<String>,
    /// The lesson, hint or incident that was followed
    #[arg(long, value_name = "MEMORY")]
    tried: Option<String>,
    /// Whether it helped
    #[arg(long, value_name = "ANSWER", requires = "tried", value_parser = ["yes", "no", "unknown"])]
    helped: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

fn decision_names() -> clap::builder::PossibleValuesParser {
    let told = |d: Decision| {
        PossibleValue::new(d.name()).help(match d {
            Decision::Useful => "worth the time it took",
            Decision::Noise => "nobody wants to see it",
            Decision::Known => "true, but no news",
            Decision::Resolved => "done with; if it comes again, something failed",
            Decision::Snooze => "not now: until a time, or until it escalates",
            Decision::Note => "no judgement, only words or what was tried",
            Decision::Withdraw => "takes a review back",
        })
    };
    Decision::ALL.map(told).into()
}

/// Runs the subcommand.
pub fn run(args: Args, session: &mut Session) -> Result<Outcome> {
    let Some(id) = &args.id else {
        return list(&args.listing, session);
    };
    let decision = decision(&args)?;
    let store = session.write_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let target = Target::of(&subject(id, session, &store, &seen)?, &seen)?;
    let review = review(&args, decision, target, session, &seen)?;
    store.record_review(&review)?;
    let wakes = review.wake.as_ref().map(limits_words).unwrap_or_default();
    let page = ReviewPage {
        review: &review,
        wakes: &wakes,
        as_of: seen.learned.facts.as_of,
    };
    session.print(&pages::reviewed(&page))?;
    store.close()?;
    Ok(Outcome::Done)
}

fn list(listing: &Listing, session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let as_of = as_of(session, &store)?;
    let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
    let mut rows = rows(&seen, |_| true);
    rows.reverse();
    let page = pages::reviews(&rows, seen.learned.facts.as_of);
    session.print(&listing.apply(page, 0)?)?;
    Ok(Outcome::Done)
}

/// The reviews that fit, oldest first, with what has become of them.
pub fn rows(seen: &View, fits: impl Fn(&Review) -> bool) -> Vec<ReviewRow> {
    let mut rows = Vec::new();
    for (index, review) in seen.reviews.iter().enumerate().filter(|(_, r)| fits(r)) {
        let mut in_force = seen.standings.iter().filter(|s| s.review == index);
        rows.push(row(review, in_force.next(), seen));
    }
    rows
}

fn row(review: &Review, standing: Option<&Standing>, seen: &View) -> ReviewRow {
    let facts = &seen.learned.facts;
    let gauges = standing.map(|s| s.gauges.as_slice()).unwrap_or_default();
    let wakes = gauges.iter().map(|g| WakeRow {
        axis: g.axis,
        limit: g.limit.clone(),
        now: g.now.clone(),
        reached: g.reached,
    });
    let since = |s: &Standing| {
        let signature = &facts.signatures[s.signature];
        count_on(signature, &s.hosts, review.judged_at, Timestamp::MAX)
    };
    let state = match standing {
        Some(standing) => standing.state_name(),
        None if !review.decision.is_judgement() => "in_force",
        None => "replaced",
    };
    ReviewRow {
        review: review.clone(),
        state,
        words: standing.map_or_else(String::new, |s| s.words(review)),
        events_since: standing.map(since),
        wakes: wakes.collect(),
    }
}

/// What is judged: named in the arguments, or a note where only words or a trial are given.
fn decision(args: &Args) -> Result<Decision> {
    let named = Decision::ALL
        .into_iter()
        .find(|d| Some(d.name()) == args.decision.as_deref());
    match named {
        Some(decision) => Ok(decision),
        None if args.notes.is_some() || args.tried.is_some() => Ok(Decision::Note),
        None => Err(Error::new(Kind::Usage, "there is no judgement").hint(
            "say useful, noise, known, resolved or snooze: brainstem review cand_bcdf noise",
        )),
    }
}

/// What a review acts on.
struct Target {
    subject_type: &'static str,
    subject_id: String,
    title: String,
    /// The indices of its signatures, the leading one first.
    signatures: Vec<usize>,
    signature_ids: Vec<String>,
    hosts: Vec<String>,
}

impl Target {
    /// A candidate is judged by its leading signature on its own hosts; so a judgement never reaches further than what was seen.
    fn of(subject: &Subject, seen: &View) -> Result<Target> {
        let facts = &seen.learned.facts;
        Ok(match subject {
            Subject::Candidate(c) => {
                let lead = &c.signatures[..c.signatures.len().min(1)];
                let ids: Vec<String> = lead.iter().map(ToString::to_string).collect();
                Target {
                    subject_type: "candidate",
                    subject_id: c.candidate_id.clone(),
                    title: c.title.clone(),
                    signatures: seen.lookup.signatures(&ids),
                    signature_ids: ids,
                    hosts: c.hosts.clone(),
                }
            }
            Subject::Signature(index) => Target::signature(seen, *index),
            Subject::Event(found) => {
                let missing =
                    || Error::new(Kind::NotFound, "the event has no signature as of that time");
                let index = signature_of(seen, found).ok_or_else(missing)?;
                Target {
                    subject_type: "event",
                    subject_id: crate::signature::event_id(found.ordinal),
                    hosts: vec![found.host.clone()],
                    ..Target::signature(seen, index)
                }
            }
            Subject::Incident(incident) => {
                let signatures = seen.lookup.signatures(&incident.signature_ids);
                let known = signatures
                    .iter()
                    .map(|&i| facts.signatures[i].id.to_string());
                Target {
                    subject_type: "incident",
                    subject_id: incident.incident_memory_id.clone(),
                    title: incident.title.clone(),
                    signature_ids: known.collect(),
                    signatures,
                    hosts: incident.hosts.clone(),
                }
            }
            Subject::Review(review) => Target {
                subject_type: "review",
                subject_id: review.review_id.clone(),
                title: review.title.clone(),
                signatures: seen.lookup.signatures(&review.signature_ids),
                signature_ids: review.signature_ids.clone(),
                hosts: review.hosts.clone(),
            },
        })
    }

    fn signature(seen: &View, index: usize) -> Target {
        let signature = &seen.learned.facts.signatures[index];
        Target {
            subject_type: "signature",
            subject_id: signature.id.to_string(),
            title: signature.title().to_string(),
            signatures: vec![index],
            signature_ids: vec![signature.id.to_string()],
            hosts: hosts_of(seen, signature),
        }
    }
}

fn review(
    args: &Args,
    decision: Decision,
    target: Target,
    session: &Session,
    seen: &View,
) -> Result<Review> {
    check(decision, args, &target)?;
    let facts = &seen.learned.facts;
    let hosts = chosen_hosts(&args.hosts, &target)?;
    let (until, wake) = match args.until.as_deref() {
        Some("escalates") => (None, Some(limits(&target, &hosts, decision, seen)?)),
        Some(text) => (Some(end(text, facts.as_of)?), None),
        None => (None, None),
    };
    let tried = match &args.tried {
        Some(id) => Some(Tried {
            incident_memory_id: incident(id, &seen.incidents, &seen.merged)?
                .incident_memory_id
                .clone(),
            helped: match args.helped.as_deref() {
                Some("yes") => Helped::Yes,
                Some("no") => Helped::No,
                _ => Helped::Unknown,
            },
        }),
        None => None,
    };
    let reviewer = session.author(args.reviewer.as_deref());
    let moment = session.now.rfc3339();
    let id_parts = [
        session.tenant.as_str(),
        &target.subject_id,
        decision.name(),
        &moment,
        &hosts.join("\n"),
        args.notes.as_deref().unwrap_or_default(),
    ];
    Ok(Review {
        review_id: derived_id("rev_", &id_parts),
        tenant_id: session.tenant.clone(),
        subject_type: target.subject_type.to_string(),
        subject_id: target.subject_id,
        title: target.title,
        decision,
        signature_ids: target.signature_ids,
        hosts,
        notes: args.notes.clone(),
        reviewer,
        created_at: session.now,
        judged_at: facts.last_time,
        until,
        wake,
        tried,
    })
}

/// What goes together.
fn check(decision: Decision, args: &Args, target: &Target) -> Result<()> {
    let usage = |what: &str, hint: &str| Err(Error::new(Kind::Usage, what).hint(hint));
    let of_review = target.subject_type == "review";
    if of_review != (decision == Decision::Withdraw) && decision != Decision::Note {
        return usage(
            "a review can only be withdrawn, and nothing else can be",
            "brainstem review lists reviews; brainstem review rev_bcdf withdraw takes one back",
        );
    }
    if decision == Decision::Snooze && args.until.is_none() {
        return usage(
            "a snooze needs an end",
            "add --until 3d, --until 2026-04-01 or --until escalates",
        );
    }
    if args.until.is_some()
        && !matches!(
            decision,
            Decision::Snooze | Decision::Noise | Decision::Known
        )
    {
        return usage(
            "only a snooze, noise or known can have an end",
            "leave --until out, or say snooze",
        );
    }
    if decision.is_judgement() && target.signatures.is_empty() {
        return usage(
            "its signatures were not seen up to that time: there is nothing to judge",
            "use --notes alone to leave a note",
        );
    }
    Ok(())
}

/// The hosts named, which must be among those it was seen on: a judgement on a misspelt host would silently do nothing.
fn chosen_hosts(named: &[String], target: &Target) -> Result<Vec<String>> {
    if named.is_empty() {
        return Ok(target.hosts.clone());
    }
    for host in named {
        if !target.hosts.contains(host) {
            return Err(Error::new(
                Kind::NotFound,
                format!("{} was not seen on {host:?}", target.subject_id),
            )
            .hint(format!("it was seen on {}", target.hosts.join(", "))));
        }
    }
    Ok(named.to_vec())
}

fn limits(
    target: &Target,
    hosts: &[String],
    decision: Decision,
    seen: &View,
) -> Result<WakeLimits> {
    let facts = &seen.learned.facts;
    match target.signatures.first() {
        Some(&signature) if decision == Decision::Snooze => {
            let hosts = host_indices(facts, hosts);
            Ok(freeze(facts, signature, &hosts, recovery(seen, signature)))
        }
        _ => Err(
            Error::new(Kind::Usage, "only a snooze can end when it escalates")
                .hint("say snooze --until escalates"),
        ),
    }
}

/// The signature that says that this one is well again, where that was learned.
fn recovery(seen: &View, fault: usize) -> Option<usize> {
    let fault = seen.learned.facts.signatures[fault].id.to_string();
    for c in &seen.discovery.candidates {
        let own: Vec<String> = c.signatures.iter().map(ToString::to_string).collect();
        let folded = c
            .members
            .iter()
            .map(|m| (m.candidate_type, &m.signature_ids));
        let mut pairs = std::iter::once((c.candidate_type, &own))
            .chain(folded)
            .filter(|(kind, ids)| *kind == CandidateType::SelfHeal && ids.first() == Some(&fault));
        if let Some((_, ids)) = pairs.next() {
            return seen.lookup.signature(ids.get(1)?);
        }
    }
    None
}

/// When a judgement ends: a span from the as-of time on, or a time after it.
fn end(text: &str, as_of: Timestamp) -> Result<Timestamp> {
    let span = parse_span(text).filter(|s| *s > 0).map(|s| as_of.plus(s));
    let when = span.or_else(|| match text {
        "tomorrow" => Some(Timestamp(as_of.0.div_euclid(DAY) * DAY).plus(DAY)),
        _ => parse_when(text, as_of),
    });
    match when {
        Some(when) if when > as_of => Ok(when),
        Some(when) => Err(Error::new(
            Kind::Usage,
            format!(
                "{} is over already as of {}",
                when.minute_text(),
                as_of.minute_text()
            ),
        )
        .hint("name a later time: --until 3d")),
        None => Err(Error::new(
            Kind::Usage,
            format!("cannot read the time {text:?} of --until"),
        )
        .hint("write --until 3d, --until 2026-04-01 or --until escalates")),
    }
}

/// What reviews say about any of these signatures, for pages.
pub fn about(seen: &View, signatures: &[usize]) -> Vec<ReviewRow> {
    let speaks = |r: &Review| {
        let of_review = seen.lookup.signatures(&r.signature_ids);
        of_review.iter().any(|i| signatures.contains(i))
    };
    rows(seen, speaks)
}
