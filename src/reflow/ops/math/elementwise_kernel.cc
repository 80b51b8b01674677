#include "elementwise_kernel.h"

#include "reflow/op/broadcast.h"
#include "reflow/op/for_ranges.h"

namespace reflow::ops {
namespace {

const char* at(const void* base, int64_t element, int size) { return static_cast<const char*>(base) + element * size; }
char* at(void* base, int64_t element, int size) { return static_cast<char*>(base) + element * size; }

}  // namespace

Status gradient_op_shape(ShapeContext& c) {
  // Programs give grad_ys of other shapes: [1, n] for [n]. What counts is how many elements there are, and y's shape.
  if (c.concrete() && c.input(0).num_elements() != c.input(1).num_elements()) {
    return invalid_argument("y and dy must be of the same shape. y shape: {}. dy shape: {}", c.input(0).str(),
                            c.input(1).str());
  }
  return unchanged_shape(c);
}

Status UnaryKernel::compute(KernelContext& c) {
  const void* x = c.input(0).raw_data();
  Tensor& y = c.output(0);
  void* out = y.raw_data();
  for_ranges(c.pool(), y.num_elements(), 16, spec_.cost_ns, [&](int64_t begin, int64_t end) {
    spec_.loop(at(x, begin, spec_.x_size), at(out, begin, spec_.y_size), end - begin);
  });
  return OkStatus();
}

Status BinaryKernel::compute(KernelContext& c) {
  const Tensor &a = c.input(0), &b = c.input(1);
  Tensor& y = c.output(0);
  const int64_t n = y.num_elements(), na = a.num_elements(), nb = b.num_elements();
  // As many elements as the result has: nothing is repeated, whatever the shapes.
  if ((na != n && na != 1) || (nb != n && nb != 1)) {
    broadcast(c, a, b, y);
    return OkStatus();
  }
  const int64_t a_step = na == n, b_step = nb == n;
  const void *p = a.raw_data(), *q = b.raw_data();
  void* out = y.raw_data();
  c.pool().parallel_for(n, spec_.cost_ns, [&](int64_t begin, int64_t end) {
    spec_.loop(at(p, begin * a_step, spec_.x_size), a_step, at(q, begin * b_step, spec_.x_size), b_step,
               at(out, begin, spec_.y_size), end - begin);
  });
  return OkStatus();
}

void BinaryKernel::broadcast(KernelContext& c, const Tensor& a, const Tensor& b, Tensor& y) const {
  if (y.num_elements() == 0) return;
  const Broadcast layout(a.shape(), b.shape());
  const int outer_rank = static_cast<int>(layout.dims.size()) - 1;
  const int64_t inner = layout.dims.back(), a_step = layout.a_strides.back(), b_step = layout.b_strides.back();
  const void *p = a.raw_data(), *q = b.raw_data();
  void* out = y.raw_data();
  // A row is a run of the innermost dimension, in which each operand goes on by one or stays.
  c.pool().parallel_for(layout.num_elements / inner, 4 + inner * spec_.cost_ns, [&](int64_t begin, int64_t end) {
    absl::InlinedVector<int64_t, 6> index(outer_rank);
    int64_t a_offset = 0, b_offset = 0, rest = begin;
    for (int i = outer_rank - 1; i >= 0; --i) {
      index[i] = rest % layout.dims[i];
      rest /= layout.dims[i];
      a_offset += index[i] * layout.a_strides[i];
      b_offset += index[i] * layout.b_strides[i];
    }
    for (int64_t row = begin; row < end; ++row) {
      spec_.loop(at(p, a_offset, spec_.x_size), a_step, at(q, b_offset, spec_.x_size), b_step,
                 at(out, row * inner, spec_.y_size), inner);
      for (int i = outer_rank - 1; i >= 0; --i) {
        a_offset += layout.a_strides[i];
        b_offset += layout.b_strides[i];
        if (++index[i] < layout.dims[i]) break;
        a_offset -= index[i] * layout.a_strides[i];
        b_offset -= index[i] * layout.b_strides[i];
        index[i] = 0;
      }
    }
  });
}

}  // namespace reflow::ops
