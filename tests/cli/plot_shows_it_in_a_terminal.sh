# --terminal prints a figure in characters, without a file; figures of the paper need no database.
. "$(dirname "$0")/common.bash"

expect 2 plot layers
said '--terminal'
expect 2 plot layers --terminal -o F.svg
said 'both given'
expect 2 plot layers --terminal --dark
said 'does not apply'
expect 2 plot fig3 --model resnet50 --terminal
said 'fig2 and layers'
expect 2 plot layers -w -1 --terminal
said 'factors'
expect 2 plot layers --model resnet5 --terminal
command -v gnuplot >/dev/null || { echo "gnuplot is not installed (Debian: gnuplot-nox)"; exit 77; }
said 'resnet50'
expect 2 plot flops-accuracy --terminal
said '--db'
expect 0 plot layers --model resnet50 -w 2 --terminal
grep -q 'Multiply-adds' stdout || fail "no title in characters"
grep -q '6 x bottleneck' stdout || fail "no stages in characters"
[ "$(awk 'length($0) > 80' stdout | wc -l)" = 0 ] || fail "it is wider than 80 columns"
expect 0 plot fig8 --terminal --width 60
grep -q 'compound' stdout || fail "no key in characters"
[ "$(find . -name '*.gp' -o -name '*.dat' -o -name '*.txt' | wc -l)" = 0 ] || fail "it leaves files"
expect 0 plot fig2 --model mobilenet_v2 -o fig2.svg
grep -q '>Five scalings of MobileNetV2, to scale<' fig2.svg || fail "fig2 is of another model"
