//! The table of words: what speaks of trouble, of success, of changed access, and how strongly.

/// What a row of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Something is wrong.
    Trouble,
    /// Something went well.
    Success,
    /// Who may do what changed.
    Access,
    /// Nothing, though a word in it would, alone.
    Nothing,
}

/// Rows, parted by ` | `: words with what they say and how strongly. A final `*` stands for any ending; a space joins words that must
/// follow each other. The longest row that fits a place wins, so that "failover" is not "fail*".
pub const ROWS: &[(Says, f64, &str)] = &[
    // The system, or data, is going or gone.
    (
        Says::Trouble,
        0.9,
        "panic* | fatal* | emerg* | segfault* | segmentation fault | oops | corrupt* | \
         out of memory | oom | hardware error | machine check | data loss | lost data | \
         kernel bug | uncorrect* | unrecover* | split brain | deadlock* | catastroph* | \
         meltdown | lockup | not syncing | double free | thermal shutdown | breach* | \
         ransom* | malware | rootkit",
    ),
    // Something did not work.
    (
        Says::Trouble,
        0.65,
        "on battery | quorum lost | lost quorum | no quorum | no primary | no leader | wrong | overran | \
         error* | fail* | critical* | crit | exception* | traceback | refus* | timeout* | \
         timed out | time out | unreach* | unavail* | dead | died | dies | killed | \
         kill* | crash* | abort* | broken | unhealthy | unreadable | unwritable | \
         unwriteable | exhaust* | no space | overflow* | overrun* | unable | cannot | \
         can not | could not | couldn t | can t | not respond* | no response | no route | \
         no carrier | not ready | notready | not reachable | not running | unresponsive | \
         stuck | hung | hang* | lost | down | offline | outage* | fault* | malfunction* | \
         bad sector* | stall* | starv* | overheat* | overload* | servfail | nxdomain | \
         econnrefused | econnreset | etimedout | ehostunreach | enetunreach | enospc | \
         enomem | emfile | eio | epipe | sigsegv | sigkill | sigabrt | coredump* | \
         core dump* | giving up | gave up | give up | violat* | damag* | unclean | \
         diverg* | poison* | leak* | runaway | brownout* | blackout* | power loss | \
         undervoltage | over temperature",
    ),
    // Something is not as it should be.
    (
        Says::Trouble,
        0.45,
        "repaired from | had to repair | self repair* | needs repair | patched up | reconstruct* | limit passed | threshold passed | deadline passed | bad | locked | locked out | prematurely | on signal | no free | no answer | no reply | no proposal | breaker opened | circuit open | \
         read only | out of tolerance | waited | went away | overdue | expel* | fallen | fell | knocked | elevated | differ | differs | abandon* | suspect* | loss | \
         watchdog | relocat* | wrongly | misbehav* | defect* | unhandled | uncaught | unfinished | nonzero | no progress | \
         torn down | unsuccessful | out of date | not answer* | unanswered | escalating | page allocation | oversize* | smart self check | trip* | alarm* | choked | clogged | \
         warn | warning* | alert | denied | deny | reject* | drop* | discard* | reset* | \
         disconnect* | mismatch* | expir* | stale | missing | miss | missed | not found | \
         no such | not permitted | not available | not accessible | inaccessible | \
         degrad* | exceed* | too many | too long | too large | too high | too low | \
         too slow | too old | too small | too late | saturat* | throttl* | unexpected* | \
         incomplete | inconsist* | incorrect | insufficient | truncat* | interrupt* | \
         suspend* | blocked | block* | evict* | terminat* | oversubscrib* | unauthori* | \
         unauthenticated | suspicious* | duplicate* | conflict* | collision* | flap* | \
         bounc* | unstable | instab* | quarantin* | misconfig* | malform* | invalid* | \
         illegal* | unsupported | unknown host | weak | vulnerab* | outdated | below | \
         shortage | depleted | low | underrun* | out of range | out of order | \
         out of sync | desync* | unsync* | drift* | partial* | skew | excessive* | \
         spike* | congest* | contention | nak | backpressure | back pressure | \
         pending sector* | reallocat* | wedged | orphan* | rollback | rolled back | \
         revert* | preempt* | abnormal* | anomal* | irregular* | aberrant | refault* | \
         vanish* | disappear* | gone | unplugged | unmounted unexpectedly | replay*",
    ),
    // Something wears.
    (
        Says::Trouble,
        0.3,
        "too | need* | needs | older than | exited | frequently | restart job | restart counter | percent of capacity | increas* | \
         recovering | warn* | only | remaining | aging | ageing | sluggish | worse* | dip* | shrink* | shrank | \
         slow* | retry* | retri* | late | lag* | delay* | behind | backlog* | wait* too | \
         took | pressure | exceeding | above | over limit | limit* | threshold* | full | \
         high | hot | wear* | jitter* | contend* | catching up | again | retransmi* | \
         resend* | requeue* | deferred | defer* | deprecated | no longer | unknown | \
         temporar* | transient | may time out | degrading | long | longer | exceptional* | \
         skipp* | ignor* | unusual* | marginal* | fallback | falling back | failover | \
         failback | failed over | restart* | reboot* | respawn* | reconnect* | re elect* | \
         election | mitigat* | swap* | raising | rising | growing | struggl*",
    ),
    // A bare negation may be anything.
    (Says::Trouble, 0.2, "not"),
    // Names of things, not news.
    (
        Says::Nothing,
        0.0,
        "not yet | not due | error log* | error budget* | error page* | error report* | error handl* | error rate 0 | fault toler* | failover test* | fail safe | \
         failsafe | fail2ban | dead letter | not only | only once | exception handl* | abort handler | kill switch | time out of",
    ),
    // It went well.
    (
        Says::Success,
        0.7,
        "cleanly | normally | successful* | success | succeed* | ok | okay | passed | healthy | \
         recovered | restored | resolved | cleared | established | up to date | \
         no updates | not needed | clean | all good | nominal | no problem* | no issue* | \
         nothing to do | no action | no change* | in sync | reachable | gracefully | \
         as expected | as scheduled | by design | harmless",
    ),
    (
        Says::Success,
        0.4,
        "activated | uploaded | downloaded | updated | upgraded | applied | loaded | imported | exported | delivered | \
         saved | registered | stored | archived | completed | complete | finished | accepted | installed | connected | verified | \
         valid | enabled | ready | done | started | synchronized | synchronised | up | \
         online | renewed | refreshed | acknowledged | routine | scheduled | \
         informational | optional | test",
    ),
    // Who may do what changed.
    (
        Says::Access,
        0.8,
        "administrator | outside of | new user | user added | useradd | adduser | account created | \
         new account | created account | account added | sudoers | authorized keys | \
         authorized key | authorised key* | privilege* | setuid | promiscuous | tamper* | \
         intrusion* | backdoor* | brute force | audit* disabled | firewall disabled | \
         selinux disabled | logging disabled | protection disabled | root shell | \
         reverse shell | exploit* | escalat* | password changed | key added | new group | \
         group added | to group | unsigned module | taint* | new device | \
         history cleared | log cleared | cleared the audit | domain admin* | superuser | \
         unknown binary | unknown key | new key | fingerprint changed | host key | rogue",
    ),
];

/// Words that, shortly before a word of trouble or success, turn it into its opposite.
pub const NEGATIONS: &str = "no not without zero never none 0 non free neither nor nothing avoid avoids avoided \
     prevent prevents prevented ignore ignoring prevention if unless";
/// Plural nouns and their like that are reported as counts: `<num> errors`, `drops=<num>`.
pub const COUNTED: &str = "errors error failures failure failed warnings warning drops dropped retries retry \
     timeouts lost missed misses miss rejected denied skipped overruns overrun collisions \
     retransmits crashes faults deferred invalid blocked killed aborted expired duplicates \
     conflicts discarded resets exceptions unreachable ignored delay delays limit threshold \
     lag restarts";
