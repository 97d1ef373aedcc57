//! The one error a user sees: a kind (which decides the exit code), what happened to what, and what to type next.

use std::fmt;

/// What went wrong, as a caller may act on it. The exit codes are those of sysexits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line does not make sense.
    Usage,
    /// The store is damaged, too new, or no store at all.
    Data,
    /// No input could be read.
    NoInput,
    /// A fault of brainstem itself.
    Internal,
    /// The store cannot be created, or its place is unsafe.
    CannotCreate,
    /// Reading or writing failed; nothing of the batch was stored.
    Io,
    /// Another process holds the store.
    Busy,
    /// The operating system refused.
    Permission,
    /// A subject that was asked for does not exist.
    NotFound,
    /// The reader of our output went away; ends quietly.
    BrokenPipe,
}

impl Kind {
    /// The process exit code of this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::BrokenPipe => 0,
            Kind::NotFound => 1,
            Kind::Usage => 2,
            Kind::Data => 65,
            Kind::NoInput => 66,
            Kind::Internal => 70,
            Kind::CannotCreate => 73,
            Kind::Io => 74,
            Kind::Busy => 75,
            Kind::Permission => 77,
        }
    }

    /// The stable word for this kind in JSON errors.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::Data => "data",
            Kind::NoInput => "no_input",
            Kind::Internal => "internal",
            Kind::CannotCreate => "cannot_create",
            Kind::Io => "io",
            Kind::Busy => "busy",
            Kind::Permission => "permission",
            Kind::NotFound => "not_found",
            Kind::BrokenPipe => "broken_pipe",
        }
    }
}

/// An error with everything a person needs: `message` names the thing and ends with the cause, `hint` is what to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Decides the exit code and the JSON code.
    pub kind: Kind,
    /// One line, lower case, the thing named, the cause last.
    pub message: String,
    /// What to do next, if anything helps.
    pub hint: Option<String>,
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error without a hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// An operating system error on a named thing; `doing` reads like "cannot read absent.log".
    pub fn io(doing: impl fmt::Display, cause: &std::io::Error) -> Error {
        let kind = match cause.kind() {
            std::io::ErrorKind::BrokenPipe => Kind::BrokenPipe,
            std::io::ErrorKind::PermissionDenied => Kind::Permission,
            std::io::ErrorKind::NotFound => Kind::NoInput,
            _ => Kind::Io,
        };
        Error::new(kind, format!("{doing}: {}", os_text(cause)))
    }
}

/// The text of an operating system error without Rust's "(os error 2)".
pub fn os_text(cause: &std::io::Error) -> String {
    let text = cause.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_names_the_thing_and_drops_the_number() {
        let e = Error::io(
            "cannot read absent.log",
            &std::io::Error::from_raw_os_error(2),
        );
        assert_eq!(
            e.to_string(),
            "cannot read absent.log: No such file or directory"
        );
        assert_eq!(e.kind.exit_code(), 66);
    }
}
