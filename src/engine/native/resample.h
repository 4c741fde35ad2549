#pragma once
#include <cstdint>

// The bits that 32 leave to weights beside 8 of a pixel and 2 for overshoot.
constexpr int PRECISION_BITS = 32 - 8 - 2;
constexpr int32_t HALF = 1 << (PRECISION_BITS - 1);

// Which pixels each pixel of a row or column comes from: `counts` of them, from `starts` on, with `weights`, `stride` apart.
struct Mixing {
  int64_t places;
  const int32_t* starts;
  const int32_t* counts;
  const int32_t* weights;
  int64_t stride;
};

// Rows of so many bytes, each `stride` bytes behind the one before.
struct Rows {
  const uint8_t* first;
  int64_t count;
  int64_t bytes;
  int64_t stride;
};

// Every row, of pixels of so many bands, to `places` pixels: [rows, places, bands].
void mixColumns(const Rows& source, uint8_t* result, int bands, const Mixing& mixing);

// The rows, the first of which is `firstRow`, to `places` rows: [places, bytes].
void mixRows(const Rows& source, uint8_t* result, int64_t firstRow, const Mixing& mixing);
