#pragma once
#include <cstdint>

struct TF_Tensor;

// A JPEG picture in memory, decoded to RGB bytes, [height, width, 3], by the libjpeg-turbo within TensorFlow: with its accurate
// transform and smooth colour planes, as Pillow and sharp have it. May be made on any thread.
class Jpeg {
 public:
  Jpeg(const uint8_t* bytes, int64_t length);
  ~Jpeg();
  Jpeg(const Jpeg&) = delete;

  // Is it a picture of this size? Not if it could not be decoded.
  bool measures(int64_t height, int64_t width) const;
  const uint8_t* pixels() const;

 private:
  TF_Tensor* picture = nullptr;
};
