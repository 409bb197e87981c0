# A figure comes with what it was drawn from, and gnuplot alone draws it again; wrong requests are sentences.
. "$(dirname "$0")/common.bash"

expect 0 plot
grep -q '^flops-accuracy ' stdout || fail "the list of figures lacks flops-accuracy"
study tiny.yaml 1 '[0]'
expect 2 plot flops-accuracy tiny.yaml -o F.jpg
said '.svg, .png or .pdf'
expect 2 plot flops-accuracy tiny.yaml
said '-o F.svg'
expect 2 plot flops-accuracy -o F.svg
said '--db'
expect 2 plot flops_accuracy tiny.yaml -o F.svg
said 'did you mean flops-accuracy? The figures are: fig1'
if ! command -v gnuplot >/dev/null; then
    echo "gnuplot is not installed (Debian: gnuplot-nox)"
    exit 77
fi
expect 0 run tiny.yaml
mkdir out
expect 0 plot flops-accuracy tiny.yaml -o out/F.svg
grep -q 'out/F.svg.gp' stderr && grep -q 'out/F.svg.dat' stderr || fail "it does not say where script and data are"
grep -q '>MobileNetV2, 32 px<' out/F.svg || fail "the figure does not show the model"
cp out/F.svg before.svg
rm out/F.svg
(cd out && gnuplot F.svg.gp) || fail "gnuplot F.svg.gp failed"
cmp -s before.svg out/F.svg || fail "gnuplot draws another figure from F.svg.gp"
expect 2 plot flops-accuracy --db tiny.db --study none -o out/F.svg
said 'none'
expect 0 plot flops-accuracy --db tiny.db --study tiny --dark --width 900 -o out/G.png
[ "$(head -c 4 out/G.png | tail -c 3)" = PNG ] || fail "out/G.png is no PNG"
