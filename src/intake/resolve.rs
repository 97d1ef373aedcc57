//! From what the command line named to the files there are, each once, oldest first.

use super::{Binary, Family, Input, LogFile, Packing, SAMPLE, binary, instead, read_all};
use crate::error::{Error, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What to read, and what not.
#[derive(Debug, Default)]
pub struct Resolved {
    /// To be read in this order: families and standard input as they were named, within a family the oldest first.
    pub inputs: Vec<Input>,
    /// Found in a directory or by a pattern, and left out because there are no lines in it; no reason to worry.
    pub skipped: Vec<Problem>,
    /// Names and patterns there is no file for.
    pub missing: Vec<Problem>,
    /// Named and not readable, or not readable at all: the rest can go on, but the run must not end with code 0.
    pub problems: Vec<Problem>,
}

/// Something that is not read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub path: PathBuf,
    /// Why.
    pub error: Error,
}

/// Names of standard input.
const STDIN: [&str; 4] = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

/// Files that are tables, known by their name since they may begin with nothing but NUL bytes.
const TABLES: [&str; 3] = ["lastlog", "faillog", "tallylog"];

/// Turns `paths` (files, directories, patterns, `-`) into inputs. Directories are gone through with everything below
/// them, without hidden files and without following links to directories. Paths that lead to one file count once.
pub fn resolve(paths: &[PathBuf], binary: Binary) -> Resolved {
    let mut search = Search::new(binary);
    for path in paths {
        search.add(path);
    }
    search.finish()
}

struct Search {
    binary: Binary,
    resolved: Resolved,
    found: Vec<(usize, Input)>,
    families: BTreeMap<Family, usize>,
    seen: BTreeSet<(u64, u64)>,
    /// Were found, and not there any more when they were opened.
    gone: Vec<PathBuf>,
    stdin: bool,
}

/// How a path came up: by its name, or in looking for files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    Search,
}

impl Search {
    fn new(binary: Binary) -> Search {
        Search {
            binary,
            resolved: Resolved::default(),
            found: Vec::new(),
            families: BTreeMap::new(),
            seen: BTreeSet::new(),
            stdin: false,
            gone: Vec::new(),
        }
    }

