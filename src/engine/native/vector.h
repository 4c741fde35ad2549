// Sixteen floats at a time, in the compiler's own vectors: one register with AVX-512, two with AVX2, four with NEON.
#pragma once
#include <cstdint>
#include <cstring>

typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));

constexpr int LANES = 16;

// The upper half of a float's bits (TensorFlow's DT_BFLOAT16).
struct BFloat16 {
  uint16_t bits;
};

inline Floats splat(float value) { return value - Floats{}; }

inline Floats load(const float* from) {
  Floats values;
  memcpy(&values, from, sizeof values);
  return values;
}

inline Floats load(const BFloat16* from) {
  Halves bits;
  memcpy(&bits, from, sizeof bits);
  return (Floats)(__builtin_convertvector(bits, Words) << 16);
}

inline void store(float* to, Floats values) { memcpy(to, &values, sizeof values); }

// Rounded to the nearest, a half to even.
inline void store(BFloat16* to, Floats values) {
  Words bits = (Words)values;
  Halves rounded = __builtin_convertvector((bits + 0x7fff + ((bits >> 16) & 1)) >> 16, Halves);
  memcpy(to, &rounded, sizeof rounded);
}

// The first `count` lanes; the others are zero.
template <typename T>
inline Floats loadPart(const T* from, int count) {
  T values[LANES] = {};
  memcpy(values, from, count * sizeof(T));
  return load(values);
}

template <typename T>
inline void storePart(T* to, Floats values, int count) {
  T all[LANES];
  store(all, values);
  memcpy(to, all, count * sizeof(T));
}

// All lanes of a whole vector, or the first few at the end of a row.
template <typename T>
inline Floats take(const T* from, int lanes) {
  return lanes == LANES ? load(from) : loadPart(from, lanes);
}

template <typename T>
inline void put(T* to, Floats values, int lanes) {
  if (lanes == LANES) store(to, values);
  else storePart(to, values, lanes);
}

inline float sum(Floats values) {
  float total = 0;
  for (int i = 0; i < LANES; i++) total += values[i];
  return total;
}

inline Floats select(Ints condition, Floats yes, Floats no) {
  return (Floats)((condition & (Ints)yes) | (~condition & (Ints)no));
}

inline Floats least(Floats a, Floats b) { return select(a < b, a, b); }
inline Floats most(Floats a, Floats b) { return select(a > b, a, b); }

// e^x by powers of two and a polynomial (Cephes' expf), to about one unit in the last place; 0 where it is below 1e-38.
inline Floats exponential(Floats given) {
  Floats x = least(most(given, splat(-87.33f)), splat(88.0f));
  Floats twos = x * 1.44269504088896341f;
  Ints whole = __builtin_convertvector(twos + select(twos < 0, splat(-0.5f), splat(0.5f)), Ints);
  Floats n = __builtin_convertvector(whole, Floats);
  Floats r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Floats p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1;
  return select(given < -87.33f, Floats{}, p * (Floats)((whole + 127) << 23));
}

// The error function as Eigen and XLA have it: a rational approximation, right to about 1e-7.
inline Floats errorFunction(Floats x) {
  x = least(most(x, splat(-4)), splat(4));
  Floats s = x * x;
  Floats p = splat(-2.72614225801306e-10f);
  p = p * s + 2.77068142495902e-08f;
  p = p * s + -2.10102402082508e-06f;
  p = p * s + -5.69250639462346e-05f;
  p = p * s + -7.34990630326855e-04f;
  p = p * s + -2.95459980854025e-03f;
  p = p * s + -1.60960333262415e-02f;
  Floats q = splat(-1.45660718464996e-05f);
  q = q * s + -2.13374055278905e-04f;
  q = q * s + -1.68282697438203e-03f;
  q = q * s + -7.37332916720468e-03f;
  q = q * s + -1.42647390514189e-02f;
  return x * p / q;
}
