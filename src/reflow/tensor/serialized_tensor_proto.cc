#include "reflow/tensor/serialized_tensor_proto.h"

#include "tensorflow/core/framework/tensor.pb.h"

namespace reflow {

StatusOr<std::string> serialized_tensor(const Tensor& tensor, TensorForm form) {
  tensorflow::TensorProto proto;
  RETURN_IF_ERROR(tensor_to_proto(tensor, &proto, form));
  std::string bytes;
  if (!proto.SerializeToString(&bytes)) return invalid_argument("The tensor is too large for a proto");
  return bytes;
}

StatusOr<Tensor> parsed_tensor(std::string_view bytes) {
  tensorflow::TensorProto proto;
  if (bytes.size() > INT32_MAX || !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid_argument("Could not parse `serialized` as TensorProto");
  }
  return tensor_from_proto(proto);
}

}  // namespace reflow
