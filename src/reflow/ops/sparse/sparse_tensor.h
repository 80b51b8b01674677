#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/tensor/tensor.h"

namespace reflow::ops {

// The indices of a sparse tensor: an int64 matrix [entries, rank], one row for each entry.
// REQUIRES: the tensor is a matrix.
class IndexRows {
 public:
  explicit IndexRows(const Tensor& indices)
      : data_(indices.data<int64_t>()), size_(indices.dim(0)), rank_(static_cast<int>(indices.dim(1))) {}
  const int64_t* operator[](int64_t i) const { return data_ + i * rank_; }
  int64_t size() const { return size_; }
  int rank() const { return rank_; }

  // Negative, 0 or positive as row a comes before b, is the same, or comes after it.
  static int compare(const int64_t* a, const int64_t* b, int rank) {
    for (int d = 0; d < rank; ++d) {
      if (a[d] != b[d]) return a[d] < b[d] ? -1 : 1;
    }
    return 0;
  }
  // The rows' numbers in row-major order of what they index; equal ones stay in their order.
  std::vector<int64_t> sorted_order() const {
    std::vector<int64_t> order(static_cast<size_t>(size_));
    std::iota(order.begin(), order.end(), int64_t{0});
    const auto before = [this](int64_t a, int64_t b) { return compare((*this)[a], (*this)[b], rank_) < 0; };
    if (!std::is_sorted(order.begin(), order.end(), before)) std::stable_sort(order.begin(), order.end(), before);
    return order;
  }
  // Row i is within `shape`.
  bool within(int64_t i, std::span<const int64_t> shape) const {
    for (int d = 0; d < rank_; ++d) {
      if (static_cast<uint64_t>((*this)[i][d]) >= static_cast<uint64_t>(std::max<int64_t>(shape[d], 0))) return false;
    }
    return true;
  }

 private:
  const int64_t* data_;
  int64_t size_;
  int rank_;
};

// "[1,2]".
std::string row_text(std::span<const int64_t> row);

// InvalidArgument unless `indices` is a matrix, `values` a vector of as many entries, and `shape` a vector of as many
// sizes as the matrix has columns; "Input indices should be a matrix but received shape [2]" with what `suffix` adds.
Status check_sparse(const Tensor& indices, const Tensor& values, const Tensor& shape, std::string_view suffix = "");
// The last of these: "indices and values rows (indexing dimension) must match. (indices = 3, values = 1)" and
// "Order length must be SparseTensor rank.".
Status check_sparse_sizes(const Tensor& indices, const Tensor& values, const Tensor& shape);

// All rows are within `shape`. InvalidArgument: "indices[0] = [5,0] is out of bounds: need 0 <= index < [3,4]".
Status check_within(const IndexRows& rows, std::span<const int64_t> shape);

// "indices[1] = [0,0] is out of order. Many sparse ops require sorted indices." and what to do about it.
Status out_of_order_error(int64_t i, std::span<const int64_t> row);

// The dense shape that a vector of sizes gives. InvalidArgument: "Dimension -4 must be >= 0", or too many elements.
StatusOr<Shape> dense_shape(const Tensor& sizes);

}  // namespace reflow::ops
