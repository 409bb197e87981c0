# data speed delivers images as train would get them, and refuses what train would.
. "$(dirname "$0")/common.bash"
expect 0 data speed shapes --train-images 64 --input 32 --augment random_crop,horizontal_flip --seconds 0.05 --loader-threads 2 --format json
images=$(grep -oE '"images": *[0-9]+' stdout | grep -oE '[0-9]+')
[ "$images" -ge 64 ] || fail "no images: $(cat stdout)"
expect 0 data speed shapes --input 16 --resize bicubic --cache 1M --seconds 0.01 --format csv
[ "$(wc -l <stdout)" = 2 ] || fail "not one row: $(cat stdout)"
expect 2 data speed shapes --resize lanczos
said "bilinear, bicubic"
expect 2 data speed shapes --augment random_crop,flip
said "horizontal_flip"
expect 2 data speed shapes --input 0
said "input"
expect 2 data speed folder
said "root"
