
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
