#pragma once

// assert_shapes: tensors whose dimensions have given sizes, or the same ones.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/check_ops.h"

namespace reflow::debugging {

// What assert_shapes asks of a dimension: a number; a name, "N", which stands for one size wherever it stands; std::nullopt
// or ".": nothing. "*" or "..." at the front of a shape stands for any dimensions.
class SymbolicSize {
 public:
  template <std::integral T>
  SymbolicSize(T size) : size_(size) {}
  SymbolicSize(std::string name) : name_(std::move(name)) {}
  SymbolicSize(const char* name) : name_(name) {}
  SymbolicSize(std::nullopt_t) {}
  const std::optional<int64_t>& size() const { return size_; }
  const std::string& name() const { return name_; }
  bool is_any() const { return !size_ && (name_.empty() || name_ == "."); }
  bool is_any_dimensions() const { return name_ == "*" || name_ == "..."; }

 private:
  std::optional<int64_t> size_;
  std::string name_;
};

struct ShapeConstraint {
  TensorLike tensor;
  std::vector<SymbolicSize> shape;  // a scalar may stand for a vector of one element
};

// Fails where the shapes of tensors aren't as they should be:
//
//   assert_shapes({{x, {"N", "Q"}}, {y, {"N", "D"}}, {scale, {}}, {w, {"*", 3}}});
//
// ValueError, now: "m.  Specified explicitly.  Tensor x:0 dimension 0 must have size 3.  Received size 2, shape (2, 3)".
Operation assert_shapes(const std::vector<ShapeConstraint>& shapes, const CheckOptions& options = {});

}  // namespace reflow::debugging
