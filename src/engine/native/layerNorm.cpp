// Layer normalisation over the last axis, and its gradient; see ../layerNorm.ts.
#include <cmath>

#include "operation.h"
#include "parallel.h"

namespace {

// x [rows…, width], gain and bias [width] → the normalised rows, and each row's mean and 1/√(variance + ε)
template <typename T>
struct LayerNorm {
  float epsilon;

  explicit LayerNorm(TF_OpKernelConstruction* construction) : epsilon(floatAttribute(construction, "epsilon")) {}

  void compute(Call& call) {
    Input x, gain, bias;
    call.read(0, x), call.read(1, gain), call.read(2, bias);
    const int64_t width = x.last(), rows = width ? x.size() / width : 0;
    if (!call.expect(gain.size() == width && bias.size() == width, "gain and bias must be as wide as x")) return;
    T* y = call.output<T>(0, x.shape());
    float* means = call.output<float>(1, {rows});
    float* scales = call.output<float>(2, {rows});
    if (!call.expect(y && means && scales, "no memory")) return;
    const float *from = x.data<float>(), *g = gain.data<float>(), *b = bias.data<float>();
    inStretches(rows, rows * width, [&](int64_t first, int64_t last, int) {
      for (int64_t row = first; row < last; row++) {
        const float* own = from + row * width;
        Floats total{}, squares{};
        alongRow(width, [&](int64_t at, int lanes) { total += take(own + at, lanes); });
        const float mean = sum(total) / width;
        alongRow(width, [&](int64_t at, int lanes) {
          Floats centred = take(own + at, lanes) - mean;
          if (lanes < LANES) for (int i = lanes; i < LANES; i++) centred[i] = 0;
          squares += centred * centred;
        });
        const float scale = 1 / std::sqrt(sum(squares) / width + epsilon);
        alongRow(width, [&](int64_t at, int lanes) {
          put(y + row * width + at, (take(own + at, lanes) - mean) * scale * take(g + at, lanes) + take(b + at, lanes),
              lanes);
        });
        means[row] = mean, scales[row] = scale;
      }
    });
  }
};

// With x̂ = (x − mean)·scale and ŷ = dy·gain: dx = scale·(ŷ − mean(ŷ) − x̂·mean(ŷ·x̂)), dgain = Σ dy·x̂, dbias = Σ dy
template <typename T>
struct LayerNormGradient {
  explicit LayerNormGradient(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input dy, x, gain, means, scales;
    call.read(0, dy), call.read(1, x), call.read(2, gain), call.read(3, means), call.read(4, scales);
    const int64_t width = x.last(), rows = width ? x.size() / width : 0;
    float* dx = call.output<float>(0, x.shape());
    float* dgain = call.output<float>(1, {width});
    float* dbias = call.output<float>(2, {width});
    if (!call.expect(dx && dgain && dbias && dy.size() == x.size(), "dy must be like x")) return;
    const T* gradient = dy.data<T>();
    const float *from = x.data<float>(), *g = gain.data<float>(), *m = means.data<float>(), *s = scales.data<float>();
    Sums gains(width), biases(width);
    inStretches(rows, rows * width, [&](int64_t first, int64_t last, int thread) {
      float *ownGains = gains.of(thread), *ownBiases = biases.of(thread);
      for (int64_t row = first; row < last; row++) {
        const T* d = gradient + row * width;
        const float *own = from + row * width, mean = m[row], scale = s[row];
        Floats plain{}, along{};
        alongRow(width, [&](int64_t at, int lanes) {
          const Floats dOut = take(d + at, lanes), unit = (take(own + at, lanes) - mean) * scale;
          const Floats dUnit = dOut * take(g + at, lanes);
          plain += dUnit, along += dUnit * unit;
          put(ownGains + at, take(ownGains + at, lanes) + dOut * unit, lanes);
          put(ownBiases + at, take(ownBiases + at, lanes) + dOut, lanes);
        });
        const float ofPlain = sum(plain) / width, ofAlong = sum(along) / width;
        alongRow(width, [&](int64_t at, int lanes) {
          const Floats unit = (take(own + at, lanes) - mean) * scale;
          const Floats dUnit = take(d + at, lanes) * take(g + at, lanes);
          put(dx + row * width + at, (dUnit - ofPlain - unit * ofAlong) * scale, lanes);
        });
      }
    });
    gains.addUp(dgain), biases.addUp(dbias);
  }
};

[[gnu::constructor]] void registerAll() {
  declare({"ClipbookLayerNorm", {"x: float", "gain: float", "bias: float"}, {"y: T", "mean: float", "scale: float"},
           {"epsilon: float"}});
  provide<LayerNorm<float>, float>("ClipbookLayerNorm");
  provide<LayerNorm<BFloat16>, BFloat16>("ClipbookLayerNorm");
  declare({"ClipbookLayerNormGradient", {"dy: T", "x: float", "gain: float", "mean: float", "scale: float"},
           {"dx: float", "dgain: float", "dbias: float"}, {}});
  provide<LayerNormGradient<float>, float>("ClipbookLayerNormGradient");
  provide<LayerNormGradient<BFloat16>, BFloat16>("ClipbookLayerNormGradient");
}

}  // namespace
