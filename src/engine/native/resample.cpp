// Scaling of pictures in Pillow's fixed point, one direction at a time; see ../../data/pillow/resample.ts, which says what is
// computed and does it by itself where this is missing.
#include "resample.h"

#include <algorithm>

#include "parallel.h"
#include "vector.h"

typedef uint8_t Bytes __attribute__((vector_size(16)));

namespace {

inline uint8_t toByte(int32_t sum) { return std::clamp(sum >> PRECISION_BITS, 0, 255); }

// The weighted sum of `count` pixels side by side, each of BANDS bytes.
template <int BANDS>
inline void mixPixels(const uint8_t* from, const int32_t* weights, int count, uint8_t* to) {
  int32_t sums[BANDS];
  for (int band = 0; band < BANDS; band++) sums[band] = HALF;
  for (int i = 0; i < count; i++)
    for (int band = 0; band < BANDS; band++) sums[band] += weights[i] * from[i * BANDS + band];
  for (int band = 0; band < BANDS; band++) to[band] = toByte(sums[band]);
}

template <int BANDS>
void mixColumnsOf(const uint8_t* source, uint8_t* result, int64_t rows, int64_t width, const Mixing& m) {
  inStretches(rows, rows * width, [&](int64_t first, int64_t last, int) {
    for (int64_t row = first; row < last; row++)
      for (int64_t place = 0; place < m.places; place++)
        mixPixels<BANDS>(source + (row * width + m.starts[place]) * BANDS, m.weights + place * m.stride, m.counts[place],
                         result + (row * m.places + place) * BANDS);
  });
}

}  // namespace

void mixColumns(const uint8_t* source, uint8_t* result, int64_t rows, int64_t width, int bands, const Mixing& m) {
  if (bands == 4) mixColumnsOf<4>(source, result, rows, width, m);
  else mixColumnsOf<3>(source, result, rows, width, m);
}

void mixRows(const uint8_t* source, uint8_t* result, int64_t rowBytes, int64_t firstRow, const Mixing& m) {
  inStretches(m.places, m.places * rowBytes, [&](int64_t first, int64_t last, int) {
    for (int64_t place = first; place < last; place++) {
      const uint8_t* from = source + (m.starts[place] - firstRow) * rowBytes;
      const int32_t* weights = m.weights + place * m.stride;
      uint8_t* to = result + place * rowBytes;
      int64_t at = 0;
      for (; at + LANES <= rowBytes; at += LANES) {
        Ints sums = HALF - Ints{};
        for (int i = 0; i < m.counts[place]; i++) {
          Bytes bytes;
          memcpy(&bytes, from + i * rowBytes + at, sizeof bytes);
          sums += weights[i] * __builtin_convertvector(bytes, Ints);
        }
        sums >>= PRECISION_BITS;
        sums = sums < 0 ? Ints{} : sums;
        sums = sums > 255 ? 255 - Ints{} : sums;
        const Bytes bytes = __builtin_convertvector(sums, Bytes);
        memcpy(to + at, &bytes, sizeof bytes);
      }
      for (; at < rowBytes; at++) {
        int32_t sum = HALF;
        for (int i = 0; i < m.counts[place]; i++) sum += weights[i] * from[i * rowBytes + at];
        to[at] = toByte(sum);
      }
    }
  });
}
