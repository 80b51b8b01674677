#pragma once

#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow {

// A tensor to and from the bytes of its TensorProto. Errors as of tensor_to_proto and tensor_from_proto, and
// InvalidArgument for bytes that are no TensorProto.
StatusOr<std::string> serialized_tensor(const Tensor& tensor, TensorForm form);
StatusOr<Tensor> parsed_tensor(std::string_view bytes);

}  // namespace reflow
