// TensorFlow's C interface for operations of one's own, in fewer words.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"
#include "vector.h"

typedef std::vector<int64_t> Shape;

inline int64_t sizeOf(const Shape& shape) {
  int64_t size = 1;
  for (int64_t side : shape) size *= side;
  return size;
}

// An input, as long as the call lasts.
struct Input {
  TF_Tensor* tensor = nullptr;

  Input() = default;
  Input(const Input&) = delete;
  ~Input() {
    if (tensor) TF_DeleteTensor(tensor);
  }

  template <typename T>
  const T* data() const {
    return static_cast<const T*>(TF_TensorData(tensor));
  }
  Shape shape() const {
    Shape shape(TF_NumDims(tensor));
    for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, i);
    return shape;
  }
  int64_t size() const { return TF_TensorElementCount(tensor); }
  int64_t last() const { return TF_Dim(tensor, TF_NumDims(tensor) - 1); }
};

template <typename T>
constexpr TF_DataType typeOf();
template <>
constexpr TF_DataType typeOf<float>() {
  return TF_FLOAT;
}
template <>
constexpr TF_DataType typeOf<BFloat16>() {
  return TF_BFLOAT16;
}

// One call of a kernel.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context(context), status(TF_NewStatus()) {}
  ~Call() {
    if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
    TF_DeleteStatus(status);
  }

  void read(int index, Input& input) { TF_GetInput(context, index, &input.tensor, status); }

  // Fresh memory for an output; null where there is none.
  template <typename T>
  T* output(int index, const Shape& shape) {
    TF_Tensor* tensor = TF_AllocateOutput(context, index, typeOf<T>(), shape.data(), shape.size(),
                                          sizeOf(shape) * sizeof(T), status);
    if (!tensor) return nullptr;
    T* data = static_cast<T*>(TF_TensorData(tensor));
    TF_DeleteTensor(tensor);  // the context holds it
    return data;
  }

  // Ends the call with a message unless the condition holds.
  bool expect(bool holds, const char* message) {
    if (TF_GetCode(status) == TF_OK && !holds) TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
    return TF_GetCode(status) == TF_OK;
  }

 private:
  TF_OpKernelContext* context;
  TF_Status* status;
};

// What an operation looks like from outside. Types are "float" or "T", which is float or bfloat16.
struct Signature {
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> attributes;
};

inline void declare(const Signature& signature) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(signature.name.c_str());
  for (auto& input : signature.inputs) TF_OpDefinitionBuilderAddInput(builder, input.c_str());
  for (auto& output : signature.outputs) TF_OpDefinitionBuilderAddOutput(builder, output.c_str());
  TF_OpDefinitionBuilderAddAttr(builder, "T: {float, bfloat16}");
  for (auto& attribute : signature.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute.c_str());
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, [](TF_ShapeInferenceContext* context, TF_Status* status) {
    TF_ShapeInferenceContextSetUnknownShape(context, status);
  });
  TF_RegisterOpDefinition(builder, status);
  TF_DeleteStatus(status);
}

// A kernel on the processor for one type. `Kernel` is made from an operation's attributes and has a `compute(Call&)`.
template <typename Kernel, typename T>
void provide(const char* name) {
  TF_Status* status = TF_NewStatus();
  TF_KernelBuilder* builder = TF_NewKernelBuilder(
      name, "CPU", [](TF_OpKernelConstruction* construction) -> void* { return new Kernel(construction); },
      [](void* kernel, TF_OpKernelContext* context) {
        Call call(context);
        static_cast<Kernel*>(kernel)->compute(call);
      },
      [](void* kernel) { delete static_cast<Kernel*>(kernel); });
  TF_KernelBuilder_TypeConstraint(builder, "T", typeOf<T>(), status);
  TF_RegisterKernelBuilder(name, builder, status);
  TF_DeleteStatus(status);
}

inline float floatAttribute(TF_OpKernelConstruction* construction, const char* name) {
  TF_Status* status = TF_NewStatus();
  float value = 0;
  TF_OpKernelConstruction_GetAttrFloat(construction, name, &value, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return value;
}

inline int intAttribute(TF_OpKernelConstruction* construction, const char* name) {
  TF_Status* status = TF_NewStatus();
  int32_t value = 0;
  TF_OpKernelConstruction_GetAttrInt32(construction, name, &value, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return value;
}
