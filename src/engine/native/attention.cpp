// Multi-head self-attention between its two linear layers, head by head in the processor's cache, and its gradient; see
// ../attention.ts. Scores and weights are never written to memory: the gradient makes them anew from each row's normaliser.
#include <cmath>
#include <limits>

#include "operation.h"
#include "parallel.h"

namespace {

inline int64_t padded(int64_t count) { return (count + LANES - 1) / LANES * LANES; }

// C += A·B for ROWS rows and VECTORS·16 columns. A is read at any stride, so that it may be a transpose.
template <int ROWS, int VECTORS>
inline void multiplyTile(const float* a, int64_t rowStride, int64_t columnStride, const float* b, int64_t bWidth,
                         float* c, int64_t cWidth, int64_t depth) {
  Floats tile[ROWS][VECTORS] = {};
  for (int64_t k = 0; k < depth; k++) {
    Floats across[VECTORS];
    for (int v = 0; v < VECTORS; v++) across[v] = load(b + k * bWidth + v * LANES);
    for (int r = 0; r < ROWS; r++) {
      const float factor = a[r * rowStride + k * columnStride];
      for (int v = 0; v < VECTORS; v++) tile[r][v] += factor * across[v];
    }
  }
  for (int r = 0; r < ROWS; r++)
    for (int v = 0; v < VECTORS; v++) store(c + r * cWidth + v * LANES, tile[r][v]);
}

template <int ROWS>
inline void multiplyRows(const float* a, int64_t rowStride, int64_t columnStride, const float* b, int64_t bWidth,
                         float* c, int64_t cWidth, int64_t depth, int64_t columns) {
  int64_t at = 0;
  for (; at + 4 * LANES <= columns; at += 4 * LANES)
    multiplyTile<ROWS, 4>(a, rowStride, columnStride, b + at, bWidth, c + at, cWidth, depth);
  for (; at < columns; at += LANES)
    multiplyTile<ROWS, 1>(a, rowStride, columnStride, b + at, bWidth, c + at, cWidth, depth);
}

// C = A·B; `columns` is a multiple of 16, and so are the widths of B and C.
inline void multiply(const float* a, int64_t rowStride, int64_t columnStride, const float* b, int64_t bWidth, float* c,
                     int64_t cWidth, int64_t rows, int64_t depth, int64_t columns) {
  int64_t row = 0;
  for (; row + 6 <= rows; row += 6)
    multiplyRows<6>(a + row * rowStride, rowStride, columnStride, b, bWidth, c + row * cWidth, cWidth, depth, columns);
  for (; row < rows; row++)
    multiplyRows<1>(a + row * rowStride, rowStride, columnStride, b, bWidth, c + row * cWidth, cWidth, depth, columns);
}

// [rows, width] → [width, rows], rows of the result `resultWidth` apart
inline void transpose(const float* from, int64_t rows, int64_t width, float* to, int64_t resultWidth) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < width; i++) to[i * resultWidth + row] = from[row * width + i];
}

struct Sizes {
  int64_t batch, rows, longest, width, heads, head;  // `head` is one head's width
  int64_t wide() const { return padded(head); }
};

// One head of one sample.
struct Task {
  int64_t head, start, tokens;  // the sample's first row, and how many it has
  int64_t seen() const { return padded(tokens); }
};

// One head's tokens of one kind (0 query, 1 key, 2 value) with their bias, [tokens, wide]
template <typename T>
void gather(const T* projected, const float* bias, const Sizes& s, const Task& t, int kind, float scale, float* to) {
  const int64_t column = kind * s.width + t.head * s.head;
  for (int64_t token = 0; token < t.tokens; token++) {
    const T* from = projected + (t.start + token) * 3 * s.width + column;
    alongRow(s.head, [&](int64_t at, int lanes) {
      put(to + token * s.wide() + at, (take(from + at, lanes) + take(bias + column + at, lanes)) * scale, lanes);
    });
  }
}

// Turns scores [tokens, seen] into weights, in place. Finds each row's normaliser, or uses it where it is known.
// Row and column i of the mask are of a sample's i-th token.
void weigh(float* scores, const float* mask, int64_t longest, const Task& t, float* normaliser, bool known) {
  const int64_t seen = t.seen();
  for (int64_t row = 0; row < t.tokens; row++) {
    float* own = scores + row * seen;
    for (int64_t i = t.tokens; i < seen; i++) own[i] = -std::numeric_limits<float>::infinity();
    if (mask)
      alongRow(t.tokens, [&](int64_t at, int lanes) {
        put(own + at, take(own + at, lanes) + take(mask + row * longest + at, lanes), lanes);
      });
    if (!known) {
      Floats highest = splat(-std::numeric_limits<float>::infinity()), total{};
      for (int64_t at = 0; at < seen; at += LANES) highest = most(highest, load(own + at));
      float top = highest[0];
      for (int i = 1; i < LANES; i++) top = std::max(top, highest[i]);
      for (int64_t at = 0; at < seen; at += LANES) total += exponential(load(own + at) - top);
      normaliser[row] = top + std::log(sum(total));
    }
    for (int64_t at = 0; at < seen; at += LANES) store(own + at, exponential(load(own + at) - normaliser[row]));
  }
}

