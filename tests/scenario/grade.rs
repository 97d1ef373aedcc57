//! How well what was found fits what was planted.

use super::Scenario;
use brainstem::candidate::{Candidate, CandidateType};

/// The grade of a ranked list.
#[derive(Clone, Debug, Default)]
pub struct Grade {
    /// Signals planted.
    pub planted: usize,
    /// Of those, named by a candidate of the top.
    pub surfaced: usize,
    /// Of those, by one of the right type.
    pub typed: usize,
    /// Candidates of the top that name no signal.
    pub noise: usize,
    /// How many the top holds.
    pub top: usize,
    /// The best rank of a decoy, from 1.
    pub decoy: Option<usize>,
    /// What was missed or wrong, for the reader of a failed test.
    pub remarks: Vec<String>,
}

/// A reported candidate, as far as grading needs it.
pub struct Reported {
    pub kind: CandidateType,
    /// All its words, lower case.
    pub text: String,
}

impl Reported {
    pub fn of(candidate: &Candidate) -> Reported {
        let mut text = format!(
            "{} {} {}",
            candidate.title, candidate.template, candidate.explanation
        );
        candidate
            .evidence
            .iter()
            .for_each(|e| text.push_str(&e.value));
        candidate
            .members
            .iter()
            .for_each(|m| text.push_str(&m.title));
        Reported {
            kind: candidate.candidate_type,
            text: text.to_lowercase(),
        }
    }
}

impl Scenario {
    /// Grades the first `top` of a ranked list.
    pub fn grade(&self, candidates: &[Candidate], top: usize) -> Grade {
        let reported: Vec<Reported> = candidates.iter().map(Reported::of).collect();
        self.grade_reported(&reported, top)
    }

    /// Grades the first `top` of what a program reported.
    pub fn grade_reported(&self, reported: &[Reported], top: usize) -> Grade {
        let top = top.min(reported.len());
        let mut used = vec![false; top];
        let mut grade = Grade {
            planted: self.planted.len(),
            top,
            ..Grade::default()
        };
        for planted in &self.planted {
            let ranks: Vec<usize> = (0..top)
                .filter(|&i| reported[i].text.contains(planted.words))
                .collect();
            ranks.iter().for_each(|&i| used[i] = true);
            let right = |i: &usize| {
                reported[*i].kind == planted.kind || planted.also.contains(&reported[*i].kind)
            };
            grade.surfaced += usize::from(!ranks.is_empty());
            grade.typed += usize::from(ranks.iter().any(right));
            if !ranks.iter().any(right) {
                let kinds: Vec<&str> = ranks.iter().map(|&i| reported[i].kind.name()).collect();
                grade.remarks.push(format!(
                    "{} '{}' told as {kinds:?}",
                    planted.kind.name(),
                    planted.words
                ));
            }
        }
        for (i, reported) in reported[..top]
            .iter()
            .enumerate()
            .filter(|(i, _)| !used[*i])
        {
            grade.noise += 1;
            grade.remarks.push(format!(
                "{} is noise: {}",
                i + 1,
                reported.text.split(':').next().unwrap_or("")
            ));
            if self
                .decoys
                .iter()
                .any(|(words, _)| reported.text.contains(&words.to_lowercase()))
            {
                grade.decoy = grade.decoy.or(Some(i + 1));
            }
        }
        grade
    }
}
