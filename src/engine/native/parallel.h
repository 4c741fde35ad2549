// Work shared among the processor's threads (OpenMP).
#pragma once
#include <omp.h>

#include <cstdint>
#include <vector>

// Less work than this, in numbers touched, is done sooner by one thread than shared.
constexpr int64_t WORTH_SHARING = 1 << 15;

// Calls `work(first, last, thread)` for as many stretches of 0 … count as there are threads, or for one.
//
// @param size of the whole work, in numbers touched
template <typename Work>
void inStretches(int64_t count, int64_t size, const Work& work) {
#pragma omp parallel if (size >= WORTH_SHARING)
  {
    const int64_t threads = omp_get_num_threads(), thread = omp_get_thread_num();
    work(count * thread / threads, count * (thread + 1) / threads, (int)thread);
  }
}

// Sums of columns that each thread gathers by itself.
class Sums {
 public:
  explicit Sums(int64_t width) : width(width), parts(omp_get_max_threads() * width, 0.0f) {}

  float* of(int thread) { return parts.data() + thread * width; }

  void addUp(float* total) const {
    for (int64_t i = 0; i < width; i++) total[i] = 0;
    for (size_t at = 0; at < parts.size(); at++) total[at % width] += parts[at];
  }

 private:
  int64_t width;
  std::vector<float> parts;
};

// Calls `step(place, lanes)` for every sixteen columns, with fewer lanes at the end.
template <typename Step>
inline void alongRow(int64_t width, const Step& step) {
  int64_t at = 0;
  for (; at + 16 <= width; at += 16) step(at, 16);
  if (at < width) step(at, (int)(width - at));
}
