#pragma once

// The kernels of Conv2D, Conv3D and their backward ops.

#include "convolution.h"
#include "convolution_shape.h"
#include "reflow/op/indices.h"

namespace reflow::ops {

template <typename T, int kRank>
class ConvolutionForward : public op::Kernel {
 public:
  explicit ConvolutionForward(op::KernelInit& c) : attrs_(ConvolutionAttrs::of(c, kRank)) {}
  Status compute(op::KernelContext& c) override {
    const Tensor &x = c.input(0), &filter = c.input(1);
    ASSIGN_OR_RETURN(const Convolution sizes, convolution_sizes(attrs_, x.shape(), filter.shape(), nullptr, ""));
    ASSIGN_OR_RETURN(const Tensor images, op::channels_last(c, x, attrs_.channels_first));
    return op::into_output<T>(c, attrs_.channels_first, [&](T* y) {
      return convolve(c.pool(), sizes, images.data<T>(), filter.data<T>(), y);
    });
  }

 private:
  const ConvolutionAttrs attrs_;
};

// Inputs: the sizes of x (or x itself in the first version of Conv3D's op), the filter, dL/dy.
template <typename T, int kRank>
class ConvolutionToInput : public op::Kernel {
 public:
  explicit ConvolutionToInput(op::KernelInit& c) : attrs_(ConvolutionAttrs::of(c, kRank)), name_(c.node().type()) {}
  Status compute(op::KernelContext& c) override {
    const Tensor &filter = c.input(1), &dy = c.input(2);
    ASSIGN_OR_RETURN(const Convolution sizes,
                     convolution_sizes(attrs_, c.output(0).shape(), filter.shape(), &dy.shape(), name_));
    ASSIGN_OR_RETURN(const Tensor images, op::channels_last(c, dy, attrs_.channels_first));
    return op::into_output<T>(c, attrs_.channels_first, [&](T* dx) {
      return convolve_to_input(c.pool(), sizes, images.data<T>(), filter.data<T>(), dx);
    });
  }

 private:
  const ConvolutionAttrs attrs_;
  const std::string name_;
};

// Inputs: x, the sizes of the filter (or the filter itself), dL/dy.
template <typename T, int kRank>
class ConvolutionToFilter : public op::Kernel {
 public:
  explicit ConvolutionToFilter(op::KernelInit& c) : attrs_(ConvolutionAttrs::of(c, kRank)), name_(c.node().type()) {}
  Status compute(op::KernelContext& c) override {
    const Tensor &x = c.input(0), &dy = c.input(2);
    ASSIGN_OR_RETURN(const Convolution sizes,
                     convolution_sizes(attrs_, x.shape(), c.output(0).shape(), &dy.shape(), name_));
    ASSIGN_OR_RETURN(const Tensor images, op::channels_last(c, x, attrs_.channels_first));
    ASSIGN_OR_RETURN(const Tensor results, op::channels_last(c, dy, attrs_.channels_first));
    return convolve_to_filter(c.pool(), sizes, images.data<T>(), results.data<T>(), c.output(0).data<T>());
  }

 private:
  const ConvolutionAttrs attrs_;
  const std::string name_;
};

}  // namespace reflow::ops
