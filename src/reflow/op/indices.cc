#include "reflow/op/indices.h"

#include <algorithm>
#include <vector>

namespace reflow::op {

std::string coordinates(const Shape& shape, int64_t i) {
  const int rank = shape.rank();
  if (rank == 0) return "";
  std::vector<int64_t> at(rank);
  for (int d = rank - 1; d >= 0; --d) {
    at[d] = i % std::max<int64_t>(shape.dim(d), 1);
    i /= std::max<int64_t>(shape.dim(d), 1);
  }
  std::string text = "[" + std::to_string(at[0]);
  for (int d = 1; d < rank; ++d) text += "," + std::to_string(at[d]);
  return text + "]";
}

namespace {

// The first index outside [0, limit), or n. Without a branch in the loop, so that it vectorises.
template <typename I>
int64_t first_bad(const I* indices, int64_t n, int64_t limit) {
  constexpr int64_t kBlock = 256;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(n, begin + kBlock);
    bool good = true;
    for (int64_t i = begin; i < end; ++i) {
      good &= static_cast<uint64_t>(static_cast<int64_t>(indices[i])) < static_cast<uint64_t>(limit);
    }
    if (good) [[likely]] continue;
    for (int64_t i = begin;; ++i) {
      if (static_cast<uint64_t>(static_cast<int64_t>(indices[i])) >= static_cast<uint64_t>(limit)) return i;
    }
  }
  return n;
}

}  // namespace

Status check_rows(const Tensor& indices, int64_t num_rows) {
  const int64_t n = indices.num_elements();
  const int64_t bad = indices.dtype() == DType::kInt64 ? first_bad(indices.data<int64_t>(), n, num_rows)
                                                       : first_bad(indices.data<int32_t>(), n, num_rows);
  if (bad == n) [[likely]] return OkStatus();
  return invalid_argument("indices{} = {} is not in [0, {})", coordinates(indices.shape(), bad),
                          IndexReader(indices)[bad], num_rows);
}

NdIndices::NdIndices(const Tensor& indices, const Shape& shape, Vector vector)
    : reader_(indices), outer_shape_(indices.shape()), shape_(shape), depth_(1) {
  if (indices.rank() > 1 || vector == Vector::kIsOneIndex) {
    depth_ = static_cast<int>(indices.dim(indices.rank() - 1));
    outer_shape_.remove_dim(indices.rank() - 1);
  }
  num_indices_ = outer_shape_.num_elements();
  for (int d = depth_; d < shape.rank(); ++d) slice_size_ *= shape.dim(d);
}

Status NdIndices::out_of_bounds(int64_t i, std::string_view what) const {
  std::string index;
  for (int d = 0; d < depth_; ++d) index += (d ? ", " : "") + std::to_string(reader_[i * depth_ + d]);
  return invalid_argument("indices{} = [{}] does not index into {} {}",
                          coordinates(outer_shape_, i), index, what,
                          shape_.str());
}

Status NdIndices::check(std::string_view what) const {
  for (int64_t i = 0; i < num_indices_; ++i) {
    if (offset(i) < 0) return out_of_bounds(i, what);
  }
  return OkStatus();
}

}  // namespace reflow::op
