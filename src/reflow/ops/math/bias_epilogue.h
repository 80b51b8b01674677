#pragma once

#include "reflow/op/gemm.h"
#include "reflow/op/vector_math.h"

namespace reflow::ops {

// Adds a bias to each row of a product y [m, n] and cuts off what is negative, part by part as they are computed.
class BiasEpilogue {
 public:
  BiasEpilogue(float* y, int64_t n, const float* bias, bool relu)
      : y_(y), n_(n), bias_(bias), add_(op::binary_f32(op::VecOp::kAdd)),
        activation_(relu ? op::unary_f32(op::VecOp::kRelu) : nullptr) {}

  op::GemmEpilogue epilogue() { return {finish, this}; }

 private:
  static void finish(void* context, int64_t i, int64_t j, int64_t rows, int64_t columns) {
    const auto& e = *static_cast<BiasEpilogue*>(context);
    for (int64_t row = i; row < i + rows; ++row) {
      float* y = e.y_ + row * e.n_ + j;
      e.add_(y, 1, e.bias_ + j, 1, y, columns);
      if (e.activation_ != nullptr) e.activation_(y, y, columns);
    }
  }

  float* const y_;
  const int64_t n_;
  const float* const bias_;
  const op::BinaryFn<float> add_;
  const op::UnaryFn<float> activation_;
};

}  // namespace reflow::ops
