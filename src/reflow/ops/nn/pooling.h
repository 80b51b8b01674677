#pragma once

// What the pooling ops have in common: attributes, sizes, and the walk over a window.

#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/window.h"

namespace reflow::ops {

// Images [batch, in.., channels] pooled to [batch, out.., channels] over two or three dimensions (the third is 1 for
// two), or over groups of `depth_window` channels.
struct Pooling {
  int64_t batch = 0, channels = 0, depth_window = 1;
  op::WindowDim dims[3];

  int64_t in_area() const { return dims[0].in * dims[1].in * dims[2].in; }
  int64_t out_area() const { return dims[0].out * dims[1].out * dims[2].out; }
  int64_t window_area() const { return dims[0].kernel * dims[1].kernel * dims[2].kernel; }
  int64_t out_channels() const { return channels / depth_window; }
};

// The window, from attributes or, in the second version of MaxPool's ops, from two last inputs.
struct PoolingAttrs {
  // Checks as TensorFlow's kernels do; `rank` is 2 or 3.
  static PoolingAttrs of(op::KernelInit& c, int rank);
  // With ksize and strides of the inputs where they aren't attributes.
  StatusOr<PoolingAttrs> with_inputs(op::KernelContext& c) const;
  StatusOr<Pooling> sizes(const Shape& x) const;
  Status check() const;

  int rank = 2;
  bool channels_first = false, from_inputs = false;
  op::Padding padding = op::Padding::kValid;
  std::vector<int64_t> ksize, strides;
};

// Shape functions; ops with ksize and strides as last inputs are told by their attributes.
Status max_pool_shape(op::ShapeContext& c);
Status avg_pool_shape(op::ShapeContext& c);
Status pool3d_shape(op::ShapeContext& c);
// dL/dy has a known shape: that of the pooled tensor.
Status check_pooled_shape(const Pooling& p, const op::ImageFormat& format, const Shape& dy, const char* name);

// y [batch, out.., channels] of images x. REQUIRES: depth_window is 1.
void max_pool(ThreadPool& threads, const Pooling& p, const float* x, float* y);

// Calls visit(offset) for the elements within the image of the window at output place `o`, in order; offsets are those of
// the first channel. Inlined into loops that are compiled for several instruction sets.
template <typename Visit>
inline __attribute__((always_inline)) void for_each_tap(const Pooling& p, int64_t o, const Visit& visit) {
  const op::WindowDim &d0 = p.dims[0], &d1 = p.dims[1], &d2 = p.dims[2];
  const int64_t o2 = o % d2.out, o1 = o / d2.out % d1.out, o0 = o / d2.out / d1.out;
  int64_t begin0, end0, begin1, end1, begin2, end2;
  d0.taps(o0, &begin0, &end0);
  d1.taps(o1, &begin1, &end1);
  d2.taps(o2, &begin2, &end2);
  const int64_t first0 = o0 * d0.stride - d0.before, first1 = o1 * d1.stride - d1.before,
                first2 = o2 * d2.stride - d2.before;
  for (int64_t k0 = begin0; k0 < end0; ++k0) {
    for (int64_t k1 = begin1; k1 < end1; ++k1) {
      for (int64_t k2 = begin2; k2 < end2; ++k2) {
        visit((((first0 + k0) * d1.in + first1 + k1) * d2.in + first2 + k2) * p.channels);
      }
    }
  }
}

}  // namespace reflow::ops
