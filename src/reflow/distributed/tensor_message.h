#pragma once

#include "reflow/base/status.h"
#include "reflow/distributed/transport.h"
#include "reflow/tensor/tensor.h"

// RecvTensorResponse messages. Elements of plain types go as they lie in memory: the payload refers to the tensor's own,
// and what comes in is copied once, to where it stays.
namespace reflow::distributed {

struct ReceivedTensor {
  Tensor tensor;
  bool is_dead = false;
};

StatusOr<Payload> tensor_message(const Tensor& tensor, bool is_dead);
// InvalidArgument: not such a message, or a tensor that says the wrong size.
StatusOr<ReceivedTensor> parse_tensor_message(const Payload& payload);

}  // namespace reflow::distributed
