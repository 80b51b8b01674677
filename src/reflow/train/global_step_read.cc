#include "reflow/train/global_step_read.h"

#include <fmt/format.h>

#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/operators.h"
#include "reflow/client/scopes.h"
#include "reflow/train/global_step.h"

namespace reflow::train {

Output get_or_create_global_step_read() {
  constexpr const char* kCollection = "global_step_read_op_cache";
  const std::vector<Output> reads = get_collection(kCollection);
  if (reads.size() > 1) {
    throw RuntimeError(fmt::format("There are multiple items in collection {}. There should be only one.", kCollection));
  }
  if (!reads.empty()) return reads[0];
  const std::optional<Variable> step = get_global_step();
  if (!step) return Output();
  const name_scope top(nullptr);
  const name_scope scope(step->op().name() + "/");
  const Output read = step->initialized_value() + 0;
  add_to_collection(kCollection, read);
  return read;
}

Output global_step_read(const char* hook) {
  const Output read = get_or_create_global_step_read();
  if (!read.valid()) throw RuntimeError(fmt::format("Global step should be created to use {}.", hook));
  return read;
}

int64_t integer_value(const Tensor& value) {
  return value.dtype() == DType::kInt64 ? value.item<int64_t>() : value.item<int32_t>();
}

}  // namespace reflow::train
