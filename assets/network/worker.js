// Computes a network's graphs away from the page, which stays free. Before this stands the import of `ort`.

const sessions = {};
const graphs = {};
const zeros = {}; // by an input's name: what it is where no direction is given
let weights = null;

// A file of the server's; one whose name has its hash is fetched once and kept by the browser.
async function bytesOf(address, came = () => {}) {
  const response = await fetch(address, { cache: "force-cache" });
  if (!response.ok) throw new Error(`${address.split("/").at(-1)} did not arrive (${response.status})`);
  const counted = new TransformStream({ transform: (chunk, to) => (came(chunk.length), to.enqueue(chunk)) });
  let stream = response.body.pipeThrough(counted);
  if (address.endsWith(".gz")) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function open({ binary, forward, gradient, weights: numbers, bytes }) {
  let loaded = 0;
  const came = (count) => postMessage({ kind: "loading", share: Math.min(1, (loaded += count) / bytes) });
  const files = [binary, numbers].map((address) => bytesOf(address, came));
  [ort.env.wasm.wasmBinary, weights, graphs.forward, graphs.gradient] = await Promise.all([...files, bytesOf(forward), bytesOf(gradient)]);
  ort.env.wasm.numThreads = 1; // several need headers that Streamlit's pages don't have
  ort.env.logLevel = "error";
  await session("forward");
}

function session(kind) {
  const given = { executionProviders: ["wasm"], externalData: [{ path: "weights", data: weights }] };
  return (sessions[kind] ??= ort.InferenceSession.create(graphs[kind], given));
}

async function computed(kind, inputs) {
  const graph = await session(kind);
  const feeds = {};
  for (const { name, shape } of graph.inputMetadata) {
    const size = shape.reduce((product, side) => product * side, 1);
    feeds[name] = new ort.Tensor("float32", inputs[name] ?? (zeros[name] ??= new Float32Array(size)), shape);
  }
  const began = performance.now();
  const results = await graph.run(feeds);
  const milliseconds = performance.now() - began;
  const outputs = {};
  for (const [name, tensor] of Object.entries(results)) outputs[name] = { data: tensor.data, shape: tensor.dims };
  return { outputs, milliseconds };
}

onmessage = async ({ data: { id, kind, ...given } }) => {
  try {
    const answer = kind === "open" ? await open(given.files) : await computed(kind, given.inputs);
    postMessage({ id, answer }, Object.values(answer?.outputs ?? {}).map(({ data }) => data.buffer));
  } catch (error) {
    postMessage({ id, error: String(error?.message ?? error) });
  }
};
