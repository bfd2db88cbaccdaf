// The same training and the same pictures by the plain way: an object for each node and each link, and a walk over
// all of them for every point and every place of the pictures. What is shown is what TensorFlow Playground shows: a canvas
// for each node, the output's a large one, and an SVG line for each link, whose width and colour follow its weight; less
// the points, the curves and the page around. Returns milliseconds a frame over `seconds`.
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
  const links = nodes.flatMap((node) => node.inputs);
  const canvases = nodes.map(() => Object.assign(document.createElement("canvas"), { width: grid, height: grid }));
  const images = canvases.map(() => new ImageData(grid, grid));
  const SVG = "http://www.w3.org/2000/svg";
  const [stage, svg] = [document.createElement("div"), document.createElementNS(SVG, "svg")];
  stage.style.cssText = "position: fixed; inset: 0; z-index: 1000000; background: #fff";
  svg.style.cssText = "position: absolute; width: 100%; height: 100%";
  const placeOf = (level, n) => [40 + (level * 700) / (network.length - 1), 20 + ((n + 0.5) * 420) / network[level].length];
  stage.append(svg);
  network.forEach((layer, level) => layer.forEach((node, n) => { node.place = placeOf(level, n); }));
  nodes.forEach((node, n) => {
    const [x, y] = node.place;
    const [side, top] = n === nodes.length - 1 ? [340, 60] : [26, y - 13];
    canvases[n].style.cssText = `position: absolute; left: ${x}px; top: ${top}px; width: ${side}px; height: ${side}px`;
    stage.append(canvases[n]);
  });
  const lines = links.map(({ source, target }) => {
    const path = document.createElementNS(SVG, "path");
    const [[x1, y1], [x2, y2]] = [source.place, target.place];
    path.setAttribute("d", `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`);
    path.style.fill = "none";
    svg.append(path);
    return path;
  });
  document.body.append(stage);

  function showLinks() {
    links.forEach(({ weight }, n) => {
      lines[n].style.strokeWidth = `${Math.min(10, 0.3 + 2 * Math.abs(weight)).toFixed(2)}px`;
      lines[n].style.stroke = weight < 0 ? "#3f74c9" : "#d08a10";
    });
  }

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
    showLinks();
  }

  return new Promise((done) => {
    let [count, start] = [0, 0];
    const next = () => {
      frame();
      if (!count++) start = performance.now(); // the first one compiles
      const spent = performance.now() - start;
      if (count > 1 && spent > 1000 * seconds) {
        stage.remove();
        done(spent / (count - 1));
      } else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
