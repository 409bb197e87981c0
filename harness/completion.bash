# Completion for bash. What there is to choose from is asked of the program itself: commands and options of --help,
# models, methods, datasets, tables and figures of the commands that know them. Here is only what the words mean by
# which each help calls arguments and values: MODEL, STUDY.yaml, F, DIR, a|b|c.

# First column of a list that the program prints.
_scalestudy_names() {
    "$@" --format csv 2>/dev/null </dev/null | sed -e 1d -e 's/,.*//'
}

# The methods are named by the error about one that there is not.
_scalestudy_methods() {
    "$1" scale resnet18 --method . 2>&1 >/dev/null | sed -e 's/.* are //' -e 's/,/ /g'
}

# What the help $1 calls the value of the option $2; nothing if it takes none.
_scalestudy_value() {
    awk -v option="$2" '
        /^  (-., |    )--/ {
            n = split($0, word, " ")
            at = word[1] ~ /,$/ ? 2 : 1
            letter = at == 2 ? substr(word[1], 1, 2) : ""
            # A value follows after one blank, the text after more, or on the next line.
            if (word[at] == option || letter == option) {
                rest = substr($0, index($0, word[at]) + length(word[at]))
                if (rest ~ /^ [^ ]/) print word[at + 1]
                exit
            }
        }' <<<"$1"
}

# Candidates for what the help of command $2 calls $3.
_scalestudy_candidates() {
    local program=$1 command=$2 kind=$3 cur=$4
    case $command:$kind in
    *:MODEL) compgen -W "$(_scalestudy_names "$program" models)" -- "$cur" ;;
    *:METHOD) compgen -W "$(_scalestudy_methods "$program")" -- "$cur" ;;
    *:DATASET) compgen -W "$(_scalestudy_names "$program" data list)" -- "$cur" ;;
    table:NAME | plot:NAME) compgen -W "$(_scalestudy_names "$program" "$command")" -- "$cur" ;;
    *:STUDY.yaml)
        compgen -f -- "$cur" | grep -E '\.ya?ml$'
        compgen -d -- "$cur"
        ;;
    *:DIR) compgen -d -- "$cur" ;;
    *:F | *:FILE | *:FILE...) compgen -f -- "$cur" ;;
    *\|*) compgen -W "${kind//|/ }" -- "$cur" ;;
    esac
}

# What the argument that the cursor is on is called: the arguments of the help in turn, those before it counted.
_scalestudy_argument() {
    local help=$1 command=$2 i word before=() arguments
    for ((i = 2; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -* ]]; then
            [[ -z $(_scalestudy_value "$help" "$word") ]] && continue
            ((i++))
            [[ ${COMP_WORDS[i]-} == = ]] && ((i++))
        else
            before+=("$word")
        fi
    done
    # The help of `data` and `search` lists commands of their own; that of `data COMMAND` begins with two words.
    if [[ $command == data || $command == search ]]; then
        if ((${#before[@]} == 0)); then
            awk '/^Commands:/ { on = 1; next } on && !/^[a-z]/ { exit } on { printf "%s%s", s, $1; s = "|" }' <<<"$help"
            return
        fi
        before=("${before[@]:1}")
    fi
    read -ra arguments < <(sed -nE 's/^Usage: scalestudy [a-z]+( [a-z]+)? \[OPTION\.\.\.\] *//p' <<<"$help" | tr -d '[]')
    # FILE... stands for any number of them, the tr -d '[]' above leaves the dots.
    if ((${#before[@]} >= ${#arguments[@]})) && [[ ${arguments[-1]-} == *... ]]; then
        echo "${arguments[-1]}"
    else
        echo "${arguments[${#before[@]}]-}"
    fi
}

_scalestudy() {
    local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local command=${COMP_WORDS[1]} help kind=''
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null |
            awk '/^  [a-z]+  / && $1 != "scalestudy" { print $1 }') --help --version" -- "$cur")
        return
    fi
    # --name=VALUE comes as three words.
    if [[ $cur == = ]]; then
        cur=''
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if [[ ($command == data || $command == search) && ${COMP_WORDS[2]} == [a-z]* ]] && ((COMP_CWORD > 2)); then
        help=$("$program" "$command" "${COMP_WORDS[2]}" --help 2>/dev/null </dev/null)
    else
        help=$("$program" "$command" --help 2>/dev/null </dev/null)
    fi
    if [[ $prev == -* ]]; then
        kind=$(_scalestudy_value "$help" "$prev")
        [[ $prev == --data ]] && kind=DATASET
    fi
    if [[ -z $kind && $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '^  (-., |    )--[a-z0-9-]+' <<<"$help" |
            grep -oE -- '--[a-z0-9-]+')" -- "$cur")
        return
    fi
    [[ -n $kind ]] || kind=$(_scalestudy_argument "$help" "$command")
    mapfile -t COMPREPLY < <(_scalestudy_candidates "$program" "$command" "$kind" "$cur")
    case $kind in
    STUDY.yaml | F | FILE | FILE... | DIR) compopt -o filenames 2>/dev/null || : ;;
    esac
}

complete -F _scalestudy scalestudy
