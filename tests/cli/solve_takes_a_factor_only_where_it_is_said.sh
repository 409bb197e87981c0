# A factor that is fixed is never taken for another method than the one that was asked for, and networks are counted
# with the classes and padding that the command names.
. "$(dirname "$0")/common.bash"

# cell NAME: of the first row of CSV.
cell() {
    tr -d '\r' <stdout | awk -F, -v name="$1" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        NR == 2 { print $at }'
}

expect 2 solve mobilenet_v2 --flops 100M -w 0.25
said "only the method dwr takes"
expect 2 solve mobilenet_v2 --flops 100M -w 0.25 --method width
said "use the method dwr"
expect 0 solve mobilenet_v2 --flops 100M -w 0.5 --method dwr --format csv
[ "$(cell method) $(cell width)" = "dwr 0.5" ] || fail "$(cat stdout)"

expect 0 solve mobilenet_v2 --params 3M --method width --classes 10 --format csv
width=$(cell width) params=$(cell params) macs=$(cell macs)
expect 0 count mobilenet_v2 -w "$width" --classes 10 --format csv
[ "$(cell params) $(cell macs)" = "$params $macs" ] || fail "solve counts $params, $macs; count $(cat stdout)"
expect 0 solve resnet18 --flops 1B --method width --padding same --format csv
width=$(cell width) macs=$(cell macs)
expect 0 count resnet18 -w "$width" --padding same --format csv
[ "$(cell macs)" = "$macs" ] || fail "solve counts $macs; count $(cat stdout)"
expect 2 solve resnet18 --flops 1B --classes -3
said "--classes"