struct HasHeads {
  int tokens, heads;
  explicit HasHeads(TF_OpKernelConstruction* construction)
      : tokens(intAttribute(construction, "tokens")), heads(intAttribute(construction, "heads")) {}

  Sizes sizes(const Input& projected, const Input& starts) const {
    const int64_t rows = projected.shape()[0], width = projected.last() / 3;
    const int64_t batch = starts.size() ? starts.size() - 1 : rows / tokens;
    return {batch, rows, tokens, width, heads, width / heads};
  }

  bool fits(const Input& projected, const Input& bias, const Input& mask, const Input& starts) const {
    const Shape shape = projected.shape();
    return shape.size() == 2 && tokens > 0 && heads > 0 && shape[1] % (3 * heads) == 0 && bias.size() == shape[1] &&
           (mask.size() == 0 || mask.size() == (int64_t)tokens * tokens) && rowsFit(shape[0], starts);
  }

  // Samples lie one behind the other, none longer than `tokens`.
  bool rowsFit(int64_t rows, const Input& starts) const {
    if (starts.size() == 0) return rows % tokens == 0;
    const int32_t* start = starts.data<int32_t>();
    const int64_t last = starts.size() - 1;
    if (start[0] != 0 || start[last] != rows) return false;
    for (int64_t i = 0; i < last; i++)
      if (start[i + 1] < start[i] || start[i + 1] - start[i] > tokens) return false;
    return true;
  }

  Task task(int64_t number, const Input& starts) const {
    const int64_t sample = number / heads, head = number % heads;
    if (starts.size() == 0) return {head, sample * tokens, tokens};
    const int32_t* start = starts.data<int32_t>();
    return {head, start[sample], start[sample + 1] - start[sample]};
  }
};

// projected [rows, 3·width], its bias [3·width], mask [tokens, tokens] or empty, and each sample's first row with the number
// of all rows behind them, [batch + 1]; empty where every sample has `tokens` rows
// → [rows, width], and the logarithm of each row's normaliser, [heads, rows]
template <typename T>
struct Attention : HasHeads {
  using HasHeads::HasHeads;

  void compute(Call& call) {
    Input projected, bias, mask, starts;
    call.read(0, projected), call.read(1, bias), call.read(2, mask), call.read(3, starts);
    if (!call.expect(fits(projected, bias, mask, starts), "projected, bias and mask must fit together")) return;
    const Sizes s = sizes(projected, starts);
    T* y = call.output<T>(0, {s.rows, s.width});
    float* normalisers = call.output<float>(1, {s.heads, s.rows});
    if (!call.expect(y && normalisers, "no memory")) return;
    const T* from = projected.data<T>();
    const float *b = bias.data<float>(), *m = mask.size() ? mask.data<float>() : nullptr;
    const int64_t wide = s.wide(), most = padded(s.longest);
    inStretches(s.batch * s.heads, projected.size(), [&](int64_t first, int64_t last, int) {
      std::vector<float> q(s.longest * wide), k(q.size()), v(q.size()), mixed(q.size());
      std::vector<float> kt(wide * most), scores(s.longest * most);
      for (int64_t number = first; number < last; number++) {
        const Task t = task(number, starts);
        const int64_t seen = t.seen();
        gather(from, b, s, t, 0, 1 / std::sqrt((float)s.head), q.data());
        gather(from, b, s, t, 1, 1, k.data());
        gather(from, b, s, t, 2, 1, v.data());
        transpose(k.data(), t.tokens, wide, kt.data(), seen);
        multiply(q.data(), wide, 1, kt.data(), seen, scores.data(), seen, t.tokens, s.head, seen);
        weigh(scores.data(), m, s.longest, t, normalisers + t.head * s.rows + t.start, false);
        multiply(scores.data(), seen, 1, v.data(), wide, mixed.data(), wide, t.tokens, t.tokens, wide);
        for (int64_t token = 0; token < t.tokens; token++) {
          T* to = y + (t.start + token) * s.width + t.head * s.head;
          alongRow(s.head, [&](int64_t at, int lanes) { put(to + at, take(&mixed[token * wide + at], lanes), lanes); });
        }
      }
    });
  }
};

// With weights P, their gradient dP = dy·Vᵀ and the scores' dS = P∘(dP − Σ P∘dP):
// dQ = dS·K/√d, dK = dSᵀ·Q/√d, dV = Pᵀ·dy
template <typename T>
struct AttentionGradient : HasHeads {
  using HasHeads::HasHeads;

