// Makes the library one that Node can load, with the functions that work on JavaScript's memory. Loading it registers the
// operations with TensorFlow.
//
// Node-API is stable, so the few functions used are declared here and Node's headers need not be installed.
#include <cstddef>
#include <cstdint>

#include "resample.h"

typedef struct napi_env__* napi_env;
typedef struct napi_value__* napi_value;
typedef struct napi_callback_info__* napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);

extern "C" {
int napi_create_function(napi_env, const char* name, size_t length, napi_callback, void* data, napi_value* result);
int napi_set_named_property(napi_env, napi_value object, const char* name, napi_value value);
int napi_get_cb_info(napi_env, napi_callback_info, size_t* count, napi_value* values, napi_value* self, void** data);
int napi_get_typedarray_info(napi_env, napi_value, int* type, size_t* length, void** data, napi_value* buffer, size_t* offset);
int napi_get_value_int64(napi_env, napi_value, int64_t* result);
int napi_throw_error(napi_env, const char* code, const char* message);
}

namespace {

// The arguments of a call, read one after the other.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env(env) {
    size_t count = 10;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }

  int64_t number() {
    int64_t value = 0;
    if (napi_get_value_int64(env, values[next++], &value) != 0) isSound = false;
    return value;
  }

  // The elements of a typed array, of which there must be at least `count`.
  template <typename T>
  T* array(int64_t count) {
    void* data = nullptr;
    size_t length = 0;
    const int status = napi_get_typedarray_info(env, values[next++], nullptr, &length, &data, nullptr, nullptr);
    if (status != 0 || (int64_t)length < count) isSound = false;
    return static_cast<T*>(data);
  }

  bool areSound() {
    if (!isSound) napi_throw_error(env, nullptr, "Expected numbers, and arrays as large as they say.");
    return isSound;
  }

  bool isSound = true;

 private:
  napi_env env;
  napi_value values[10] = {};
  int next = 0;
};

// @param length pixels that `starts` and `counts` may reach, counted from `first`
Mixing mixingOf(Arguments& arguments, int64_t places, int64_t stride, int64_t first, int64_t length) {
  const int32_t* starts = arguments.array<int32_t>(places);
  const int32_t* counts = arguments.array<int32_t>(places);
  const int32_t* weights = arguments.array<int32_t>(places * stride);
  for (int64_t i = 0; i < places && arguments.isSound; i++) {
    const bool reaches = starts[i] >= first && starts[i] + (int64_t)counts[i] <= first + length && counts[i] <= stride;
    if (!reaches) arguments.isSound = false;
  }
  return {places, starts, counts, weights, stride};
}

// (rows, width, bands, places, stride, source, result, starts, counts, weights)
napi_value columns(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int64_t rows = arguments.number(), width = arguments.number(), bands = arguments.number();
  const int64_t places = arguments.number(), stride = arguments.number();
  const uint8_t* source = arguments.array<uint8_t>(rows * width * bands);
  uint8_t* result = arguments.array<uint8_t>(rows * places * bands);
  const Mixing mixing = mixingOf(arguments, places, stride, 0, width);
  if (arguments.areSound()) mixColumns(source, result, rows, width, bands, mixing);
  return nullptr;
}

// (rowBytes, rows, firstRow, places, stride, source, result, starts, counts, weights)
napi_value rows(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int64_t rowBytes = arguments.number(), rows = arguments.number(), firstRow = arguments.number();
  const int64_t places = arguments.number(), stride = arguments.number();
  const uint8_t* source = arguments.array<uint8_t>(rows * rowBytes);
  uint8_t* result = arguments.array<uint8_t>(places * rowBytes);
  const Mixing mixing = mixingOf(arguments, places, stride, firstRow, rows);
  if (arguments.areSound()) mixRows(source, result, rowBytes, firstRow, mixing);
  return nullptr;
}

void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, (size_t)-1, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  exportFunction(env, exports, "mixColumns", columns);
  exportFunction(env, exports, "mixRows", rows);
  return exports;
}
