// Values of TensorFlow 1.15.5 for seed = 3, seed2 = 5.

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor image() {
  Tensor x(DType::kFloat32, {1, 8, 9, 1});
  for (int i = 0; i < 72; ++i) x.data<float>()[i] = static_cast<float>(i % 13);
  return x;
}

graph::AttrMap pool_attrs(bool pseudo_random, bool overlapping) {
  return {{"pooling_ratio", std::vector<float>{1, 1.5f, 1.7f, 1}}, {"pseudo_random", pseudo_random}, {"overlapping", overlapping},
          {"deterministic", true}, {"seed", int64_t{3}}, {"seed2", int64_t{5}}};
}

Tensor pooled(std::initializer_list<float> values) { return Tensor::from<float>(values, {1, 5, 5, 1}); }

const OpCaseTest max_overlapping{
    {.op = "FractionalMaxPool",
     .name = "Overlapping",
     .attrs = pool_attrs(true, true),
     .inputs = {image()},
     .outputs = {pooled({11, 12, 5, 7, 8, 11, 12, 10, 12, 12, 12, 12, 11, 12, 9, 8, 10, 11, 12, 10, 12, 6, 7, 9, 10}),
                 Tensor::vector<int64_t>({0, 1, 3, 5, 6, 8}), Tensor::vector<int64_t>({0, 2, 4, 5, 7, 9})},
     .shapes = {"[1,8,9,?] -> [1,5,5,?];[?];[?]", "[2] -> error: Shape must be rank 4 but is rank 1"},
     .has_gradient_check = false}};
const OpCaseTest max_random{
    {.op = "FractionalMaxPool",
     .name = "Random",
     .attrs = pool_attrs(false, false),
     .inputs = {image()},
     .outputs = {pooled({9, 11, 12, 6, 8, 5, 7, 9, 11, 12, 10, 12, 5, 7, 9, 6, 8, 10, 12, 1, 11, 12, 6, 8, 10}),
                 Tensor::vector<int64_t>({0, 2, 3, 5, 6, 8}), Tensor::vector<int64_t>({0, 1, 3, 5, 7, 9})},
     .has_gradient_check = false}};
const OpCaseTest average{{.op = "FractionalAvgPool",
                          .attrs = pool_attrs(true, false),
                          .inputs = {image()},
                          .outputs = {pooled({0.5f, 2.5f, 4, 5.5f, 7.5f, 7.5f, 9.5f, 4.5f, 6, 4.75f, 6, 4.75f, 3, 4.5f, 6.5f, 6.5f, 8.5f, 10, 11.5f,
                                              0.5f, 7, 2.5f, 4, 5.5f, 7.5f}),
                                      Tensor::vector<int64_t>({0, 1, 3, 5, 6, 8}), Tensor::vector<int64_t>({0, 2, 4, 5, 7, 9})}}};
const OpCaseTest max_grad{{.op = "FractionalMaxPoolGrad",
                           .inputs = {Tensor::from<float>({1, 2, 3, 4, 9, 6}, {1, 2, 3, 1}), Tensor::from<float>({9, 6}, {1, 1, 2, 1}),
                                      Tensor::from<float>({10, 20}, {1, 1, 2, 1}), Tensor::vector<int64_t>({0, 2}), Tensor::vector<int64_t>({0, 2, 3})},
                           .outputs = {Tensor::from<float>({0, 0, 0, 0, 10, 20}, {1, 2, 3, 1})}}};
const OpCaseTest avg_grad{{.op = "FractionalAvgPoolGrad",
                           .inputs = {Tensor::vector<int64_t>({1, 2, 3, 1}), Tensor::from<float>({8, 20}, {1, 1, 2, 1}),
                                      Tensor::vector<int64_t>({0, 2}), Tensor::vector<int64_t>({0, 2, 3})},
                           .outputs = {Tensor::from<float>({2, 2, 10, 2, 2, 10}, {1, 2, 3, 1})}}};

}  // namespace
}  // namespace reflow::ops
