// A bias with what follows it: an activation, or the sum with the residual stream; and their gradients. See ../bias.ts.
#include "operation.h"
#include "parallel.h"

namespace {

// With Φ the normal distribution function and φ its density; see ../gelu.ts.
struct Gelu {
  static Floats value(Floats x) { return x * 0.5f * (1 + errorFunction(x * 0.70710678118654752f)); }
  static Floats slope(Floats x) {
    const Floats below = 0.5f * (1 + errorFunction(x * 0.70710678118654752f));
    return below + x * 0.39894228040143268f * exponential(x * x * -0.5f);
  }
};

struct QuickGelu {
  static Floats gate(Floats x) { return 1 / (1 + exponential(x * -1.702f)); }
  static Floats value(Floats x) { return x * gate(x); }
  static Floats slope(Floats x) {
    const Floats open = gate(x);
    return open * (1 + 1.702f * x * (1 - open));
  }
};

struct TanhGelu {
  // tanh(√(2/π)(x + 0.044715x³)) by the exponential function
  static Floats bend(Floats x) {
    const Floats inner = 0.79788456080286536f * x * (1 + 0.044715f * x * x);
    return 1 - 2 / (1 + exponential(2 * inner));
  }
  static Floats value(Floats x) { return 0.5f * x * (1 + bend(x)); }
  static Floats slope(Floats x) {
    const Floats t = bend(x);
    const Floats inner = 0.79788456080286536f * (1 + 3 * 0.044715f * x * x);
    return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * inner;
  }
};

// Calls `work` with the activation of the given number, the place in ../bias.ts's list.
template <typename Work>
void withActivation(int number, const Work& work) {
  if (number == 0) work(Gelu{});
  else if (number == 1) work(QuickGelu{});
  else work(TanhGelu{});
}

struct HasActivation {
  int activation;
  explicit HasActivation(TF_OpKernelConstruction* construction)
      : activation(intAttribute(construction, "activation")) {}
};

// x [rows…, width], bias [width] → activation(x + bias)
template <typename T>
struct BiasActivation : HasActivation {
  using HasActivation::HasActivation;

  void compute(Call& call) {
    Input x, bias;
    call.read(0, x), call.read(1, bias);
    const int64_t width = x.last(), rows = width ? x.size() / width : 0;
    T* y = call.output<T>(0, x.shape());
    if (!call.expect(y && bias.size() == width, "bias must be as wide as x")) return;
    const T* from = x.data<T>();
    const float* b = bias.data<float>();
    withActivation(activation, [&](auto shape) {
      inStretches(rows, rows * width, [&](int64_t first, int64_t last, int) {
        for (int64_t row = first; row < last; row++) {
          const int64_t begin = row * width;
          alongRow(width, [&](int64_t at, int lanes) {
            put(y + begin + at, shape.value(take(from + begin + at, lanes) + take(b + at, lanes)), lanes);
          });
        }
      });
    });
  }
};

// dx = dy·activation′(x + bias), dbias = Σ dx
template <typename T>
struct BiasActivationGradient : HasActivation {
  using HasActivation::HasActivation;

  void compute(Call& call) {
    Input dy, x, bias;
    call.read(0, dy), call.read(1, x), call.read(2, bias);
    const int64_t width = x.last(), rows = width ? x.size() / width : 0;
    T* dx = call.output<T>(0, x.shape());
    float* dbias = call.output<float>(1, {width});
    if (!call.expect(dx && dbias && dy.size() == x.size(), "dy must be like x")) return;
    const T *from = x.data<T>(), *gradient = dy.data<T>();
    const float* b = bias.data<float>();
    Sums biases(width);
    withActivation(activation, [&](auto shape) {
      inStretches(rows, rows * width, [&](int64_t first, int64_t last, int thread) {
        float* own = biases.of(thread);
        for (int64_t row = first; row < last; row++) {
          const int64_t begin = row * width;
          alongRow(width, [&](int64_t at, int lanes) {
            const Floats d =
                take(gradient + begin + at, lanes) * shape.slope(take(from + begin + at, lanes) + take(b + at, lanes));
            put(dx + begin + at, d, lanes);
            put(own + at, take(own + at, lanes) + d, lanes);
          });
        }
      });
    });
    biases.addUp(dbias);
  }
};

// stream [rows…, width], x like it, bias [width] → stream + x + bias
template <typename T>
struct AddBias {
  explicit AddBias(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input stream, x, bias;
    call.read(0, stream), call.read(1, x), call.read(2, bias);
    const int64_t width = x.last(), rows = width ? x.size() / width : 0;
    float* y = call.output<float>(0, stream.shape());
    const bool fits = bias.size() == width && stream.size() == x.size();
    if (!call.expect(y && fits, "stream must be like x, and bias as wide")) return;
    const float *before = stream.data<float>(), *b = bias.data<float>();
    const T* from = x.data<T>();
    inStretches(rows, rows * width, [&](int64_t first, int64_t last, int) {
      for (int64_t row = first; row < last; row++) {
        const int64_t begin = row * width;
        alongRow(width, [&](int64_t at, int lanes) {
          const Floats added = take(from + begin + at, lanes) + take(b + at, lanes);
          put(y + begin + at, take(before + begin + at, lanes) + added, lanes);
        });
      }
    });
  }
};

// dy [rows…, width] → the same as T, nothing where it is that already, and Σ dy over the rows
template <typename T>
struct AddBiasGradient {
  explicit AddBiasGradient(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input dy;
    call.read(0, dy);
    const int64_t width = dy.last(), rows = width ? dy.size() / width : 0;
    constexpr bool copies = typeOf<T>() != TF_FLOAT;
    T* dx = call.output<T>(0, copies ? dy.shape() : Shape{0});
    float* dbias = call.output<float>(1, {width});
    if (!call.expect((dx || !copies) && dbias, "no memory")) return;
    const float* gradient = dy.data<float>();
    Sums biases(width);
    inStretches(rows, rows * width, [&](int64_t first, int64_t last, int thread) {
      float* own = biases.of(thread);
      for (int64_t row = first; row < last; row++) {
        const int64_t begin = row * width;
        alongRow(width, [&](int64_t at, int lanes) {
          const Floats d = take(gradient + begin + at, lanes);
          if (copies) put(dx + begin + at, d, lanes);
          put(own + at, take(own + at, lanes) + d, lanes);
        });
      }
    });
    biases.addUp(dbias);
  }
};

template <template <typename> class Kernel>
void provideBoth(const char* name) {
  provide<Kernel<float>, float>(name);
  provide<Kernel<BFloat16>, BFloat16>(name);
}

[[gnu::constructor]] void registerAll() {
  declare({"ClipbookBiasActivation", {"x: T", "bias: float"}, {"y: T"}, {"activation: int"}});
  provideBoth<BiasActivation>("ClipbookBiasActivation");
  declare({"ClipbookBiasActivationGradient", {"dy: T", "x: T", "bias: float"}, {"dx: T", "dbias: float"},
           {"activation: int"}});
  provideBoth<BiasActivationGradient>("ClipbookBiasActivationGradient");
  declare({"ClipbookAddBias", {"stream: float", "x: T", "bias: float"}, {"y: float"}, {}});
  provideBoth<AddBias>("ClipbookAddBias");
  declare({"ClipbookAddBiasGradient", {"dy: float"}, {"dx: T", "dbias: float"}, {}});
  provideBoth<AddBiasGradient>("ClipbookAddBiasGradient");
}

}  // namespace
