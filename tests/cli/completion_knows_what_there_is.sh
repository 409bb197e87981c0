# Completion offers what the program has: commands, options, values, models, methods, datasets, tables, figures.
. "$(dirname "$0")/common.bash"
. "$(dirname "${BASH_SOURCE[0]}")/../../harness/completion.bash"

# offers WANTED WORD...: the candidates for the last word hold every one of WANTED.
offers() {
    local wanted=$1 one
    shift
    COMP_WORDS=("$program" "$@") COMP_CWORD=$#
    _scalestudy
    for one in $wanted; do
        [[ " ${COMPREPLY[*]} " == *" $one "* ]] || fail "no $one for '$*', but: ${COMPREPLY[*]}"
    done
}

# Nothing but WANTED.
offers_only() {
    offers "$@"
    [ "${COMPREPLY[*]}" = "$1" ] || fail "for '${*:2}' not only $1, but: ${COMPREPLY[*]}"
}

offers "models count scale plan run status jobs table plot report train eval predict bench doctor data --help" ""
offers_only "scale" sc
offers "--width --depth --batch --format --help" count -
offers_only "--workers" run --w
offers "resnet50 mobilenet_v2 efficientnet_b7" count ""
offers_only "mobilenet_v1 mobilenet_v2" count mob
offers_only "table csv json" count resnet50 --format ""
offers_only "json" count resnet50 --format = j
offers "baseline width depth resolution compound dwr" scale resnet18 --method ""
offers_only "compound" scale resnet18 -m com
offers "shapes folder" train resnet18 --data ""
offers_only "torch same" count --padding ""
offers_only "train infer" bench resnet18 --mode ""
offers_only "order time lost" bench resnet18 --layers --sort ""
offers "list info speed pack" data ""
offers_only "info" data inf
offers_only "--class-map" data info --cl
offers_only "table csv json" data list --format ""
offers_only "shapes" data info sh
offers "grid nas" search ""
offers_only "--target" search nas --t
offers "table3" table ""
offers "flops-accuracy" plot ""
touch a.yaml b.txt
offers_only "a.yaml" plan ""
offers_only "a.yaml" plot flops-accuracy -o x.svg --db=x.db ""
offers_only "" plan a.yaml ""
mkdir images
offers_only "images" train resnet18 --root ""
offers "a.yaml b.txt" eval resnet18 --weights ""
offers "a.yaml b.txt images" predict resnet18 ""
offers "a.yaml b.txt images" predict resnet18 --top 3 a.yaml b.txt ""
offers "--layers" count resnet50 --batch 4 --l