  void compute(Call& call) {
    Input dy, projected, bias, mask, starts, normalisers;
    call.read(0, dy), call.read(1, projected), call.read(2, bias), call.read(3, mask), call.read(4, starts);
    call.read(5, normalisers);
    if (!call.expect(fits(projected, bias, mask, starts), "projected, bias and mask must fit together")) return;
    const Sizes s = sizes(projected, starts);
    T* dProjected = call.output<T>(0, projected.shape());
    float* dBias = call.output<float>(1, {3 * s.width});
    if (!call.expect(dProjected && dBias, "no memory")) return;
    const T *from = projected.data<T>(), *gradient = dy.data<T>();
    const float *b = bias.data<float>(), *m = mask.size() ? mask.data<float>() : nullptr;
    const float* n = normalisers.data<float>();
    const int64_t wide = s.wide(), most = padded(s.longest);
    const float scale = 1 / std::sqrt((float)s.head);
    Sums biases(3 * s.width);
    inStretches(s.batch * s.heads, projected.size(), [&](int64_t first, int64_t last, int thread) {
      std::vector<float> q(s.longest * wide), k(q.size()), v(q.size()), d(q.size()), result(q.size());
      std::vector<float> across(wide * most), weights(s.longest * most), slopes(s.longest * most), own(s.longest);
      float* ownBiases = biases.of(thread);
      for (int64_t number = first; number < last; number++) {
        const Task t = task(number, starts);
        const int64_t seen = t.seen();
        gather(from, b, s, t, 0, scale, q.data());
        gather(from, b, s, t, 1, 1, k.data());
        gather(from, b, s, t, 2, 1, v.data());
        for (int64_t token = 0; token < t.tokens; token++) {
          const T* there = gradient + (t.start + token) * s.width + t.head * s.head;
          alongRow(s.head, [&](int64_t at, int lanes) { put(&d[token * wide + at], take(there + at, lanes), lanes); });
        }
        transpose(k.data(), t.tokens, wide, across.data(), seen);
        multiply(q.data(), wide, 1, across.data(), seen, weights.data(), seen, t.tokens, s.head, seen);
        const float* known = n + t.head * s.rows + t.start;
        std::copy(known, known + t.tokens, own.begin());
        weigh(weights.data(), m, s.longest, t, own.data(), true);
        transpose(v.data(), t.tokens, wide, across.data(), seen);
        multiply(d.data(), wide, 1, across.data(), seen, slopes.data(), seen, t.tokens, s.head, seen);
        for (int64_t row = 0; row < t.tokens; row++) {
          float *p = &weights[row * seen], *slope = &slopes[row * seen];
          Floats along{};
          for (int64_t at = 0; at < seen; at += LANES) along += load(p + at) * load(slope + at);
          const float mean = sum(along);
          for (int64_t at = 0; at < seen; at += LANES) store(slope + at, load(p + at) * (load(slope + at) - mean));
        }
        multiply(slopes.data(), seen, 1, k.data(), wide, result.data(), wide, t.tokens, t.tokens, wide);
        scatter(result, s, t, 0, scale, dProjected, ownBiases);
        multiply(slopes.data(), 1, seen, q.data(), wide, result.data(), wide, t.tokens, t.tokens, wide);
        scatter(result, s, t, 1, 1, dProjected, ownBiases);
        multiply(weights.data(), 1, seen, d.data(), wide, result.data(), wide, t.tokens, t.tokens, wide);
        scatter(result, s, t, 2, 1, dProjected, ownBiases);
      }
    });
    biases.addUp(dBias);
  }

  // The reverse of `gather`; the bias's gradient is added up.
  static void scatter(const std::vector<float>& values, const Sizes& s, const Task& t, int kind, float scale, T* to,
                      float* biases) {
    const int64_t column = kind * s.width + t.head * s.head;
    for (int64_t token = 0; token < t.tokens; token++) {
      T* there = to + (t.start + token) * 3 * s.width + column;
      alongRow(s.head, [&](int64_t at, int lanes) {
        const Floats value = take(&values[token * s.wide() + at], lanes) * scale;
        put(there + at, value, lanes);
        put(biases + column + at, take(biases + column + at, lanes) + value, lanes);
      });
    }
  }
};

[[gnu::constructor]] void registerAll() {
  declare({"ClipbookAttention", {"projected: T", "bias: float", "mask: float", "starts: int32"},
           {"y: T", "normalisers: float"}, {"tokens: int", "heads: int"}});
  provide<Attention<float>, float>("ClipbookAttention");
  provide<Attention<BFloat16>, BFloat16>("ClipbookAttention");
  declare({"ClipbookAttentionGradient",
           {"dy: T", "projected: T", "bias: float", "mask: float", "starts: int32", "normalisers: float"},
           {"dprojected: T", "dbias: float"}, {"tokens: int", "heads: int"}});
  provide<AttentionGradient<float>, float>("ClipbookAttentionGradient");
  provide<AttentionGradient<BFloat16>, BFloat16>("ClipbookAttentionGradient");
}

}  // namespace
