//! What well-known Windows events mean, for exports that leave the message out.

/// A row: the provider, the event's id, and what it says.
type Row = (&'static str, i64, &'static str);

const SECURITY: &str = "Microsoft-Windows-Security-Auditing";
const SERVICES: &str = "Service Control Manager";

/// The events people look for, in words like those of Windows itself.
const EVENTS: &[Row] = &[
    (SECURITY, 4624, "An account was successfully logged on."),
    (SECURITY, 4625, "An account failed to log on."),
    (SECURITY, 4634, "An account was logged off."),
    (SECURITY, 4647, "User initiated logoff."),
    (
        SECURITY,
        4648,
        "A logon was attempted using explicit credentials.",
    ),
    (SECURITY, 4663, "An attempt was made to access an object."),
    (SECURITY, 4672, "Special privileges assigned to new logon."),
    (SECURITY, 4688, "A new process has been created."),
    (SECURITY, 4689, "A process has exited."),
    (SECURITY, 4697, "A service was installed in the system."),
    (SECURITY, 4698, "A scheduled task was created."),
    (SECURITY, 4719, "System audit policy was changed."),
    (SECURITY, 4720, "A user account was created."),
    (SECURITY, 4722, "A user account was enabled."),
    (
        SECURITY,
        4723,
        "An attempt was made to change an account's password.",
    ),
    (
        SECURITY,
        4724,
        "An attempt was made to reset an account's password.",
    ),
    (SECURITY, 4725, "A user account was disabled."),
    (SECURITY, 4726, "A user account was deleted."),
    (
        SECURITY,
        4728,
        "A member was added to a security-enabled global group.",
    ),
    (
        SECURITY,
        4732,
        "A member was added to a security-enabled local group.",
    ),
    (SECURITY, 4738, "A user account was changed."),
    (SECURITY, 4740, "A user account was locked out."),
    (SECURITY, 4767, "A user account was unlocked."),
    (
        SECURITY,
        4768,
        "A Kerberos authentication ticket was requested.",
    ),
    (SECURITY, 4769, "A Kerberos service ticket was requested."),
    (SECURITY, 4771, "Kerberos pre-authentication failed."),
    (
        SECURITY,
        4776,
        "The computer attempted to validate the credentials for an account.",
    ),
    (
        "Microsoft-Windows-Eventlog",
        1102,
        "The audit log was cleared.",
    ),
    ("Microsoft-Windows-Eventlog", 104, "A log file was cleared."),
    (
        "Microsoft-Windows-Kernel-Power",
        41,
        "The system has rebooted without cleanly shutting down first.",
    ),
    (
        "Microsoft-Windows-Kernel-General",
        12,
        "The operating system started.",
    ),
    (
        "Microsoft-Windows-Kernel-General",
        13,
        "The operating system is shutting down.",
    ),
    ("EventLog", 6005, "The event log service was started."),
    ("EventLog", 6006, "The event log service was stopped."),
    (
        "EventLog",
        6008,
        "The previous system shutdown was unexpected.",
    ),
    (
        "User32",
        1074,
        "A process has initiated a restart or shutdown of the computer.",
    ),
    (SERVICES, 7000, "A service failed to start."),
    (
        SERVICES,
        7009,
        "A timeout was reached while waiting for a service to connect.",
    ),
    (
        SERVICES,
        7011,
        "A timeout was reached while waiting for a response from a service.",
    ),
    (SERVICES, 7023, "A service terminated with an error."),
    (
        SERVICES,
        7024,
        "A service terminated with a service-specific error.",
    ),
    (SERVICES, 7031, "A service terminated unexpectedly."),
    (SERVICES, 7034, "A service terminated unexpectedly."),
    (SERVICES, 7036, "A service entered another state."),
    (SERVICES, 7040, "The start type of a service was changed."),
    (SERVICES, 7045, "A service was installed in the system."),
    ("disk", 7, "The device has a bad block."),
    ("disk", 11, "The driver detected a controller error."),
    (
        "disk",
        51,
        "An error was detected on a device during a paging operation.",
    ),
    ("disk", 153, "An operation on a disk was retried."),
    (
        "Ntfs",
        55,
        "A corruption was discovered in the file system structure.",
    ),
    ("Application Error", 1000, "A faulting application crashed."),
    (
        "Application Hang",
        1002,
        "A program stopped interacting with Windows and was closed.",
    ),
    (
        ".NET Runtime",
        1026,
        "A process was terminated due to an unhandled exception.",
    ),
    ("Windows Error Reporting", 1001, "A fault was reported."),
    (
        "Microsoft-Windows-DNS-Client",
        1014,
        "Name resolution timed out after no DNS server responded.",
    ),
    (
        "Microsoft-Windows-Time-Service",
        36,
        "The time service has not synchronized the system time.",
    ),
    (
        "Microsoft-Windows-GroupPolicy",
        1058,
        "The processing of Group Policy failed.",
    ),
    (
        "Microsoft-Windows-WindowsUpdateClient",
        19,
        "An update was installed.",
    ),
    (
        "Microsoft-Windows-WindowsUpdateClient",
        20,
        "An update failed to install.",
    ),
];

/// What an event of a provider says, if it is a well-known one.
pub(super) fn event(provider: &[u8], id: i64) -> Option<&'static str> {
    EVENTS
        .iter()
        .find(|(name, number, _)| *number == id && name.as_bytes() == provider)
        .map(|(_, _, says)| *says)
}
