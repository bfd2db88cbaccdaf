// The same training and the same pictures by the plain way: an object for each node and each link, and a walk over
// all of them for every point and every place of the pictures. Returns milliseconds a frame over `seconds`.
([layers, activation, points, grid, batch, rate, seconds]) => {
  const functions = {
    tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2], relu: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0)],
    sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (x) => { const s = 1 / (1 + Math.exp(-x)); return s * (1 - s); }],
  };
  const sizes = [2, ...layers, 1];
  const network = sizes.map((count, level) => Array.from({ length: count }, () => ({
    level, bias: 0, sum: 0, value: 0, derivative: 0, biasDerivative: 0, inputs: [], outputs: [],
    s: functions[level === sizes.length - 1 ? "sigmoid" : activation],
  })));
  network.slice(1).forEach((layer, i) => layer.forEach((node) => network[i].forEach((source) => {
    const link = { source, target: node, weight: Math.random() - 0.5, derivative: 0 };
    node.inputs.push(link);
    source.outputs.push(link);
  })));

  function forward(x, y) {
    network[0][0].value = x;
    network[0][1].value = y;
    for (const layer of network.slice(1)) for (const node of layer) {
      node.sum = node.bias;
      for (const link of node.inputs) node.sum += link.weight * link.source.value;
      node.value = node.s[0](node.sum);
    }
    return network.at(-1)[0].value;
  }

  function backward(label) {
    network.at(-1)[0].derivative = network.at(-1)[0].value - label;
    for (const layer of network.slice(1).reverse()) for (const node of layer) {
      if (node.outputs.length) {
        node.derivative = 0;
        for (const link of node.outputs) node.derivative += link.weight * link.target.derivative;
        node.derivative *= node.s[1](node.sum);
      }
      node.biasDerivative += node.derivative;
      for (const link of node.inputs) link.derivative += node.derivative * link.source.value;
    }
  }

  function update(count) {
    for (const layer of network.slice(1)) for (const node of layer) {
      node.bias -= (rate * node.biasDerivative) / count;
      node.biasDerivative = 0;
      for (const link of node.inputs) {
        link.weight -= (rate * link.derivative) / count;
        link.derivative = 0;
      }
    }
  }

  const nodes = network.slice(1).flat();
  const canvases = nodes.map(() => Object.assign(document.createElement("canvas"), { width: grid, height: grid }));
  const images = canvases.map(() => new ImageData(grid, grid));

  function frame() {
    points.forEach(({ x, y, label }, i) => {
      forward(x, y);
      backward(label);
      if ((i + 1) % batch === 0) update(batch);
    });
    for (const { x, y } of points) forward(x, y); // the losses
    for (let row = 0; row < grid; row++) for (let column = 0; column < grid; column++) {
      forward((6 * column) / grid - 3, 3 - (6 * row) / grid);
      nodes.forEach((node, n) => {
        const level = 127.5 * (1 + Math.max(-1, Math.min(1, node.value)));
        images[n].data.set([level, level, 255 - level, 255], 4 * (row * grid + column));
      });
    }
    canvases.forEach((canvas, n) => canvas.getContext("2d").putImageData(images[n], 0, 0));
  }

  return new Promise((done) => {
    let [count, start] = [0, 0];
    const next = () => {
      frame();
      if (!count++) start = performance.now(); // the first one compiles
      const spent = performance.now() - start;
      if (count > 1 && spent > 1000 * seconds) done(spent / (count - 1));
      else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
