
# Ids and tenants come from the store; all else from the words above.
_brainstem() {
    local -a told
    told=(${(f)"$(_call_program told "${(q)words[1]}" complete "${(q@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#told )); then
        told=(${${told//:/\\:}/$'\t'/:})
        _describe -V brainstem told
        return
    fi
    _brainstem_words "$@"
}

