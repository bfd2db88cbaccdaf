// The graphics card's path: the whole result in one draw of WebGL2, read back as 32-bit floats.
import { extremes } from "./job.js";
import { padBefore } from "./geometry.js";

const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2[](vec2(-1, -1), vec2(3, -1), vec2(-1, 3))[gl_VertexID], 0, 1); }`;

// sourceIndex() of geometry.js, and the sum; red, green and blue at once.
const SUMS = `#version 300 es
precision highp float; precision highp int; precision highp sampler2D;
uniform sampler2D picture, weights;
uniform ivec2 taps, before;
uniform int stride, dilation, padding, firstRow;
uniform bool summed;
uniform float scale, bias;
out vec4 result;
int source(int i, int n) {
  if (i >= 0 && i < n) return i;
  if (padding == 1) return -1;
  if (padding == 3 || n == 1) return i < 0 ? 0 : n - 1;
  int period = 2 * (n - 1);
  int j = abs(i) % period; // the same on both sides; % of a negative number is not defined here
  return j < n ? j : period - j;
}
void main() {
  ivec2 size = textureSize(picture, 0);
  ivec2 start = (ivec2(gl_FragCoord.xy) + ivec2(0, firstRow)) * stride - before;
  vec3 sum = vec3(0);
  for (int i = 0; i < taps.y; i++) {
    int y = source(start.y + i * dilation, size.y);
    if (y < 0) continue;
    for (int j = 0; j < taps.x; j++) {
      int x = source(start.x + j * dilation, size.x);
      if (x >= 0) sum += texelFetch(picture, ivec2(x, y), 0).rgb * texelFetch(weights, ivec2(j, i), 0).rgb;
    }
  }
  if (summed) sum = vec3(sum.r + sum.g + sum.b);
  result = vec4(scale * sum + bias, 1);
}`;
const PADDING_CODES = { valid: 0, zero: 1, reflect: 2, replicate: 3 };
const UNIFORMS = ["taps", "before", "stride", "dilation", "padding", "firstRow", "summed", "scale", "bias", "picture", "weights"];

function compile(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, SUMS]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : null;
}

// Up to three planes as one texture of RGB(A) floats.
function interleaved(planes, size) {
  const values = new Float32Array(4 * size);
  for (let c = 0; c < 3; c++) {
    const plane = planes[c % planes.length];
    for (let i = 0, p = c; i < size; i++, p += 4) values[p] = plane[i];
  }
  return values;
}

// null where there is no WebGL2 that draws floats. onLost(): the context is gone for good.
export function createGraphics(onLost) {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", { antialias: false, depth: false });
  const program = gl?.getExtension("EXT_color_buffer_float") ? compile(gl) : null;
  if (!program) return null;
  const at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
  const [picture, weights, target] = [0, 1, 2].map(() => gl.createTexture());
  const buffer = gl.createFramebuffer();
  const drawn = { height: 0, width: 0 };
  canvas.addEventListener("webglcontextlost", onLost);
  gl.useProgram(program);
  gl.uniform1i(at.weights, 1);

  function fill(unit, texture, width, height, values) {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, height, 0, gl.RGBA, gl.FLOAT, values);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  function aim(height, width) {
    if (drawn.height === height && drawn.width === width) return;
    fill(2, target, width, height, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, target, 0);
    Object.assign(drawn, { height, width });
  }

  // Rows of the result, interleaved; null when the context was lost on the way.
  function draw(job, first, last) {
    aim(last - first, job.width);
    fill(1, weights, job.columns, job.rows, interleaved(job.filters, job.rows * job.columns));
    gl.uniform2i(at.taps, job.columns, job.rows);
    gl.uniform2i(at.before, ...[job.columns, job.rows].map((k) => padBefore(k, job.padding, job.dilation)));
    for (const name of ["stride", "dilation"]) gl.uniform1i(at[name], job[name]);
    gl.uniform1i(at.padding, PADDING_CODES[job.padding]);
    gl.uniform1i(at.firstRow, first);
    gl.uniform1i(at.summed, Number(job.summed));
    for (const name of ["scale", "bias"]) gl.uniform1f(at[name], job[name]);
    gl.viewport(0, 0, job.width, last - first);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    const values = new Float32Array(4 * job.width * (last - first));
    gl.readPixels(0, 0, job.width, last - first, gl.RGBA, gl.FLOAT, values);
    return gl.isContextLost() ? null : values;
  }

  function setPicture({ planes, height, width }) {
    fill(0, picture, width, height, interleaved(planes, height * width));
  }

  // The frame's { planes, low, high }, or null when the context was lost.
  function compute(job) {
    const values = draw(job, 0, job.height);
    if (!values) return null;
    const count = job.summed ? 1 : job.filters.length;
    const planes = Array.from({ length: count }, (_, c) => {
      const plane = new Float32Array(job.height * job.width);
      for (let i = 0, p = c; i < plane.length; i++, p += 4) plane[i] = values[p];
      return plane;
    });
    return { planes, ...extremes(planes) };
  }

  return {
    setPicture, compute, draw,
    largest: gl.getParameter(gl.MAX_TEXTURE_SIZE),
    stop() {
      canvas.removeEventListener("webglcontextlost", onLost);
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
    canvas,
  };
}
