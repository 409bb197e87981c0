# fit prints laws with their networks, predictions and comparisons, the same every time.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
sed -i 's/^      - {method: width, w: 2}/&\n      - {method: width, w: 1.5}\n      - {method: width, w: 3}\n      - {method: depth, d: 2}\n      - {method: depth, d: 3}/' s.yaml
expect 0 run s.yaml
expect 0 fit s.yaml
grep -qE '^mobilenet_v2 +width +4 ' stdout || fail "no law for width"
LC_ALL=C awk '{ gsub(/[\200-\277]/, ""); if (length($0) > 100) exit 1 }' stdout || fail "a line is wider than 100 columns"
cp stdout first
expect 0 fit --db s.db
cmp -s first stdout || fail "not the same twice"

expect 0 fit s.yaml --rows --method width --format csv
[ "$(wc -l <stdout)" = 5 ] || fail "not the four networks of the curve"
awk -F, 'NR > 1 && ($(NF - 3) - $(NF - 2) - $(NF - 1))^2 > 1e-12 { exit 1 }' stdout || fail "residuals are not what is left"
expect 0 fit s.yaml --predict 1.3M --format json
grep -q '"macs": 1300000' stdout || fail "FLOPs with a suffix are not understood"
grep -q '"extrapolated": false' stdout || fail "nothing is in the range of its networks"
expect 0 fit s.yaml --predict 1B --format csv
grep -v '^model' stdout | found -v ',true,$' && fail "an extrapolation is not told"
expect 0 fit s.yaml --iso 1.3M
grep -qE 'width +depth +1,300,000 ' stdout || fail "no comparison at equal FLOPs"
expect 0 fit s.yaml --by study --format latex
grep -q '^\\end{table}$' stdout || fail "no table for a document"

expect 2 fit s.yaml --predict 1B --rows
said "give one of them"
for flops in -1 0 1e30 nan; do
    expect 2 fit s.yaml --predict "$flops"
    said "--predict"
done
expect 2 fit s.yaml --by networks
said "method, model, study"
expect 2 fit s.yaml --resamples 5
said "--resamples"
expect 2 fit s.yaml --model resnet50
said 'there is no model "resnet50"'
study few.yaml 1 '[0]'
expect 0 run few.yaml
expect 0 fit few.yaml
grep -q 'too few' stdout || fail "two networks are not told to be too few"
expect 2 fit few.yaml --predict 1M
said "3 different sizes"
