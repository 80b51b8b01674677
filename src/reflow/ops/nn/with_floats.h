#pragma once

#include <memory>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {

// The kernel K of floats, for halves: its inputs and outputs of this type are made floats and back. For kernels whose
// shapes are known before they run.
template <template <typename> class K>
class WithFloats : public op::Kernel {
 public:
  explicit WithFloats(op::KernelInit& c) : kernel_(c) {}
  Status compute(op::KernelContext& c) override {
    std::vector<op::Value> inputs(c.num_inputs()), outputs(c.num_outputs());
    std::vector<op::Value*> pointers;
    for (int i = 0; i < c.num_inputs(); ++i) {
      const Tensor& input = c.input(i);
      inputs[i].tensor = input;
      pointers.push_back(&inputs[i]);
      if (input.dtype() != DType::kHalf) continue;
      ASSIGN_OR_RETURN(inputs[i].tensor, c.allocate_scratch(DType::kFloat32, input.shape()));
      const Half* from = input.data<Half>();
      float* to = inputs[i].tensor.template data<float>();
      for (int64_t k = 0; k < input.num_elements(); ++k) to[k] = static_cast<float>(from[k]);
    }
    for (int i = 0; i < c.num_outputs(); ++i) {
      ASSIGN_OR_RETURN(outputs[i].tensor, c.allocate_scratch(DType::kFloat32, c.output(i).shape()));
    }
    op::KernelContext inner(&c.env(), &c.node(), pointers.data(), c.num_inputs(), outputs.data(), c.num_outputs());
    RETURN_IF_ERROR(kernel_.compute(inner));
    for (int i = 0; i < c.num_outputs(); ++i) {
      const float* from = outputs[i].tensor.template data<float>();
      Half* to = c.output(i).data<Half>();
      for (int64_t k = 0; k < c.output(i).num_elements(); ++k) to[k] = Half(from[k]);
    }
    return OkStatus();
  }

 private:
  K<float> kernel_;
};

// K of floats, and WithFloats of it for halves.
template <template <typename> class K, typename T>
using FloatKernel = std::conditional_t<std::is_same_v<T, Half>, WithFloats<K>, K<float>>;

}  // namespace reflow::ops
