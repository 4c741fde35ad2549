// Pictures read and scaled on Node's worker threads, one thread each: many pictures are under way at a time.
#include "pictureWork.h"

#include <omp.h>

#include <cstring>
#include <functional>
#include <vector>

#include "jpeg.h"
#include "mixing.h"

namespace {

// What is done beside the main thread, and what is told afterwards.
struct Work {
  std::function<bool()> task;
  bool isDone = false;
  napi_ref arguments = nullptr;
  napi_deferred promise = nullptr;
  napi_async_work handle = nullptr;
};

void execute(napi_env, void* data) {
  omp_set_num_threads(1);  // of this thread's own work
  Work* work = static_cast<Work*>(data);
  work->isDone = work->task();
}

void complete(napi_env env, int, void* data) {
  Work* work = static_cast<Work*>(data);
  napi_value isDone;
  napi_get_boolean(env, work->isDone, &isDone);
  napi_resolve_deferred(env, work->promise, isDone);
  napi_delete_reference(env, work->arguments);
  napi_delete_async_work(env, work->handle);
  delete work;
}

napi_value begin(napi_env env, Arguments& arguments, std::function<bool()> task) {
  if (!arguments.areSound()) return nullptr;
  Work* work = new Work{std::move(task)};
  work->arguments = arguments.keep();
  napi_value promise, name;
  napi_create_promise(env, &work->promise, &promise);
  napi_create_string_utf8(env, "clipbook picture", (size_t)-1, &name);
  napi_create_async_work(env, nullptr, name, execute, complete, work, &work->handle);
  napi_queue_async_work(env, work->handle);
  return promise;
}

constexpr int BANDS = 3;

struct Scaling {
  Mixing columns, rows;
  bool rowsFirst;
};

// Pillow's order of the two directions, and its rounding in between.
void scale(const Rows& part, const Scaling& scaling, uint8_t* result) {
  const auto& [columns, rows, rowsFirst] = scaling;
  std::vector<uint8_t> between;
  if (rowsFirst) {
    between.resize(rows.places * part.bytes);
    mixRows(part, between.data(), 0, rows);
    mixColumns({between.data(), rows.places, part.bytes, part.bytes}, result, BANDS, columns);
  } else {
    const int64_t bytes = columns.places * BANDS;
    between.resize(part.count * bytes);
    mixColumns(part, between.data(), BANDS, columns);
    mixRows({between.data(), part.count, bytes, bytes}, result, 0, rows);
  }
}

}  // namespace

napi_value decodeJpeg(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  int64_t length = 0;
  const uint8_t* encoded = arguments.array<uint8_t>(1, &length);
  const int64_t height = arguments.number(), width = arguments.number();
  uint8_t* result = arguments.array<uint8_t>(height * width * BANDS);
  return begin(env, arguments, [=] {
    const Jpeg jpeg(encoded, length);
    if (!jpeg.measures(height, width)) return false;
    memcpy(result, jpeg.pixels(), height * width * BANDS);
    return true;
  });
}

napi_value cutPicture(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  int64_t length = 0;
  const uint8_t* source = arguments.array<uint8_t>(1, &length);
  const bool isJpeg = arguments.number() != 0;
  const int64_t height = arguments.number(), width = arguments.number();
  const int64_t top = arguments.number(), left = arguments.number();
  const int64_t cutHeight = arguments.number(), cutWidth = arguments.number();
  const bool rowsFirst = arguments.number() != 0;
  int64_t size = 0;
  uint8_t* result = arguments.array<uint8_t>(1, &size);
  const Mixing columns = mixingOf(arguments, 0, cutWidth);
  const Mixing rows = mixingOf(arguments, 0, cutHeight);
  const bool fits = top >= 0 && left >= 0 && top + cutHeight <= height && left + cutWidth <= width &&
                    (isJpeg || length >= height * width * BANDS) && size >= rows.places * columns.places * BANDS;
  if (!fits) arguments.isSound = false;
  return begin(env, arguments, [=] {
    const Scaling scaling = {columns, rows, rowsFirst};
    const auto partOf = [=](const uint8_t* pixels) {
      return Rows{pixels + (top * width + left) * BANDS, cutHeight, cutWidth * BANDS, width * BANDS};
    };
    if (!isJpeg) {
      scale(partOf(source), scaling, result);
      return true;
    }
    const Jpeg jpeg(source, length);
    if (!jpeg.measures(height, width)) return false;
    scale(partOf(jpeg.pixels()), scaling, result);
    return true;
  });
}
