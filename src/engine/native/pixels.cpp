// Bytes of pictures as a model's numbers; see ../pixels.ts.
#include "operation.h"
#include "parallel.h"
#include "tensorflow/c/tf_tstring.h"

namespace {

// RGB pixels of whole pictures, in one string, and the number of each byte in each channel [256, 3]
// → the numbers [3 · pixels]
template <typename T>
struct Pixels {
  explicit Pixels(TF_OpKernelConstruction*) {}

  void compute(Call& call) {
    Input pixels, numbers;
    call.read(0, pixels), call.read(1, numbers);
    if (!call.expect(pixels.size() == 1 && numbers.size() == 256 * 3, "one string, and three numbers for each byte")) return;
    const TF_TString* text = pixels.data<TF_TString>();
    const int64_t size = TF_StringGetSize(text);
    const auto* from = reinterpret_cast<const uint8_t*>(TF_StringGetDataPointer(text));
    const float* values = numbers.data<float>();
    float* to = call.output<float>(0, {size});
    if (!call.expect(to && size % 3 == 0, "no whole pixels, or no memory")) return;
    inStretches(size / 3, size, [=](int64_t first, int64_t last, int) {
      for (int64_t at = first * 3; at < last * 3; at += 3)
        for (int band = 0; band < 3; band++) to[at + band] = values[from[at + band] * 3 + band];
    });
  }
};

[[gnu::constructor]] void registerAll() {
  declare({"ClipbookPixels", {"pixels: string", "numbers: float"}, {"y: float"}, {}});
  provide<Pixels<float>, float>("ClipbookPixels");
}

}  // namespace
