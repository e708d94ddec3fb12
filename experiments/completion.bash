# Completes groups, their configurations and settings after "python -m experiments.run"; docs/running.md says how to
# load it. Hydra answers what there is; its own script knows "python FILE.py" alone. Other commands of python keep the
# names of files.

_experiments_run() {
    local line="${COMP_LINE:0:COMP_POINT}" word begun=""
    [[ "$line" == *" -m experiments.run "* ]] || return
    word="${line##* }"
    if [[ "$word" == *=*,* ]]; then # of optimizer=nsga2,mo the last is asked for
        begun="${word%,*},"
        line="${line% *} ${word%%=*}=${word##*,}"
    fi
    local answers
    answers=$(COMP_LINE="run ${line#* -m experiments.run }" "$1" -m experiments.run -sc query=bash 2>/dev/null)
    [[ -n "$begun" ]] && answers=$(sed "s|[^ ]*=|$begun|g" <<<"$answers")
    COMPREPLY=($(compgen -W "$answers" -- "$word"))
    # Readline puts in place of a word, which begins after the last "=" of what was typed.
    if [[ "$COMP_WORDBREAKS" == *=* && "$word" == *=* ]]; then
        local begin="${word%"${word##*=}"}"
        COMPREPLY=("${COMPREPLY[@]#"$begin"}")
    fi
}

complete -o default -o nospace -F _experiments_run python python3
