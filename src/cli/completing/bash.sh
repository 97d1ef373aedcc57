
# Ids and tenants come from the store; all else from the words above.
_brainstem() {
    local IFS=$'\n' told
    told=$("$1" complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1)
    if [[ -n "$told" ]]; then
        COMPREPLY=( $told )
        return 0
    fi
    unset IFS
    _brainstem_words "$@"
}

