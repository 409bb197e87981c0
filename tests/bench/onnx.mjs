// Time one network in ONNX Runtime, in one process; a rival of tests/bench/peers.py.
//
//     node tests/bench/onnx.mjs FOLDER NETWORK.onnx MODEL INPUT BATCH THREADS SECONDS
//
// FOLDER has node_modules/onnxruntime-node in it (make bench-peers installs it below build/, development only).
// Prints one JSON object with the keys of `scalestudy bench`. All graph optimisations, one session, one input tensor.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const [folder, network, model, ...numbers] = process.argv.slice(2)
const [input, batch, threads, seconds] = numbers.map(Number)
const require = createRequire(resolve(folder, 'package.json'))
const ort = require('onnxruntime-node')
const session = await ort.InferenceSession.create(network, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  executionMode: 'sequential',
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
})
const pixels = Float32Array.from({ length: batch * 3 * input * input }, () => 2 * Math.random() - 1)
const feeds = { images: new ort.Tensor('float32', pixels, [batch, 3, input, input]) }
const times = []

const warm = performance.now() + 200
for (let i = 0; i < 2 || performance.now() < warm; i++) await session.run(feeds)
const end = performance.now() + 1e3 * seconds
while (times.length === 0 || performance.now() < end) {
  const start = performance.now()
  await session.run(feeds)
  times.push(performance.now() - start)
}
times.sort((a, b) => a - b)
const half = Math.floor(times.length / 2)
const median = times.length % 2 ? times[half] : (times[half - 1] + times[half]) / 2
console.log(
  JSON.stringify({
    model,
    mode: 'infer',
    input,
    batch,
    threads,
    images_per_second: (1e3 * batch) / median,
    step_ms_median: median,
    step_ms_min: times[0],
    peak_bytes: process.resourceUsage().maxRSS * 1024,
    steps: times.length,
    version: require('onnxruntime-node/package.json').version,
    isa: 'default',
  }),
)
