// TensorFlow's operation DecodeJpeg, called through its C interface.
#include "jpeg.h"

#include <cstring>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/tf_tstring.h"

namespace {

// A context of one's own, with one thread: operations run on the thread that calls.
TFE_Context* context() {
  static TFE_Context* shared = [] {
    TF_Status* status = TF_NewStatus();
    TFE_ContextOptions* options = TFE_NewContextOptions();
    // A ConfigProto of intra_op_parallelism_threads = 1 and inter_op_parallelism_threads = 1.
    const uint8_t config[] = {0x10, 1, 0x28, 1};
    TFE_ContextOptionsSetConfig(options, config, sizeof config, status);
    TFE_Context* made = TFE_NewContext(options, status);
    TFE_DeleteContextOptions(options);
    TF_DeleteStatus(status);
    return made;
  }();
  return shared;
}

// One call of DecodeJpeg; null where the picture is damaged.
TF_Tensor* decode(TFE_TensorHandle* encoded, TF_Status* status) {
  TFE_Op* operation = TFE_NewOp(context(), "DecodeJpeg", status);
  if (!operation) return nullptr;
  TFE_OpSetAttrInt(operation, "channels", 3);
  TFE_OpSetAttrInt(operation, "ratio", 1);
  TFE_OpSetAttrBool(operation, "fancy_upscaling", 1);
  TFE_OpSetAttrBool(operation, "try_recover_truncated", 0);
  TFE_OpSetAttrFloat(operation, "acceptable_fraction", 1);
  const char method[] = "INTEGER_ACCURATE";
  TFE_OpSetAttrString(operation, "dct_method", method, strlen(method));
  TFE_OpAddInput(operation, encoded, status);
  TFE_TensorHandle* decoded = nullptr;
  int results = 1;
  if (TF_GetCode(status) == TF_OK) TFE_Execute(operation, &decoded, &results, status);
  TFE_DeleteOp(operation);
  if (TF_GetCode(status) != TF_OK) return nullptr;
  TF_Tensor* tensor = TFE_TensorHandleResolve(decoded, status);
  TFE_DeleteTensorHandle(decoded);
  return tensor;
}

}  // namespace

Jpeg::Jpeg(const uint8_t* bytes, int64_t length) {
  if (!context()) return;
  TF_Status* status = TF_NewStatus();
  TF_Tensor* tensor = TF_AllocateTensor(TF_STRING, nullptr, 0, sizeof(TF_TString));
  TF_TString* text = static_cast<TF_TString*>(TF_TensorData(tensor));
  TF_StringInit(text);
  TF_StringAssignView(text, reinterpret_cast<const char*>(bytes), length);
  TFE_TensorHandle* encoded = TFE_NewTensorHandle(tensor, status);
  if (encoded) {
    picture = decode(encoded, status);
    TFE_DeleteTensorHandle(encoded);
  }
  TF_DeleteTensor(tensor);
  TF_DeleteStatus(status);
}

Jpeg::~Jpeg() {
  if (picture) TF_DeleteTensor(picture);
}

bool Jpeg::measures(int64_t height, int64_t width) const {
  return picture && TF_Dim(picture, 0) == height && TF_Dim(picture, 1) == width;
}

const uint8_t* Jpeg::pixels() const { return static_cast<const uint8_t*>(TF_TensorData(picture)); }
