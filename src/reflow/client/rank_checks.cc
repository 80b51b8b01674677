// Checks of ranks.

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/check_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"
#include "reflow/client/status_errors.h"

namespace reflow {
namespace {

using client::apply_op;
using client::convert;

// The rank where it is known. ValueError: it is no scalar.
std::optional<int> static_rank(const Output& rank) {
  const Tensor value = constant_value(rank);
  if (!value.valid()) return std::nullopt;
  if (value.rank() != 0) throw ValueError("Rank must be a scalar.");
  return value.item<int32_t>();
}

Output with_scalar_check(const Output& condition, const Output& rank) {
  const Operation check = assert_rank(rank, 0, {.data = TensorList{"Rank must be a scalar. Received rank: ", rank}});
  return with_dependencies({check}, condition);
}

Operation static_checks_ok() { return no_op("static_checks_determined_all_ok"); }

Operation check_one_rank(const TensorLike& value, const TensorLike& rank_value, const CheckOptions& options,
                         const char* default_name, const char* what, const char* op, bool (*holds)(int, int)) {
  const name_scope scope(options.name, default_name);
  const Output x = convert(value, DType::kInvalid, "x");
  const Output wanted = convert(rank_value, DType::kInvalid, "rank");
  const std::string message = options.message.value_or("");
  const std::string must = fmt::format("Tensor {} must have {}", x.name(), what);
  const TensorList data =
      options.data ? *options.data : TensorList{message, must, wanted, "Received shape: ", shape(x)};
  assert_type(wanted, DType::kInt32);
  const std::optional<int> known = static_rank(wanted);
  const int own = x.shape().rank();
  if (known && own >= 0) {
    if (!holds(own, *known)) {
      throw ValueError(fmt::format("{}.  {} {}.  Received rank {}, shape {}", message, must, *known, own,
                                   client::python_shape(x.shape())));
    }
    return static_checks_ok();
  }
  Output condition = apply_op(op, "", {rank(x), wanted});
  if (!known) condition = with_scalar_check(condition, wanted);
  return Assert(condition, data, {.summarize = options.summarize.value_or(3)});
}

}  // namespace

Operation assert_rank(const TensorLike& x, const TensorLike& rank, const CheckOptions& options) {
  return check_one_rank(x, rank, options, "assert_rank", "rank", "Equal", [](int own, int known) { return own == known; });
}

Operation assert_rank_at_least(const TensorLike& x, const TensorLike& rank, const CheckOptions& options) {
  return check_one_rank(x, rank, options, "assert_rank_at_least", "rank at least", "GreaterEqual",
                        [](int own, int known) { return own >= known; });
}

Operation assert_rank_in(const TensorLike& value, const TensorList& rank_values, const CheckOptions& options) {
  const name_scope scope(options.name, "assert_rank_in");
  const Output x = convert(value, DType::kInvalid, "x");
  std::vector<Output> ranks;
  for (const TensorLike& rank : rank_values) ranks.push_back(convert(rank, DType::kInvalid, "rank"));
  const std::string message = options.message.value_or("");
  TensorList data;
  if (options.data) {
    data = *options.data;
  } else {
    data = {message, fmt::format("Tensor {} must have rank in", x.name())};
    data.insert(data.end(), ranks.begin(), ranks.end());
    data.push_back("Received shape: ");
    data.push_back(shape(x));
  }
  for (const Output& rank : ranks) assert_type(rank, DType::kInt32);
  bool all_known = true, found = false;
  std::string listed;
  for (const Output& rank : ranks) {
    const std::optional<int> known = static_rank(rank);
    all_known = all_known && known;
    if (!known) continue;
    found = found || *known == x.shape().rank();
    listed += fmt::format("{}array({}, dtype=int32)", listed.empty() ? "" : ", ", *known);
  }
  if (all_known && x.shape().known_rank()) {
    if (found) return static_checks_ok();
    throw ValueError(fmt::format("{}.  Tensor {} must have rank in ({}{}).  Received rank {}, shape {}", message,
                                 x.name(), listed, ranks.size() == 1 ? "," : "", x.shape().rank(),
                                 client::python_shape(x.shape())));
  }
  const Output own = rank(x);
  std::vector<Output> equals;
  for (const Output& rank : ranks) equals.push_back(equal(rank, own));
  Output condition = equals.front();
  for (size_t i = 1; i < equals.size(); ++i) condition = logical_or(condition, equals[i]);
  for (const Output& rank : ranks) {
    if (!static_rank(rank)) condition = with_scalar_check(condition, rank);
  }
  return Assert(condition, data, {.summarize = options.summarize.value_or(3)});
}

Output assert_scalar(const TensorLike& value, const NameOptions& options) {
  const name_scope scope(options.name, "assert_scalar");
  const Output tensor = convert(value, DType::kInvalid, scope.name());
  if (tensor.shape().rank() != 0) {
    throw ValueError(fmt::format("Expected scalar shape for {}, saw shape: {}.", tensor.name(),
                                 client::python_shape(tensor.shape())));
  }
  return tensor;
}

}  // namespace reflow
