// Sums of products along rows of pixels, on the four-number registers every processor has: the loops in which the time
// is spent. `make wasm` compiles them to sums.wasm (WebAssembly with SIMD, no library).

enum { LANES = 4, VECTORS = 8, BLOCK = LANES * VECTORS }; // so many sums stay in registers while the taps go by
typedef float floats __attribute__((vector_size(4 * LANES), aligned(4)));

static floats load(const float *at) { return *(const floats *)at; }
static void store(float *at, floats values) { *(floats *)at = values; }

// BLOCK neighbouring sums: each tap's weight is read once for all of them.
static void add_block(float *sums, const float *pixels, const int *offsets, const float *weights, int taps) {
  floats sum[VECTORS];
  for (int v = 0; v < VECTORS; v++) sum[v] = load(sums + v * LANES);
  for (int t = 0; t < taps; t++)
    for (int v = 0; v < VECTORS; v++) sum[v] += weights[t] * load(pixels + offsets[t] + v * LANES);
  for (int v = 0; v < VECTORS; v++) store(sums + v * LANES, sum[v]);
}

// sums[x] += Σ_t weights[t] · pixels[x · stride + offsets[t]] for x = 0 … count − 1.
__attribute__((export_name("addProducts"))) void add_products(
    float *sums, const float *pixels, int count, int stride, const int *offsets, const float *weights, int taps) {
  int x = 0;
  if (stride == 1)
    for (; x + BLOCK <= count; x += BLOCK) add_block(sums + x, pixels + x, offsets, weights, taps);
  for (; x < count; x++)
    for (int t = 0; t < taps; t++) sums[x] += weights[t] * pixels[x * stride + offsets[t]];
}

// values[i] = scale · values[i] + bias; range[0] and [1] become the least and the largest of them and of what was there.
__attribute__((export_name("finish"))) void finish(float *values, int count, float scale, float bias, float *range) {
  float low = range[0], high = range[1];
  for (int i = 0; i < count; i++) {
    float value = values[i] = scale * values[i] + bias;
    low = value < low ? value : low;
    high = value > high ? value : high;
  }
  range[0] = low;
  range[1] = high;
}
