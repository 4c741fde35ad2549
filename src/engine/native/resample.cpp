// Scaling of pictures in Pillow's fixed point, one direction at a time; see ../../data/pillow/resample.ts, which says what is
// computed and does it by itself where this is missing.
#include "resample.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "parallel.h"

// Eight at a time: of wider ones, compilers for AVX2 make a mess.
constexpr int EIGHT = 8;
typedef int32_t Ints8 __attribute__((vector_size(32)));
typedef int32_t Ints4 __attribute__((vector_size(16)));
typedef uint16_t Halves8 __attribute__((vector_size(16)));
typedef uint8_t Bytes8 __attribute__((vector_size(8)));

namespace {

// By way of 16 bits: compilers know no instruction for the whole way, though processors do.
inline Ints8 widen(Bytes8 bytes) { return __builtin_convertvector(__builtin_convertvector(bytes, Halves8), Ints8); }

inline Bytes8 narrow(Ints8 values) { return __builtin_convertvector(__builtin_convertvector(values, Halves8), Bytes8); }

inline uint8_t toByte(int32_t sum) { return std::clamp(sum >> PRECISION_BITS, 0, 255); }

inline Ints4 addHalves(Ints8 lanes) {
  Ints4 halves[2];
  memcpy(halves, &lanes, sizeof lanes);
  return halves[0] + halves[1];
}

// The first bytes of two pixels side by side, each in four lanes.
template <int BANDS>
inline Ints8 twoPixels(const uint8_t* from) {
  Bytes8 bytes;
  memcpy(&bytes, from, sizeof bytes);
  if (BANDS == 3) bytes = __builtin_shuffle(bytes, Bytes8{0, 1, 2, 0, 3, 4, 5, 0});
  return widen(bytes);
}

// Weights by twos, each in four lanes; a zero behind the last.
class Pairs {
 public:
  explicit Pairs(const Mixing& m) : each((m.stride + 1) / 2), values(m.places * each * EIGHT, 0) {
    for (int64_t place = 0; place < m.places; place++)
      for (int i = 0; i < m.counts[place]; i++)
        std::fill_n(values.data() + place * each * EIGHT + i * 4, 4, m.weights[place * m.stride + i]);
  }

  const int32_t* of(int64_t place) const { return values.data() + place * each * EIGHT; }

 private:
  int64_t each;
  std::vector<int32_t> values;
};

template <int BANDS>
void mixColumnsOf(const Rows& source, uint8_t* result, const Mixing& m) {
  const Pairs pairs(m);
  inStretches(source.count, source.count * source.bytes / BANDS, [&](int64_t first, int64_t last, int) {
    for (int64_t row = first; row < last; row++) {
      const uint8_t* pixels = source.first + row * source.stride;
      // Eight bytes are read at once as long as there are so many.
      const int64_t left = (source.count - 1 - row) * source.stride + source.bytes;
      uint8_t* to = result + row * m.places * BANDS;
      for (int64_t place = 0; place < m.places; place++, to += BANDS) {
        const uint8_t* from = pixels + m.starts[place] * BANDS;
        const int32_t* weights = pairs.of(place);
        const int count = m.counts[place];
        const int64_t readable = (left - m.starts[place] * BANDS - EIGHT) / BANDS;
        const int together = readable < 0 ? 0 : (int)std::min<int64_t>(count, readable + 1);
        Ints8 lanes = {};
        int i = 0;
        for (; i < together; i += 2) {
          Ints8 pair;
          memcpy(&pair, weights + i * 4, sizeof pair);
          lanes += pair * twoPixels<BANDS>(from + i * BANDS);
        }
        Ints4 sums = addHalves(lanes) + HALF;
        for (; i < count; i++)
          for (int band = 0; band < BANDS; band++) sums[band] += weights[i * 4] * from[i * BANDS + band];
        for (int band = 0; band < BANDS; band++) to[band] = toByte(sums[band]);
      }
    }
  });
}

}  // namespace

void mixColumns(const Rows& source, uint8_t* result, int bands, const Mixing& m) {
  if (bands == 4) mixColumnsOf<4>(source, result, m);
  else mixColumnsOf<3>(source, result, m);
}

void mixRows(const Rows& source, uint8_t* result, int64_t firstRow, const Mixing& m) {
  const int64_t bytes = source.bytes;
  inStretches(m.places, m.places * bytes, [&](int64_t first, int64_t last, int) {
    for (int64_t place = first; place < last; place++) {
      const uint8_t* from = source.first + (m.starts[place] - firstRow) * source.stride;
      const int32_t* weights = m.weights + place * m.stride;
      uint8_t* to = result + place * bytes;
      int64_t at = 0;
      for (; at + EIGHT <= bytes; at += EIGHT) {
        Ints8 sums = HALF - Ints8{};
        for (int i = 0; i < m.counts[place]; i++) {
          Bytes8 values;
          memcpy(&values, from + i * source.stride + at, sizeof values);
          sums += weights[i] * widen(values);
        }
        sums >>= PRECISION_BITS;
        sums = sums < 0 ? Ints8{} : sums;
        sums = sums > 255 ? 255 - Ints8{} : sums;
        const Bytes8 values = narrow(sums);
        memcpy(to + at, &values, sizeof values);
      }
      for (; at < bytes; at++) {
        int32_t sum = HALF;
        for (int i = 0; i < m.counts[place]; i++) sum += weights[i] * from[i * source.stride + at];
        to[at] = toByte(sum);
      }
    }
  });
}
