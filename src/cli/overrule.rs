//! What a person overrules: signatures that are one, a family that is none, a name.

use super::candidates::{as_of, only};
use super::session::{Outcome, Session};
use super::subject::row;
use crate::error::{Error, Kind, Result};
use crate::memory::{Act, Overrule, Undone};
use crate::pipeline::{View, view};
use crate::recall::signatures_like;
use crate::report::pages::{self, OverrulePage, SignatureRow};
use crate::signature::{SignatureId, derived_id};
use crate::store::Store;

/// Says that two signatures are one.
pub fn merge(ids: &[String], author: Option<&str>, session: &mut Session) -> Result<Outcome> {
    let desk = Desk::open(session)?;
    let named = ids
        .iter()
        .map(|id| desk.named(id))
        .collect::<Result<Vec<usize>>>()?;
    if named.windows(2).any(|pair| pair[0] == pair[1]) {
        let what = format!("{} are one signature already", ids.join(" and "));
        return Err(Error::new(Kind::Usage, what)
            .hint("name two that brainstem signatures lists on lines of their own"));
    }
    let overrule = desk.overrule(Act::Merge, &named, author, session);
    desk.record(overrule, session)
}

/// Says that the members of a signature are signatures of their own.
pub fn split(id: &str, author: Option<&str>, session: &mut Session) -> Result<Outcome> {
    let desk = Desk::open(session)?;
    let index = desk.named(id)?;
    let facts = &desk.seen.learned.facts;
    let signature = &facts.signatures[index];
    let numbers = desk.seen.learned.fingerprints_of(signature.id);
    let mut members = desk.store.members(&session.tenant, &numbers, facts.as_of)?;
    if members.len() < 2 {
        let what = format!("{} consists of one fingerprint", signature.id);
        return Err(Error::new(Kind::Usage, what)
            .hint("brainstem explain shows what a signature consists of"));
    }
    members.sort_by_key(|m| (m.first_seen, m.fingerprint));
    let mut overrule = desk.overrule(Act::Split, &[index], author, session);
    let id = |m: &crate::store::Member| SignatureId(m.fingerprint).to_string();
    overrule.signature_ids = members.iter().map(id).collect();
    overrule.templates = members.into_iter().map(|m| m.template).collect();
    desk.record(overrule, session)
}

/// Gives a signature a name.
pub fn rename(
    id: &str,
    text: &str,
    author: Option<&str>,
    session: &mut Session,
) -> Result<Outcome> {
    let desk = Desk::open(session)?;
    let index = desk.named(id)?;
    if text.trim().is_empty() {
        return Err(Error::new(Kind::Usage, "a name needs a word")
            .hint("brainstem signatures --undo takes a name back"));
    }
    let mut overrule = desk.overrule(Act::Rename, &[index], author, session);
    overrule.text = Some(text.trim().to_string());
    desk.record(overrule, session)
}

/// Takes an overrule back.
pub fn undo(id: &str, author: Option<&str>, session: &mut Session) -> Result<Outcome> {
    let desk = Desk::open(session)?;
    let all = desk.store.overrules(&session.tenant)?.into_iter();
    let like = all.filter(|o| o.overrule_id.starts_with(id));
    let found = like.map(|o| (o.overrule_id.clone(), o)).collect();
    let mut overrule = only(id, found)
        .map_err(|e| e.hint("brainstem signatures --overrules lists what was overruled"))?;
    if let Some(undone) = &overrule.undone {
        let what = format!(
            "{} was undone at {} already",
            overrule.overrule_id,
            undone.at.minute_text()
        );
        return Err(Error::new(Kind::Usage, what).hint("to have it again, say it again"));
    }
    overrule.undone = Some(Undone {
        at: session.now,
        author: session.author(author),
    });
    desk.record(overrule, session)
}

/// Lists what was overruled, newest first.
pub fn list(session: &mut Session) -> Result<Outcome> {
    let store = session.read_store()?;
    let mut all = store.overrules(&session.tenant)?;
    all.reverse();
    session.print(&pages::overrules(&all, session.now))?;
    Ok(Outcome::Done)
}

/// The store, and what is seen in it.
struct Desk {
    store: Store,
    seen: View,
}

impl Desk {
    fn open(session: &Session) -> Result<Desk> {
        let store = session.write_store()?;
        let as_of = as_of(session, &store)?;
        let seen = view(&store, &session.tenant, as_of, &session.tuning)?;
        Ok(Desk { store, seen })
    }

    /// The index of the signature an id names.
    fn named(&self, id: &str) -> Result<usize> {
        let facts = &self.seen.learned.facts;
        let like = signatures_like(facts, id).into_iter();
        only(
            id,
            like.map(|i| (facts.signatures[i].id.to_string(), i))
                .collect(),
        )
    }

    fn overrule(
        &self,
        act: Act,
        signatures: &[usize],
        author: Option<&str>,
        session: &Session,
    ) -> Overrule {
        let facts = &self.seen.learned.facts;
        let of = |&i: &usize| &facts.signatures[i];
        let signature_ids: Vec<String> = signatures.iter().map(|i| of(i).id.to_string()).collect();
        let moment = session.now.rfc3339();
        let parts = [
            session.tenant.as_str(),
            act.name(),
            &signature_ids.join(" "),
            &moment,
        ];
        Overrule {
            overrule_id: derived_id("ovr_", &parts),
            tenant_id: session.tenant.clone(),
            act,
            subject_id: signature_ids.first().cloned().unwrap_or_default(),
            templates: signatures.iter().map(|i| of(i).template.clone()).collect(),
            signature_ids,
            text: None,
            author: session.author(author),
            created_at: session.now,
            undone: None,
        }
    }

    /// Keeps it, and shows what its signatures are now.
    fn record(self, overrule: Overrule, session: &mut Session) -> Result<Outcome> {
        self.store.record_overrule(&overrule)?;
        let as_of = self.seen.learned.facts.as_of;
        let now = view(&self.store, &session.tenant, as_of, &session.tuning)?;
        let indices = now.lookup.signatures(&overrule.signature_ids).into_iter();
        let rows: Vec<SignatureRow> = indices.map(|i| row(&now, i)).collect();
        let page = OverrulePage {
            overrule: &overrule,
            signatures: &rows,
            as_of,
        };
        session.print(&pages::overruled(&page))?;
        Ok(Outcome::Done)
    }
}
