// Each script asks `ipvsadm completion words -- PROGRAM WORD…` what the last word could become, and gets lines of a value, a
// tab and what it means; or the line `:files`. What is offered is thus always that of the program in PATH.

/** bash 4.0 and newer. Readline takes : and = for ends of words, so what stands before the last one is not to be repeated. */
const BASH = String.raw`# bash completion for ipvsadm, ipvsadm-save and ipvsadm-restore
_ipvsadm() {
    local line=${"$"}{COMP_LINE:0:COMP_POINT} value help word breaks
    local -a words
    read -ra words <<<"$line"
    [[ $line == *[[:blank:]] ]] && words+=("")
    word=${"$"}{words[-1]}
    COMPREPLY=()
    while IFS=$'\t' read -r value help; do
        if [[ $value == :files ]]; then
            compopt -o default
        else
            COMPREPLY+=("$value")
        fi
    done < <(command ipvsadm completion words -- "${"$"}{words[0]##*/}" "${"$"}{words[@]:1}" 2>/dev/null)
    breaks=${"$"}{COMP_WORDBREAKS//[^:=]/}
    if [[ -n $breaks && $word == *["$breaks"]* ]]; then
        word=${"$"}{word%"${"$"}{word##*["$breaks"]}"}
        COMPREPLY=("${"$"}{COMPREPLY[@]#"$word"}")
    fi
}
complete -F _ipvsadm ipvsadm ipvsadm-save ipvsadm-restore
`;

/** zsh 5.0 and newer; also as a file _ipvsadm in fpath. */
const ZSH = String.raw`#compdef ipvsadm ipvsadm-save ipvsadm-restore
# zsh completion for ipvsadm, ipvsadm-save and ipvsadm-restore
_ipvsadm() {
    local value help
    local -a values shown
    while IFS=$'\t' read -r value help; do
        if [[ $value == :files ]]; then
            _files
            return
        fi
        values+=("$value")
        shown+=("$value${"$"}{help:+  -- $help}")
    done < <(command ipvsadm completion words -- "${"$"}{words[1]:t}" "${"$"}{(@Q)words[2,CURRENT-1]}" "${"$"}{(Q)PREFIX}" 2>/dev/null)
    (( $#values )) && compadd -l -d shown -a values
}
if [[ $funcstack[1] == _ipvsadm ]]; then
    _ipvsadm "$@"
else
    compdef _ipvsadm ipvsadm ipvsadm-save ipvsadm-restore
fi
`;

/** fish 3.0 and newer. */
const FISH = String.raw`# fish completion for ipvsadm, ipvsadm-save and ipvsadm-restore
function __ipvsadm_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program (string replace -r '.*/' '' -- $words[1])
    set -l found (command ipvsadm completion words -- $program $words[2..] "$word" 2>/dev/null)
    if test "$found" = :files
        __fish_complete_path "$word"
    else
        string join \n -- $found
    end
end
for program in ipvsadm ipvsadm-save ipvsadm-restore
    complete -c $program -f -a '(__ipvsadm_complete)'
end
`;

/** The completion scripts by the names of their shells. */
export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
