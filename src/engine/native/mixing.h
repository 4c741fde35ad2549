#pragma once
#include "nodeApi.h"
#include "resample.h"

// How pixels are mixed, from the arguments (places, stride, starts, counts, weights).
//
// @param length pixels that `starts` and `counts` may reach, counted from `first`
inline Mixing mixingOf(Arguments& arguments, int64_t first, int64_t length) {
  const int64_t places = arguments.number(), stride = arguments.number();
  const int32_t* starts = arguments.array<int32_t>(places);
  const int32_t* counts = arguments.array<int32_t>(places);
  const int32_t* weights = arguments.array<int32_t>(places * stride);
  for (int64_t i = 0; i < places && arguments.isSound; i++) {
    const bool reaches = starts[i] >= first && starts[i] + (int64_t)counts[i] <= first + length && counts[i] <= stride;
    if (!reaches) arguments.isSound = false;
  }
  return {places, starts, counts, weights, stride};
}
