// Reads hostile TensorProtos; what is read has to survive being written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "reflow/tensor/tensor_proto.h"
#include "tensorflow/core/framework/tensor.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tensorflow::TensorProto proto;
  if (!proto.ParseFromArray(data, static_cast<int>(size))) return 0;
  // A large shape with few values is legal; filling its memory is no way to find bugs.
  int64_t num_elements = 1;
  for (const auto& d : proto.tensor_shape().dim()) {
    if (__builtin_mul_overflow(num_elements, d.size(), &num_elements)) break;
    if (num_elements > 1 << 14) return 0;
  }
  const auto tensor = reflow::tensor_from_proto(proto);
  if (!tensor.ok()) return 0;
  using reflow::TensorForm;
  for (const TensorForm form : {TensorForm::kPython, TensorForm::kFields, TensorForm::kContent, TensorForm::kCompressed}) {
    tensorflow::TensorProto written;
    if (!reflow::tensor_to_proto(*tensor, &written, form).ok()) continue;
    const auto again = reflow::tensor_from_proto(written);
    if (!again.ok() || again->shape() != tensor->shape() || again->summarize(-1) != tensor->summarize(-1)) std::abort();
  }
  return 0;
}
