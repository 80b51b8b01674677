#include "reflow/ops/random/state_variable.h"

#include <mutex>

#include "reflow/op/variable.h"

namespace reflow::ops {
namespace {

constexpr int64_t kPhiloxAlgorithm = 1, kStateSize = 3;

}  // namespace

StatusOr<Philox> take_blocks(op::KernelContext& c, uint64_t blocks) {
  ASSIGN_OR_RETURN(op::Variable * variable, initialized_resource_variable(c, 0));
  const std::lock_guard lock(variable->mutex);
  if (!variable->tensor.valid()) return variable_not_found_error(c, 0);
  if (variable->tensor.dtype() != DType::kInt64) {
    return invalid_argument("dtype of RNG state variable must be int64, not {}", dtype_spec_name(variable->tensor.dtype()));
  }
  if (variable->tensor.rank() != 1) {
    return invalid_argument("RNG state must have one and only one dimension, not {}", variable->tensor.rank());
  }
  if (variable->tensor.num_elements() < kStateSize) {
    return invalid_argument("For the Philox algorithm, the size of state must be at least {}; got {}", kStateSize,
                            variable->tensor.num_elements());
  }
  make_writable(*variable);
  int64_t* state = variable->tensor.data<int64_t>();
  const auto low = static_cast<uint64_t>(state[0]), high = static_cast<uint64_t>(state[1]), key = static_cast<uint64_t>(state[2]);
  const Philox generator({static_cast<uint32_t>(low), static_cast<uint32_t>(low >> 32), static_cast<uint32_t>(high),
                          static_cast<uint32_t>(high >> 32)},
                         {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
  Philox next = generator;
  next.skip(blocks);
  state[0] = static_cast<int64_t>(uint64_t{next.counter()[1]} << 32 | next.counter()[0]);
  state[1] = static_cast<int64_t>(uint64_t{next.counter()[3]} << 32 | next.counter()[2]);
  return generator;
}

Status check_algorithm(op::KernelContext& c) {
  const Tensor& algorithm = c.input(1);
  if (algorithm.num_elements() != 1) return invalid_argument("algorithm must be of shape [], not {}", algorithm.shape().str());
  if (algorithm.item<int64_t>() == kPhiloxAlgorithm) return OkStatus();
  return invalid_argument("Unsupported algorithm id: {}", algorithm.item<int64_t>());
}

}  // namespace reflow::ops
