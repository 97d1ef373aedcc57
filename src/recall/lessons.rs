//! Lessons and hints for what is only like what they were made of.

use super::{Help, words};
use crate::candidate::Candidate;
use crate::memory::{Incident, MemoryType};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// So many words of two templates, of all their words, make them alike: half, as related lines of one program share.
const ALIKE: f64 = 0.5;

/// Adds to each candidate the lessons of templates like its own, and ranks all by what helped, then by id.
pub fn add_lessons(
    candidates: &mut [Candidate],
    incidents: &[Incident],
    helped: &BTreeMap<String, Help>,
) {
    let lessons: Vec<&Incident> = incidents.iter().filter(|i| is_lesson(i)).collect();
    if lessons.is_empty() {
        return;
    }
    let mut with_word: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    let mut sizes: Vec<usize> = Vec::new();
    for (index, lesson) in lessons.iter().enumerate() {
        let set = word_set(&lesson.templates.join(" "));
        sizes.push(set.len());
        for word in set {
            with_word.entry(word).or_default().push(index);
        }
    }
    let rank = |id: &String| Reverse(helped.get(id).map_or(0, Help::rank));
    for candidate in candidates {
        let set = word_set(&candidate.template);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for index in set.iter().filter_map(|w| with_word.get(w)).flatten() {
            *shared.entry(*index).or_default() += 1;
        }
        for (index, n) in shared {
            let id = &lessons[index].incident_memory_id;
            let all = set.len() + sizes[index] - n;
            if n as f64 >= ALIKE * all as f64 && !candidate.related_lessons.contains(id) {
                candidate.related_lessons.push(id.clone());
            }
        }
        candidate
            .related_lessons
            .sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
    }
}

fn is_lesson(incident: &Incident) -> bool {
    matches!(
        incident.memory_type,
        MemoryType::Lesson | MemoryType::RunbookHint
    )
}

/// The words of a template; those of one or two letters say nothing.
fn word_set(template: &str) -> BTreeSet<String> {
    let all = words(template).into_iter();
    all.filter(|w| w.chars().count() > 2).collect()
}
