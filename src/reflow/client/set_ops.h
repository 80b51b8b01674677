#pragma once

// Sets: the elements along the last dimension. Of tensors of integers or strings, and of SparseTensors of these, whose
// rows are in order.

#include <variant>

#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow::sets {

// A tensor, or a SparseTensor.
class SetLike {
 public:
  template <TensorArgument T>
  SetLike(const T& dense) : value_(TensorLike(dense)) {}
  SetLike(std::initializer_list<TensorLike> dense) : value_(TensorLike(dense)) {}
  SetLike(const SparseTensor& sparse) : value_(sparse) {}
  const SparseTensor* sparse() const { return std::get_if<SparseTensor>(&value_); }
  const TensorLike& dense() const { return std::get<TensorLike>(value_); }  // REQUIRES: !sparse()

 private:
  std::variant<TensorLike, SparseTensor> value_;
};

struct SetOptions {
  bool validate_indices = true;  // checks the order of sparse indices
};
// The number of different elements in each set, int32: of the shape of `a` without the last dimension.
Output set_size(const SparseTensor& a, const SetOptions& options = {});
// What is in both sets, in one of them, and in one but not in the other: for each row of the dimensions before the last
// one, which a and b have in common, the elements in order. TypeError: "'a' invalid dtype ...", "Types don't match,
// ...".
SparseTensor set_intersection(const SetLike& a, const SetLike& b, const SetOptions& options = {});
SparseTensor set_union(const SetLike& a, const SetLike& b, const SetOptions& options = {});
struct DifferenceOptions {
  bool aminusb = true;  // false: what is in b but not in a
  bool validate_indices = true;
};
SparseTensor set_difference(const SetLike& a, const SetLike& b, const DifferenceOptions& options = {});

// The same by TensorFlow's newer names. `union` is a word of C++.
inline Output size(const SparseTensor& a, const SetOptions& options = {}) { return set_size(a, options); }
inline SparseTensor intersection(const SetLike& a, const SetLike& b, const SetOptions& options = {}) {
  return set_intersection(a, b, options);
}
inline SparseTensor union_(const SetLike& a, const SetLike& b, const SetOptions& options = {}) {
  return set_union(a, b, options);
}
inline SparseTensor difference(const SetLike& a, const SetLike& b, const DifferenceOptions& options = {}) {
  return set_difference(a, b, options);
}

}  // namespace reflow::sets
