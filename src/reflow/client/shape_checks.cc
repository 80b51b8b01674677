#include "reflow/client/shape_checks.h"

#include <map>

#include <fmt/format.h>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/elementwise_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/indexing.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow::debugging {
namespace {

// A size that is known now, or a tensor.
struct Size {
  std::optional<int64_t> known;
  Output tensor;
};

// The sizes that a tensor should have, and those that it has.
class Sizes {
 public:
  Sizes(const Output& tensor, std::vector<SymbolicSize> wanted, const std::string& message)
      : tensor_(tensor), wanted_(std::move(wanted)) {
    for (size_t i = 0; i < wanted_.size(); ++i) {
      if (!wanted_[i].is_any_dimensions()) continue;
      if (i > 0) {
        throw ValueError(fmt::format("{}.  Tensor {} specified shape index {}.  Symbol `...` or `*` for a variable number of "
                                     "unspecified dimensions is only allowed as the first entry", message, tensor.name(), i));
      }
      is_innermost_ = true;
    }
    if (is_innermost_) wanted_.erase(wanted_.begin());
    if (wanted_.empty()) wanted_.emplace_back(1);
    find_actual_sizes();
  }

  const Output& tensor() const { return tensor_; }
  const std::vector<SymbolicSize>& wanted() const { return wanted_; }
  // Where in the tensor the size wanted()[i] is.
  int64_t dimension(size_t i) const {
    return static_cast<int64_t>(i) - (is_innermost_ ? static_cast<int64_t>(wanted_.size()) : 0);
  }
  Size actual(int64_t dimension) const {
    if (all_.valid()) return {std::nullopt, all_[dimension]};
    return actual_[dimension < 0 ? actual_.size() + dimension : dimension];
  }

  // Nothing where any rank will do.
  std::optional<Operation> check_rank(const CheckOptions& options) const {
    const auto rank = static_cast<int64_t>(wanted_.size());
    if (is_innermost_) {
      if (rank <= 1) return std::nullopt;
      return assert_rank_at_least(tensor_, rank, options);
    }
    if (rank <= 1) return assert_rank_in(tensor_, {0, 1}, options);
    return assert_rank(tensor_, rank, options);
  }

 private:
  void find_actual_sizes() {
    const Output dims = shape(tensor_);
    const Shape& known = tensor_.shape();
    if (!known.known_rank()) {
      const Output is_scalar = equal(rank(tensor_), 0);
      all_ = cond(is_scalar, [] { return constant(TensorLike::List{1}); }, [&] { return dims; });
      return;
    }
    if (known.rank() == 0) actual_.push_back({1, {}});
    for (int i = 0; i < known.rank(); ++i) {
      if (known.dim(i) >= 0) actual_.push_back({known.dim(i), {}});
      else actual_.push_back({std::nullopt, dims[i]});
    }
  }

  Output tensor_;
  std::vector<SymbolicSize> wanted_;
  bool is_innermost_ = false;  // dimensions before the wanted ones are not looked at
  std::vector<Size> actual_;
  Output all_;  // of a tensor of unknown rank
};

// What has the size that a name stands for first.
struct NamedSize {
  Size size;
  Output tensor;
  int64_t dimension;
};

class Assertion {
 public:
  explicit Assertion(const CheckOptions& options) : options_(options), message_(options.message.value_or("")) {}

  void check(const Sizes& sizes, int64_t dimension, const SymbolicSize& symbol) {
    const Size actual = sizes.actual(dimension);
    if (symbol.size()) return compare(sizes.tensor(), dimension, actual, {symbol.size(), {}}, "Specified explicitly");
    const auto found = named_.find(symbol.name());
    if (found == named_.end()) {
      named_.emplace(symbol.name(), NamedSize{actual, sizes.tensor(), dimension});
      return;
    }
    const auto& [size, tensor, at] = found->second;
    compare(sizes.tensor(), dimension, actual, size, fmt::format("Specified by tensor {} dimension {}", tensor.name(), at));
  }

  std::vector<GraphElement> assertions;

 private:
  void compare(const Output& tensor, int64_t dimension, const Size& actual, const Size& wanted, const std::string& reason) {
    if (actual.known && wanted.known) {
      if (*actual.known == *wanted.known) return;
      throw ValueError(fmt::format("{}.  {}.  Tensor {} dimension {} must have size {}.  Received size {}, shape {}", message_,
                                   reason, tensor.name(), dimension, *wanted.known, *actual.known,
                                   client::python_shape(tensor.shape())));
    }
    const Output left = actual.known ? constant(*actual.known) : actual.tensor;
    const Output right = wanted.known ? constant(*wanted.known) : wanted.tensor;
    const Output condition = equal(left, right);
    TensorList data;
    if (options_.data) {
      data = *options_.data;
    } else {
      const TensorLike size = wanted.known ? TensorLike(*wanted.known) : TensorLike(wanted.tensor);
      data = TensorList{message_, reason, fmt::format("Tensor {} dimension", tensor.name()), dimension, "must have size", size,
                        "Received shape: "};
      data.emplace_back(shape(tensor));
    }
    assertions.emplace_back(Assert(condition, data, {.summarize = options_.summarize.value_or(3)}));
  }

  const CheckOptions& options_;
  std::string message_;
  std::map<std::string, NamedSize> named_;
};

}  // namespace

Operation assert_shapes(const std::vector<ShapeConstraint>& shapes, const CheckOptions& given) {
  CheckOptions options = given;
  if (!options.message) options.message = "";
  const name_scope scope(options.name, "assert_shapes");
  std::vector<Output> tensors;
  for (const ShapeConstraint& constraint : shapes) tensors.push_back(client::convert(constraint.tensor, DType::kInvalid, ""));
  std::vector<Sizes> constraints;
  for (size_t i = 0; i < shapes.size(); ++i) constraints.emplace_back(tensors[i], shapes[i].shape, *options.message);
  std::vector<GraphElement> ranks;
  for (const Sizes& sizes : constraints) {
    if (const auto check = sizes.check_rank(options)) ranks.emplace_back(*check);
  }
  Assertion assertion(options);
  for (const Sizes& sizes : constraints) {
    for (size_t i = 0; i < sizes.wanted().size(); ++i) {
      if (!sizes.wanted()[i].is_any()) assertion.check(sizes, sizes.dimension(i), sizes.wanted()[i]);
    }
  }
  const control_dependencies after(ranks);
  return group(assertion.assertions);
}

}  // namespace reflow::debugging
