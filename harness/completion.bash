# Completion for bash. What there is to choose from is asked of the program itself: commands and options of --help,
# models, methods, datasets, tables and figures of the commands that know them. Only one kind of word of each help
# has a meaning here: what it calls an argument or a value (MODEL, STUDY.yaml, F, DIR, a|b|c).

# Words of the last ": a, b, c" or "are a, b and c" of the error about a name that there is not.
_scalestudy_valid_names() {
    "$@" 2>&1 >/dev/null </dev/null | sed -e 's/.* are:\{0,1\} //' -e 's/,/ /g' -e 's/ and / /g'
}

# Candidates for a value or an argument that the help of command $2 calls $3.
_scalestudy_candidates() {
    local program=$1 command=$2 kind=${3#[} cur=$4
    kind=${kind%]}
    case $command:$kind in
    *:MODEL) compgen -W "$("$program" models --format csv 2>/dev/null | sed -e 1d -e 's/,.*//')" -- "$cur" ;;
    *:METHOD) compgen -W "$(_scalestudy_valid_names "$program" scale resnet18 --method .)" -- "$cur" ;;
    *:DATASET) compgen -W "$("$program" data list --format csv 2>/dev/null | sed -e 1d -e 's/,.*//')" -- "$cur" ;;
    table:NAME) compgen -W "$("$program" table --format csv 2>/dev/null | sed -e 1d -e 's/,.*//')" -- "$cur" ;;
    plot:NAME) compgen -W "$(_scalestudy_valid_names "$program" plot . -o .svg)" -- "$cur" ;;
    *:STUDY.yaml) compgen -f -X '!*.y?(a)ml' -- "$cur"; compgen -d -- "$cur" ;;
    *:DIR) compgen -d -- "$cur" ;;
    *:F | *:FILE) compgen -f -- "$cur" ;;
    *\|*) compgen -W "${kind//|/ }" -- "$cur" ;;
    esac
}

_scalestudy() {
    local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command help kind= i
    local before=() shopt_extglob
    COMPREPLY=()
    shopt_extglob=$(shopt -p extglob) || :
    shopt -s extglob
    # --name=VALUE comes as three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    command=${COMP_WORDS[1]}
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null |
            awk '/^  [a-z]+  / && $1 != "scalestudy" { print $1 }') --help --version" -- "$cur")
        eval "$shopt_extglob"
        return
    fi
    help=$("$program" "$command" --help 2>/dev/null </dev/null)
    # What the help calls the value of the option before, if that takes one.
    [[ $prev == -* ]] && kind=$(awk -v option="$prev" '
        /^  (-., |    )--/ {
            sub(/^ +/, ""); letter = ""
            if ($1 ~ /,$/) { letter = substr($1, 1, 2); $1 = ""; sub(/^ +/, "") }
            if ((option == $1 || option == letter) && $2 ~ /^[A-Z|a-z]/ && $0 !~ ("^" $1 "  ")) { print $2; exit }
        }' <<<"$help")
    if [[ -n $kind ]]; then
        [[ $prev == --data ]] && kind=DATASET
        mapfile -t COMPREPLY < <(_scalestudy_candidates "$program" "$command" "$kind" "$cur")
    elif [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '^  (-., |    )--[a-z0-9-]+' <<<"$help" |
            grep -oE -- '--[a-z0-9-]+')" -- "$cur")
    elif [[ $command == data ]]; then
        for ((i = 2; i < COMP_CWORD; i++)); do [[ ${COMP_WORDS[i]} == -* ]] || before+=("${COMP_WORDS[i]}"); done
        case ${before[*]} in
        "") mapfile -t COMPREPLY < <(compgen -W "list info" -- "$cur") ;;
        info) mapfile -t COMPREPLY < <(_scalestudy_candidates "$program" data DATASET "$cur") ;;
        esac
    else
        kind=$(sed -n 's/^Usage: scalestudy [a-z]* \[OPTION\.\.\.\] *//p' <<<"$help")
        mapfile -t COMPREPLY < <(_scalestudy_candidates "$program" "$command" "${kind%% *}" "$cur")
    fi
    [[ $kind =~ ^\[?(STUDY\.yaml|F|FILE|DIR)\]?$ ]] && compopt -o filenames 2>/dev/null || :
    eval "$shopt_extglob"
}

complete -F _scalestudy scalestudy
