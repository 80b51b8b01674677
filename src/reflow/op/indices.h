#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

// Reads an int32 or int64 tensor as int64 numbers, so that kernels need no second type parameter.
class IndexReader {
 public:
  explicit IndexReader(const Tensor& t)
      : data_(t.raw_data()), size_(t.num_elements()), wide_(t.dtype() == DType::kInt64) {}
  int64_t operator[](int64_t i) const {
    return wide_ ? static_cast<const int64_t*>(data_)[i] : static_cast<const int32_t*>(data_)[i];
  }
  int64_t size() const { return size_; }

 private:
  const void* data_;
  int64_t size_;
  bool wide_;
};

// Writes `value` into element i of an int32 or int64 tensor.
inline void put_int(Tensor& t, int64_t i, int64_t value) {
  if (t.dtype() == DType::kInt64) {
    t.data<int64_t>()[i] = value;
  } else {
    t.data<int32_t>()[i] = static_cast<int32_t>(value);
  }
}

// "[1,2]": the coordinates of the flat index i within `shape`; "" in a scalar.
std::string coordinates(const Shape& shape, int64_t i);

// All `indices` are rows of a tensor with `num_rows` of them.
// InvalidArgument: "indices[1] = 7 is not in [0, 4)".
Status check_rows(const Tensor& indices, int64_t num_rows);

// The places that `indices` [..., depth] name in a tensor of `shape`: entry i stands for shape[depth:], `slice_size`
// elements from offset(i) on. Scatter ops take a vector of indices for one of scalars ([n] as [n, 1]).
// REQUIRES: depth <= rank of `shape`.
class NdIndices {
 public:
  enum class Vector { kIsOneIndex, kIsScalars };
  NdIndices(const Tensor& indices, const Shape& shape, Vector vector = Vector::kIsOneIndex);
  int64_t num_indices() const { return num_indices_; }
  int64_t slice_size() const { return slice_size_; }
  // In elements; -1: not within the shape.
  int64_t offset(int64_t i) const {
    int64_t at = 0;
    for (int d = 0; d < depth_; ++d) {
      const int64_t index = reader_[i * depth_ + d];
      if (static_cast<uint64_t>(index) >= static_cast<uint64_t>(shape_.dim(d))) return -1;
      at = at * shape_.dim(d) + index;
    }
    return at * slice_size_;
  }
  // InvalidArgument: "indices[0] = [5] does not index into {what} [4]".
  Status out_of_bounds(int64_t i, std::string_view what) const;
  // Checks all.
  Status check(std::string_view what) const;

 private:
  IndexReader reader_;
  Shape outer_shape_;
  const Shape& shape_;
  int depth_;
  int64_t num_indices_, slice_size_ = 1;
};

}  // namespace reflow::op
