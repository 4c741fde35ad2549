// One step of AdamW, and the sum of a tensor's squares, in one pass over memory each; see ../adamw.ts.
#include <cmath>

#include "operation.h"
#include "parallel.h"

namespace {

inline Floats root(Floats x) {
  for (int i = 0; i < LANES; i++) x[i] = std::sqrt(x[i]);
  return x;
}

// Calls `step(place, lanes)` for sixteen numbers at a time, on all threads.
template <typename Step>
void everywhere(int64_t size, const Step& step) {
  const int64_t blocks = (size + LANES - 1) / LANES;
  inStretches(blocks, size, [&](int64_t first, int64_t last, int) {
    const int64_t begin = first * LANES, end = std::min(size, last * LANES);
    alongRow(end - begin, [&](int64_t at, int lanes) { step(begin + at, lanes); });
  });
}

// parameter, gradient, mean and square, all of one shape, and the step's numbers
// → the parameter and its moments after the step
template <typename T>
struct AdamW {
  explicit AdamW(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input parameter, gradient, mean, square, numbers;
    call.read(0, parameter), call.read(1, gradient), call.read(2, mean), call.read(3, square), call.read(4, numbers);
    const int64_t size = parameter.size();
    const bool fits = gradient.size() == size && mean.size() == size && square.size() == size && numbers.size() == 7;
    if (!call.expect(fits, "gradient and moments must be like the parameter")) return;
    float* newParameter = call.output<float>(0, parameter.shape());
    float* newMean = call.output<float>(1, parameter.shape());
    float* newSquare = call.output<float>(2, parameter.shape());
    if (!call.expect(newParameter && newMean && newSquare, "no memory")) return;
    const float *p = parameter.data<float>(), *g = gradient.data<float>();
    const float *m = mean.data<float>(), *s = square.data<float>(), *n = numbers.data<float>();
    const float old1 = n[0], new1 = n[1], old2 = n[2], new2 = n[3], epsilon = n[4], stepSize = n[5], kept = n[6];
    everywhere(size, [&](int64_t at, int lanes) {
      const Floats slope = take(g + at, lanes);
      const Floats first = take(m + at, lanes) * old1 + slope * new1;
      const Floats second = take(s + at, lanes) * old2 + slope * slope * new2;
      put(newMean + at, first, lanes);
      put(newSquare + at, second, lanes);
      put(newParameter + at, take(p + at, lanes) * kept - first / (root(second) + epsilon) * stepSize, lanes);
    });
  }
};

// x of any shape → Σ x², added up in double precision
template <typename T>
struct SumOfSquares {
  explicit SumOfSquares(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input x;
    call.read(0, x);
    float* y = call.output<float>(0, {});
    if (!call.expect(y, "no memory")) return;
    const float* from = x.data<float>();
    std::vector<double> totals(omp_get_max_threads());
    inStretches(x.size(), x.size(), [&](int64_t first, int64_t last, int thread) {
      constexpr int64_t STRETCH = 1024;  // short enough for single precision
      for (int64_t begin = first; begin < last; begin += STRETCH) {
        Floats total{};
        alongRow(std::min(STRETCH, last - begin), [&](int64_t at, int lanes) {
          const Floats values = take(from + begin + at, lanes);
          total += values * values;
        });
        totals[thread] += sum(total);
      }
    });
    double all = 0;
    for (double total : totals) all += total;
    *y = (float)all;
  }
};

[[gnu::constructor]] void registerAll() {
  declare({"ClipbookAdamW",
           {"parameter: float", "gradient: float", "mean: float", "square: float", "numbers: float"},
           {"new_parameter: float", "new_mean: float", "new_square: float"}, {}});
  provide<AdamW<float>, float>("ClipbookAdamW");
  declare({"ClipbookSumOfSquares", {"x: float"}, {"y: float"}, {}});
  provide<SumOfSquares<float>, float>("ClipbookSumOfSquares");
}

}  // namespace
