#include "reflow/op/broadcast.h"

#include <algorithm>

namespace reflow::op {
namespace {

// Dimension i of `rank` dimensions, `shape` being aligned to the right.
int64_t aligned_dim(const Shape& shape, int rank, int i) {
  const int j = i - (rank - shape.rank());
  return j < 0 ? 1 : shape.dim(j);
}

}  // namespace

Broadcast::Broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  same_shape = a == b;
  a_scalar = a.num_elements() == 1;
  b_scalar = b.num_elements() == 1;
  // From the innermost dimension outwards; a dimension joins its inner neighbour when both operands go on in memory
  // (or stay) as they do there.
  int64_t a_stride = 1, b_stride = 1;
  enum { kBoth, kOnlyA, kOnlyB } kind = kBoth, last = kBoth;
  for (int i = rank - 1; i >= 0; --i) {
    const int64_t a_dim = aligned_dim(a, rank, i), b_dim = aligned_dim(b, rank, i);
    const int64_t dim = a_dim == 1 ? b_dim : a_dim;
    num_elements *= dim;
    if (dim == 1) continue;
    kind = a_dim == b_dim ? kBoth : b_dim == 1 ? kOnlyA : kOnlyB;
    if (!dims.empty() && kind == last) {
      dims.back() *= dim;
    } else {
      dims.push_back(dim);
      a_strides.push_back(kind == kOnlyB ? 0 : a_stride);
      b_strides.push_back(kind == kOnlyA ? 0 : b_stride);
    }
    last = kind;
    a_stride *= a_dim;
    b_stride *= b_dim;
  }
  if (dims.empty()) {
    dims.push_back(1);
    a_strides.push_back(0);
    b_strides.push_back(0);
  }
  std::reverse(dims.begin(), dims.end());
  std::reverse(a_strides.begin(), a_strides.end());
  std::reverse(b_strides.begin(), b_strides.end());
}

void Broadcast::reduction_indices(const Shape& a, const Shape& b, std::vector<int64_t>* a_axes,
                                  std::vector<int64_t>* b_axes) {
  const int rank = std::max(a.rank(), b.rank());
  a_axes->clear();
  b_axes->clear();
  if (a == b) return;
  for (int i = 0; i < rank; ++i) {
    const int64_t a_dim = aligned_dim(a, rank, i), b_dim = aligned_dim(b, rank, i);
    // Where both are 1 both are reduced, which changes nothing but drops the dimension that one of them may lack.
    if (a_dim == 1) a_axes->push_back(i);
    if (b_dim == 1) b_axes->push_back(i);
  }
}

}  // namespace reflow::op
