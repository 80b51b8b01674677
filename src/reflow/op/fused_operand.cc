#include "reflow/op/fused_operand.h"

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <cstring>

namespace reflow::op {

namespace {

// body(i, elements of the matrix, how many) for each run of elements that are beside one another; i counts from 0 to n.
template <typename Body>
void for_rows(int64_t offset, int64_t n, int64_t columns, int64_t stride, const Body& body) {
  int64_t row = offset / columns, column = offset % columns;
  for (int64_t i = 0; i < n; ++row, column = 0) {
    const int64_t size = std::min(n - i, columns - column);
    body(i, row * stride + column, size);
    i += size;
  }
}

}  // namespace

bool find_layout(const Shape& shape, const Shape& whole, int64_t num_elements, Layout* layout, int64_t* columns) {
  if (shape == whole) {
    *layout = Layout::kFull;
    return true;
  }
  const int64_t n = shape.num_elements();
  if (n == 1) {
    *layout = Layout::kScalar;
    return true;
  }
  if (shape.rank() > whole.rank()) return false;
  int leading_ones = 0, trailing_ones = 0;
  while (leading_ones < shape.rank() && shape.dim(leading_ones) == 1) ++leading_ones;
  while (trailing_ones < shape.rank() && shape.dim(shape.rank() - 1 - trailing_ones) == 1) ++trailing_ones;
  const int row_rank = shape.rank() - leading_ones;
  if (std::equal(shape.end() - row_rank, shape.end(), whole.end() - row_rank)) {
    *layout = Layout::kRow;
    *columns = n;
    return true;
  }
  if (shape.rank() == whole.rank() && std::equal(shape.begin(), shape.end() - trailing_ones, whole.begin())) {
    *layout = Layout::kColumn;
    *columns = num_elements / n;
    return true;
  }
  return false;
}

bool broadcasts_to(const Shape& from, const Shape& to) {
  const auto fits = [](int64_t a, int64_t b) { return a == 1 || a == b; };
  return from.rank() <= to.rank() && std::equal(from.begin(), from.end(), to.end() - from.rank(), fits);
}

void broadcast_to(const Tensor& from, const Shape& shape, float* to) {
  const int rank = shape.rank(), missing = rank - from.rank();
  absl::InlinedVector<int64_t, 8> strides(rank), index(rank);
  int64_t stride = 1;
  for (int i = rank - 1; i >= missing; --i) {
    strides[i] = from.dim(i - missing) == 1 ? 0 : stride;
    stride *= from.dim(i - missing);
  }
  const float* source = from.data<float>();
  const int64_t n = shape.num_elements();
  int64_t at = 0;
  for (int64_t i = 0; i < n; ++i) {
    to[i] = source[at];
    for (int d = rank - 1; d >= 0; --d) {
      at += strides[d];
      if (++index[d] < shape.dim(d)) break;
      at -= strides[d] * index[d];
      index[d] = 0;
    }
  }
}

void read_columns(const float* matrix, int64_t offset, int64_t n, int64_t columns, int64_t stride, float* to) {
  for_rows(offset, n, columns, stride,
           [&](int64_t i, int64_t at, int64_t size) { std::memcpy(to + i, matrix + at, sizeof(float) * size); });
}

void write_columns(const float* from, int64_t offset, int64_t n, int64_t columns, int64_t stride, float* matrix) {
  for_rows(offset, n, columns, stride,
           [&](int64_t i, int64_t at, int64_t size) { std::memcpy(matrix + at, from + i, sizeof(float) * size); });
}

}  // namespace reflow::op
