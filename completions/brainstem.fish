# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_brainstem_global_optspecs
    string join \n store= tenant= all-tenants as-of= format= schema config= timezone= color= ascii wide show-secrets q/quiet v/verbose lock-timeout= h/help V/version
end

function __fish_brainstem_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_brainstem_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_brainstem_using_subcommand
    set -l cmd (__fish_brainstem_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c brainstem -n "__fish_brainstem_needs_command" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_needs_command" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_needs_command" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_needs_command" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_needs_command" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_needs_command" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_needs_command" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_needs_command" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_needs_command" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_needs_command" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_needs_command" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_needs_command" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_needs_command" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_needs_command" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_needs_command" -s V -l version -d 'Print version'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "ingest" -d 'Read logs into the store; what was read before is skipped'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "digest" -d 'Print the page of the day: what stands out, and what to do next'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "candidates" -d 'List what deserves a person\'s attention, strongest first'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "explain" -d 'Show all about one candidate, signature, event or incident'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "events" -d 'Search the stored events'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "signatures" -d 'List the signatures: what all lines are instances of'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "promote" -d 'Keep a candidate for good, as an incident, a lesson or a hint'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "review" -d 'Say what a finding is worth: useful, noise, known, resolved, snooze'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "incidents" -d 'Search memory in words, change what it says, move it between stores'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "related" -d 'Find what is known around an event, signature or candidate'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "export" -d 'Write all about a finding as one document, for a ticket'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "replay" -d 'Walk through history: what would have been told, and when'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "status" -d 'Show whether the store is well and how well logs are understood'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "prune" -d 'Remove old records; counts, memory and what was promoted stay'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "merge" -d 'Take other stores into this one'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "config" -d 'Show the settings in force, and where each came from'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "man" -d 'Print the manual, or write all its pages into a directory'
complete -c brainstem -n "__fish_brainstem_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -s i -l input-format -d 'The format of the records [default: auto]' -r -f -a "auto\t''
syslog\t''
journald\t''
brainstem\t''
windows\t''
logicmonitor\t''
json\t''
logfmt\t''
cef\t''
leef\t''
access\t''
cri\t''
csv\t''
plain\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l map -d 'What a column of a CSV file means: timestamp, message, host, service or severity [repeatable]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l source-label -d 'What to call standard input [default: stdin]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l since -d 'Leave out records older than this: 24h, 7d, 2026-03-16' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l written -d 'When the last record was written, where stamps name no year: 2023-01-05 [default: as old as the file is]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l max-ratio -d 'Unpack archives to so many times their size; beyond it and 256 MiB they are left [default: 200]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l threads -d 'Worker threads [default: one per processor, up to 8]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -s F -l follow -d 'Go on with what is written later, through rotation'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l journal-cursor -d 'Print how far the journal was read, for journalctl --after-cursor'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l allow-missing -d 'Take it that a path or a pattern may have no file'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l dry-run -d 'Read and report, but store nothing'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l flush-partial -d 'Take an unfinished last line now'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -l force-text -d 'Read also files that look like no text, line by line'
complete -c brainstem -n "__fish_brainstem_using_subcommand ingest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l since -d 'Tell of what was seen since then: 24h, 7d, 2026-03-15' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l limit -d 'At most so many items; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l verify -d 'Check the seal of a line that --exceptions-only printed' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l fail-on -d 'Exit with 3 when an item is in this band or above' -r -f -a "ignore\t'not worth a line'
watch\t'worth knowing'
review\t'worth a look'
urgent_human_review\t'worth a look now'
promote_to_incident_memory\t'worth keeping for good'"
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l exceptions-only -d 'Only what is new or worse since the last digest; one sealed line when there is nothing'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -l dry-run -d 'Do not remember this digest: the next one will compare with the one before'
complete -c brainstem -n "__fish_brainstem_using_subcommand digest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l type -d 'Only these types, separated by commas' -r -f -a "recurrence\t'a trouble that comes back in episodes'
burst\t'far more than usual in a short time'
spread\t'on more hosts than before'
self_heal\t'a fault that heals itself, again and again'
precursor\t'what comes before something grave'
anomaly\t'never seen before, or back after a long time'
silence\t'something regular that stopped'"
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l band -d 'Only what is in this decision band or above' -r -f -a "ignore\t'not worth a line'
watch\t'worth knowing'
review\t'worth a look'
urgent_human_review\t'worth a look now'
promote_to_incident_memory\t'worth keeping for good'"
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l host -d 'Only what was seen on this host' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l service -d 'Only what this service said' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l since -d 'Only what was seen since then: 24h, 7d, 2026-03-01' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l limit -d 'At most so many; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l fail-on -d 'Exit with 3 when a listed candidate is in this band or above' -r -f -a "ignore\t'not worth a line'
watch\t'worth knowing'
review\t'worth a look'
urgent_human_review\t'worth a look now'
promote_to_incident_memory\t'worth keeping for good'"
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -l all -d 'Also those that reviews hold back'
complete -c brainstem -n "__fish_brainstem_using_subcommand candidates" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l samples -d 'Show so many records' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l recompute -d 'Compute the score once more from what is stored, and compare'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -l raw -d 'Show whole records where they are JSON or XML, and not only their messages'
complete -c brainstem -n "__fish_brainstem_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l host -d 'Only this host' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l service -d 'Only this service' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l severity -d 'Only this severity and graver: error, warning, notice or a number' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l signature -d 'Only this signature, by its id or the beginning of it' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l since -d 'Only since then: 24h, yesterday, 2026-03-01' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l until -d 'Only before then' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l around -d 'Only from ten minutes before then to ten minutes after' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l limit -d 'At most so many; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l malformed -d 'Only records that were not, or not wholly, understood'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l reverse -d 'Newest first'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -l raw -d 'Print the records as they came, byte for byte'
complete -c brainstem -n "__fish_brainstem_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l band -d 'Only what is in this attention band or above' -r -f -a "ignore_fast\t'not worth looking at'
background\t'known and steady'
watch\t'kept in sight: exact times are looked at'
investigate\t'worth a search for its cause'
promote\t'worth a person\'s memory'"
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l limit -d 'At most so many; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l merge -d 'Say that two signatures are one: they are counted together, and both ids name it' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l split -d 'Say that what a signature consists of are signatures of their own' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l rename -d 'Give a signature a name that people read instead of its template' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l undo -d 'Take back what was merged, split or renamed' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l check -d 'Read a file in different orders and pieces, without storing it, and prove that its signatures, ids and counts are the same' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l author -d 'Who says so [default: the name you are logged in with]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -l overrules -d 'List what was merged, split, renamed and undone, when and by whom'
complete -c brainstem -n "__fish_brainstem_using_subcommand signatures" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l title -d 'What to call it [default: the candidate\'s title]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l summary -d 'What happened and what was done [default: the candidate\'s explanation]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l type -d 'The kind of memory' -r -f -a "incident_memory\t''
lesson\t''
runbook_hint\t''
watch_pattern\t''
tenant_risk_marker\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l incident-type -d 'A word of your own for this kind of incident, such as vpn_instability' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l check -d 'What to look at next time' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l host -d 'The weak host of a tenant_risk_marker [default: the candidate\'s hosts]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l service -d 'The weak program of a tenant_risk_marker' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l author -d 'Who says so [default: the name you are logged in with]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l until -d 'When it ends: 3d, a date, or "escalates"' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l hosts -d 'Only on these of its hosts, separated by commas' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l notes -d 'Why, in your words' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l reviewer -d 'Who says so [default: the name you are logged in with]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l tried -d 'The lesson, hint or incident that was followed' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l helped -d 'Whether it helped' -r -f -a "yes\t''
no\t''
unknown\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand review" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l type -d 'Only this kind of memory' -r -f -a "incident_memory\t''
lesson\t''
runbook_hint\t''
watch_pattern\t''
tenant_risk_marker\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l since -d 'Only what was last seen or promoted since then: 30d, 2026-03-01' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l limit -d 'At most so many; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l edit -d 'Change title, summary, check or incident type of this memory' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l close -d 'Say that it is over' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l reopen -d 'Say that it is not over' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l merge -d 'Take this memory into the one that --into names' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l into -d 'The memory that takes the other in' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l title -d 'The new title' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l summary -d 'The new summary' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l check -d 'What to look at next time' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l incident-type -d 'A word of your own for this kind of incident' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l author -d 'Who changes it [default: the name you are logged in with]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l import -d 'Take in memories from a file of JSON lines; what is there already is taken in once' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -l export -d 'Write all memories with their records as JSON lines'
complete -c brainstem -n "__fish_brainstem_using_subcommand incidents" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l limit -d 'At most so many of each kind; 0 for all' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand related" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l samples -d 'So many raw records' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l limit -d 'So many related things of each kind' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l step -d 'The step, in whole hours: 1d, 6h, 1h [default: 1d; 3h before a trouble]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l from -d 'Begin here [default: a step after the first event; a week before a trouble]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l to -d 'End here [default: after the last event]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l incident -d 'What was told before this incident, how long before, and what was not' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l at -d 'The same for a time of trouble' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l set -d 'Walk again with another value of a constant, and compare; may be given several times' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l source -d 'Only sources whose name has this in it' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -s i -l input-format -d 'Read them as this format instead' -r -f -a "syslog\t''
journald\t''
brainstem\t''
windows\t''
logicmonitor\t''
json\t''
logfmt\t''
cef\t''
leef\t''
access\t''
cri\t''
csv\t''
plain\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l suggest -d 'Propose weights from the reviews useful and noise; nothing is changed'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l reparse -d 'Read the stored records once more, as today\'s parsers do, and say what would change'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -l apply -d 'Keep what they say now; memory and reviews stay with what they speak of'
complete -c brainstem -n "__fish_brainstem_using_subcommand replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l stale-after -d 'Not well when nothing was read for so long; "never" for no limit' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l fields -d 'Only these fields, in this order, called as in JSON: title,hosts,event_count' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l sort -d 'In the order of a field, named as for --fields; FIELD:desc puts the greatest first' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l keep -d 'How long to keep records, by attention band' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -l dry-run -d 'Say what would go, and remove nothing'
complete -c brainstem -n "__fish_brainstem_using_subcommand prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l changed -d 'Only what is not as it comes'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -l toml -d 'Write a configuration file to start from'
complete -c brainstem -n "__fish_brainstem_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l store -d 'The store' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l tenant -d 'Whose logs [default: default]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l as-of -d 'Answer as of then: yesterday, 2026-03-16 [default: now]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l format -d 'table, json, ndjson, csv, markdown, html or prometheus' -r -f -a "table\t''
json\t''
ndjson\t''
csv\t''
markdown\t''
html\t''
prometheus\t''"
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l config -d 'A configuration file, instead of the usual ones' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l timezone -d 'The zone of log stamps that name none: UTC, +02:00, Europe/Berlin [default: the system\'s]' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'on a terminal, unless NO_COLOR is set'
always\t'also in a pipe'
never\t'not even on a terminal'"
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l lock-timeout -d 'Seconds to wait for another process that uses the store' -r
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l directory -d 'Write all pages here, as brainstem.1, brainstem-ingest.1 …' -r -F
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l all-tenants -d 'Ask for every tenant, each by itself: candidates, digest, events, incidents, signatures, status'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l schema -d 'Print the JSON schema of what the subcommand answers with --format json'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l ascii -d 'Draw with ASCII characters only'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l wide -d 'Show whole cells and ids, however wide that is'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -l show-secrets -d 'Show passwords, keys and tokens found in log text instead of masking them'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -s q -l quiet -d 'Say nothing but results and errors'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -s v -l verbose -d 'Say more: what was looked at, and what it cost'
complete -c brainstem -n "__fish_brainstem_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "ingest" -d 'Read logs into the store; what was read before is skipped'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "digest" -d 'Print the page of the day: what stands out, and what to do next'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "candidates" -d 'List what deserves a person\'s attention, strongest first'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "explain" -d 'Show all about one candidate, signature, event or incident'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "events" -d 'Search the stored events'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "signatures" -d 'List the signatures: what all lines are instances of'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "promote" -d 'Keep a candidate for good, as an incident, a lesson or a hint'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "review" -d 'Say what a finding is worth: useful, noise, known, resolved, snooze'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "incidents" -d 'Search memory in words, change what it says, move it between stores'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "related" -d 'Find what is known around an event, signature or candidate'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "export" -d 'Write all about a finding as one document, for a ticket'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "replay" -d 'Walk through history: what would have been told, and when'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "status" -d 'Show whether the store is well and how well logs are understood'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "prune" -d 'Remove old records; counts, memory and what was promoted stay'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "merge" -d 'Take other stores into this one'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "config" -d 'Show the settings in force, and where each came from'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "man" -d 'Print the manual, or write all its pages into a directory'
complete -c brainstem -n "__fish_brainstem_using_subcommand help; and not __fish_seen_subcommand_from ingest digest candidates explain events signatures promote review incidents related export replay status prune merge config completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'

# Ids and tenants come from the store.
function __fish_brainstem_told
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program complete $words (commandline -ct) 2>/dev/null
end
complete -c brainstem -a '(__fish_brainstem_told)'
for option in tenant signature incident merge split rename undo tried edit close reopen into
    complete -c brainstem -l $option -x -a '(__fish_brainstem_told)'
end
