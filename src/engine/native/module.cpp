// Makes the library one that Node can load, with the functions that work on JavaScript's memory. Loading it registers the
// operations with TensorFlow.
#include "mixing.h"
#include "nodeApi.h"
#include "pictureWork.h"

namespace {

// (source, result, rows, width, bands, columns …)
napi_value columns(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  int64_t size = 0, room = 0;
  const uint8_t* source = arguments.array<uint8_t>(1, &size);
  uint8_t* result = arguments.array<uint8_t>(1, &room);
  const int64_t rows = arguments.number(), width = arguments.number(), bands = arguments.number();
  const Mixing mixing = mixingOf(arguments, 0, width);
  if (size < rows * width * bands || room < rows * mixing.places * bands) arguments.isSound = false;
  if (arguments.areSound()) mixColumns({source, rows, width * bands, width * bands}, result, bands, mixing);
  return nullptr;
}

// (source, result, rows, rowBytes, firstRow, rows …)
napi_value rows(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  int64_t size = 0, room = 0;
  const uint8_t* source = arguments.array<uint8_t>(1, &size);
  uint8_t* result = arguments.array<uint8_t>(1, &room);
  const int64_t rows = arguments.number(), rowBytes = arguments.number(), firstRow = arguments.number();
  const Mixing mixing = mixingOf(arguments, firstRow, rows);
  if (size < rows * rowBytes || room < mixing.places * rowBytes) arguments.isSound = false;
  if (arguments.areSound()) mixRows({source, rows, rowBytes, rowBytes}, result, firstRow, mixing);
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
  exportFunction(env, exports, "decodeJpeg", decodeJpeg);
  exportFunction(env, exports, "cutPicture", cutPicture);
  return exports;
}
