# What is not a safetensors file is called what it is; a checkpoint loads whatever wrappers stand before its names; and a
# file that has a classifier is never said to have none.
. "$(dirname "$0")/common.bash"
net="mobilenet_v2 -w 0.25 --input 32"
data="--data shapes --train-images 64 --test-images 32"
python3 - <<'END'
import io, json, pickle, zipfile
def put(name, content):
    open(name, "wb").write(content)
def zipped(name, *entries):
    with zipfile.ZipFile(name, "w") as file:
        for entry, content in entries:
            file.writestr(entry, content)
put("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 14000000\n" % (b"0" * 64))
put("page", b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n")
put("message", b'{"error": "Repository not found", "status": 404}\n')
put("index", json.dumps({"metadata": {"total_size": 1}, "weight_map": {"a": "b-00001-of-2.safetensors"}}).encode())
put("gguf", b"GGUF\x03\0\0\0" + b"\0" * 64)
put("onnx", b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + b"\0" * 64)
put("hdf", b"\x89HDF\r\n\x1a\n" + b"\0" * 64)
put("pickle", pickle.dumps({"a": [1.0] * 9}, 4))
put("npy", b"\x93NUMPY\x01\0" + b" " * 64)
zipped("npz", ("arr_0.npy", b"\x93NUMPY" + b"0" * 99))
zipped("keras", ("metadata.json", b'{"keras_version": "3.0"}'), ("model.weights.h5", b"\x89HDF" + b"0" * 99))
zipped("torch", ("best/data.pkl", b"\x80\x02}." + b"0" * 99), ("best/version", b"3\n"))
END
is() { # is FILE WORDS
    # shellcheck disable=SC2086
    expect 2 eval $net --weights "$1" $data
    said "$2"
    [ "$(wc -l <stderr)" = 1 ] || fail "not one sentence about $1"
}
is lfs "a Git LFS pointer, not the file itself, not weights: \`git lfs pull\`"
is page "a web page (HTML)"
is message "is JSON"
is index "an index of shards"
is gguf "a GGUF file"
is onnx "an ONNX model"
is hdf "HDF5"
is pickle "a pickle"
is npy "a NumPy array"
is npz "a NumPy archive (.npz)"
is keras "a Keras file (.keras)"
is torch "a PyTorch file (.pth)"
for file in gguf onnx hdf pickle npy npz keras torch; do
    is $file "weights are read from safetensors files"
done

# shellcheck disable=SC2086
expect 0 train $net $data --epochs 1 --batch 16 --save plain --format csv
cat >wrap.py <<'END'
import json, struct, sys
source, target, prefix = sys.argv[1:4]
content = open(source, "rb").read()
length, = struct.unpack("<Q", content[:8])
header = json.loads(content[8 : 8 + length])
data = content[8 + length :]
wrapped = {name if name == "__metadata__" else prefix + name: entry for name, entry in header.items()}
if len(sys.argv) > 4: # a count of averages, as AveragedModel has
    wrapped[sys.argv[4]] = {"dtype": "I64", "shape": [], "data_offsets": [len(data), len(data) + 8]}
    data += struct.pack("<q", 7)
text = json.dumps(wrapped).encode()
open(target, "wb").write(struct.pack("<Q", len(text)) + text + data)
END
# shellcheck disable=SC2086
expect 0 eval $net --weights plain $data --format csv
cut -d, -f1-5 stdout >wanted # the last one is a speed
for prefix in module. _orig_mod. model. module._orig_mod. model.module. state_dict.model.backbone. ema.; do
    python3 wrap.py plain wrapped $prefix
    # shellcheck disable=SC2086
    expect 0 eval $net --weights wrapped $data --format csv
    cut -d, -f1-5 stdout | cmp -s - wanted || fail "with $prefix: $(cat stdout), not $(cat wanted)"
done
for counter in n_averaged model.n_averaged; do
    python3 wrap.py plain wrapped "${counter%n_averaged}module." $counter
    # shellcheck disable=SC2086
    expect 0 eval $net --weights wrapped $data --format csv
    cut -d, -f1-5 stdout | cmp -s - wanted || fail "with $counter: $(cat stdout)"
done

# A classifier under another network's name is not none.
# shellcheck disable=SC2086
expect 2 eval resnet18 -w 0.25 --input 32 --weights wrapped $data
said "classifier is called fc.weight: they have other tensors, such as"
if grep -q "no classifier" stderr; then fail "it says that there is none"; fi