    fn add(&mut self, path: &Path) {
        if STDIN.iter().any(|name| path == Path::new(name)) {
            if !std::mem::replace(&mut self.stdin, true) {
                let label = "stdin".to_string();
                self.found.push((self.place(), Input::Stdin { label }));
            }
            return;
        }
        match std::fs::metadata(path) {
            Ok(data) if data.is_dir() => self.look_twice(|search| search.directory(path)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => match is_pattern(path) {
                true => self.look_twice(|search| search.pattern(path)),
                false => self.resolved.missing.push(Problem {
                    path: path.to_path_buf(),
                    error: Error::io(format!("cannot read {}", path.display()), &e),
                }),
            },
            // Whatever else is wrong with it, opening it will tell.
            _ => self.file(path, By::Name),
        }
    }

    /// Looks for files, and again if some were gone before they could be opened: what was renamed has another name now.
    fn look_twice(&mut self, look: impl Fn(&mut Search)) {
        let resolved = &self.resolved;
        let (skipped, problems) = (resolved.skipped.len(), resolved.problems.len());
        look(self);
        if self.gone.is_empty() {
            return;
        }
        // What is left out or wrong is so once more, and told once.
        self.resolved.skipped.truncate(skipped);
        self.resolved.problems.truncate(problems);
        look(self);
        let mut gone = std::mem::take(&mut self.gone);
        gone.sort();
        gone.dedup();
        for path in gone.into_iter().filter(|path| !path.exists()) {
            let message = format!(
                "{} was gone before it could be read; if it was renamed, it is read by its new name",
                path.display()
            );
            self.problem(&path, Error::new(Kind::NoInput, message));
        }
    }

    fn pattern(&mut self, path: &Path) {
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let matches = match path.to_str().map(|text| glob::glob_with(text, options)) {
            Some(Ok(matches)) => matches,
            Some(Err(e)) => {
                return self.problem(
                    path,
                    Error::new(
                        Kind::Usage,
                        format!("cannot use pattern {}: {}", path.display(), e.msg),
                    ),
                );
            }
            None => return self.file(path, By::Name),
        };
        // All at once: files that appear while the first are read belong to the next run.
        let mut paths = Vec::new();
        for found in matches {
            match found {
                Ok(path) => paths.push(path),
                Err(e) => {
                    let error = Error::io(format!("cannot read {}", e.path().display()), e.error());
                    self.problem(e.path(), error);
                }
            }
        }
        if paths.is_empty() {
            let message = format!("no file matches {}", path.display());
            self.resolved.missing.push(Problem {
                path: path.to_path_buf(),
                error: Error::new(Kind::NoInput, message),
            });
        }
        paths.sort();
        for path in paths {
            match path.is_dir() {
                true => self.directory(&path),
                false => self.file(&path, By::Search),
            }
        }
    }

    fn directory(&mut self, top: &Path) {
        let mut left = vec![top.to_path_buf()];
        while let Some(directory) = left.pop() {
            let entries = match std::fs::read_dir(&directory) {
                Ok(entries) => entries,
                Err(e) => {
                    let error = Error::io(format!("cannot read {}", directory.display()), &e);
                    self.problem(&directory, error);
                    continue;
                }
            };
            let mut paths: Vec<PathBuf> = entries
                .flatten()
                .filter(|entry| !entry.file_name().as_bytes().starts_with(b"."))
                .map(|entry| entry.path())
                .collect();
            paths.sort();
            let mut below = Vec::new();
            for path in paths {
                match std::fs::symlink_metadata(&path) {
                    Ok(data) if data.is_dir() => below.push(path),
                    Ok(data) if data.is_symlink() && path.is_dir() => {}
                    _ => self.file(&path, By::Search),
                }
            }
            left.extend(below.into_iter().rev());
        }
    }

    fn file(&mut self, path: &Path, by: By) {
        let log = match self.inspect(path) {
            Ok(log) => log,
            Err(error) => {
                // In a directory there is much that is no log.
                return match (by, error.kind) {
                    (By::Search, Kind::NoInput) if std::fs::symlink_metadata(path).is_err() => {
                        self.gone.push(path.to_path_buf());
                    }
                    (By::Search, Kind::NoInput) => self.resolved.skipped.push(Problem {
                        path: path.to_path_buf(),
                        error,
                    }),
                    _ => self.problem(path, error),
                };
            }
        };
        if !self.seen.insert((log.seen.device, log.seen.inode)) {
            return;
        }
        let next = self.place();
        let place = *self.families.entry(log.family.clone()).or_insert(next);
        self.found.push((place, Input::File(log)));
    }

    fn inspect(&self, path: &Path) -> Result<LogFile, Error> {
        let (log, file) = LogFile::find(path, path)?;
        let sample = read_all(&file, 0, SAMPLE as u64)
            .map_err(|e| Error::io(format!("cannot read {}", path.display()), &e))?;
        let table = path
            .file_name()
            .is_some_and(|name| TABLES.iter().any(|table| name == OsStr::new(table)));
        match binary(&sample).or(table.then_some("a table of logins")) {
            None => Ok(log),
            Some(_) if self.binary == Binary::Take => Ok(log),
            Some(_) if Packing::of(&sample).is_some() => Ok(log),
            Some(what) => Err(Error::new(
                Kind::NoInput,
                format!("cannot read {}: it is {what}, not lines", path.display()),
            )
            .hint(instead(what, path))),
        }
    }

    fn problem(&mut self, path: &Path, error: Error) {
        self.resolved.problems.push(Problem {
            path: path.to_path_buf(),
            error,
        });
    }

    /// The place in the order for what has none yet.
    fn place(&self) -> usize {
        self.found.len()
    }

    fn finish(mut self) -> Resolved {
        self.found.sort_by(|(a, one), (b, other)| {
            let within = |input: &Input| match input {
                Input::File(log) => Some((log.age.clone(), log.path.clone())),
                Input::Stdin { .. } => None,
            };
            a.cmp(b).then_with(|| within(one).cmp(&within(other)))
        });
        self.resolved.inputs = self.found.into_iter().map(|(_, input)| input).collect();
        self.resolved
    }
}

/// Whether a path that does not exist may be a pattern the shell did not expand.
fn is_pattern(path: &Path) -> bool {
    path.as_os_str()
        .as_bytes()
        .iter()
        .any(|byte| b"*?[".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_before_it_is_opened_is_told_of_unless_it_comes_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        std::fs::write(at("other.log"), "one\n").expect("a file");
        let mut search = Search::new(Binary::Leave);
        search.look_twice(|search| {
            // As a search finds it that lists the directory before a rotation, and opens its files after it.
            search.file(&at("app.log.1"), By::Search);
            search.file(&at("back.log"), By::Search);
            search.file(&at("other.log"), By::Search);
            std::fs::write(at("back.log"), "two\n").expect("a file");
        });
        let resolved = search.finish();
        let read: Vec<String> = resolved.inputs.iter().map(Input::label).collect();
        assert_eq!(read.len(), 2, "{read:?}");
        let told: Vec<&Path> = resolved.problems.iter().map(|p| p.path.as_path()).collect();
        assert_eq!(told, [at("app.log.1")]);
        assert!(resolved.skipped.is_empty() && resolved.missing.is_empty());
    }
}
