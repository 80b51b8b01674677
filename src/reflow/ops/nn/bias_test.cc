#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

Tensor count(const Shape& shape, float first = 1) {
  Tensor t(DType::kFloat32, shape);
  for (float& v : t.flat<float>()) v = first++;
  return t;
}

const OpCaseTest bias_add{{.op = "BiasAdd",
                           .inputs = {count({2, 3}), Tensor::vector<float>({10, 20, 30})},
                           .outputs = {Tensor::from<float>({11, 22, 33, 14, 25, 36}, {2, 3})},
                           .shapes = {"[2,?];[3] -> [d0_0,d1_0]", "?;[3] -> ?",
                                      "[2,3];[2] -> error: Dimensions must be equal, but are 3 and 2",
                                      "[3];[3] -> error: Shape must be at least rank 2 but is rank 1"},
                           .bad_inputs = {count({2, 3}), count({2})},
                           .error = "Must provide as many biases as the last dimension of the input tensor: [2] vs. [2,3]"}};
const OpCaseTest bias_add_channels_first{{.op = "BiasAdd",
                                          .name = "ChannelsFirst",
                                          .attrs = {{"data_format", "NCHW"}},
                                          .inputs = {count({1, 2, 1, 3}), Tensor::vector<float>({10, 20})},
                                          .outputs = {Tensor::from<float>({11, 12, 13, 24, 25, 26}, {1, 2, 1, 3})},
                                          .shapes = {"[?,?,?,?];[3] -> [?,d1_0,?,?]"},
                                          .bad_inputs = {count({2, 3}), count({3})},
                                          .error = "Only ranks up to 5 supported: [2,3]"}};
const OpCaseTest bias_add_v1{{.op = "BiasAddV1",
                              .inputs = {count({2, 3}), Tensor::vector<float>({10, 20, 30})},
                              .outputs = {Tensor::from<float>({11, 22, 33, 14, 25, 36}, {2, 3})},
                              .shapes = {"[2,?];[3] -> [d0_0,d1_0]", "?;? -> ?"},
                              .bad_inputs = {count({2, 3}), count({3, 1})},
                              .error = "Biases must be 1D: [3,1]"}};
const OpCaseTest bias_add_grad{{.op = "BiasAddGrad",
                                .inputs = {count({2, 3})},
                                .outputs = {Tensor::vector<float>({5, 7, 9})},
                                .shapes = {"[?,?,?,3] -> [d0_3]", "? -> [?]"},
                                .bad_inputs = {count({3})},
                                .error = "Input tensor must be at least 2D: [3]"}};
const OpCaseTest bias_add_grad_channels_first{{.op = "BiasAddGrad",
                                               .name = "ChannelsFirst",
                                               .attrs = {{"data_format", "NCHW"}},
                                               .inputs = {count({2, 2, 1, 2})},
                                               .outputs = {Tensor::vector<float>({14, 22})},
                                               .shapes = {"[1,3,2,2] -> [d0_1]"}}};

// Enough rows that several tasks sum parts of them.
Tensor many_rows(int64_t rows) {
  Tensor t(DType::kFloat32, {rows, 3});
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<float>()[i] = static_cast<float>(i % 3);
  return t;
}
const OpCaseTest bias_add_grad_rows{{.op = "BiasAddGrad",
                                     .name = "ManyRows",
                                     .inputs = {many_rows(10001)},
                                     .outputs = {Tensor::vector<float>({0, 10001, 20002})},
                                     .has_gradient_check = false}};

const OpCaseTest l2_loss{{.op = "L2Loss",
                          .inputs = {Tensor::vector<float>({1, -2, 3})},
                          .outputs = {Tensor::scalar(7.0f)},
                          .shapes = {"[2,?] -> []", "? -> []"}}};
const OpCaseTest l2_loss_empty{{.op = "L2Loss",
                                .name = "Empty",
                                .inputs = {Tensor(DType::kFloat32, {0})},
                                .outputs = {Tensor::scalar(0.0f)}}};
const OpCaseTest l2_loss_large{{.op = "L2Loss",
                                .name = "Large",
                                .inputs = {many_rows(1 << 20)},
                                .outputs = {Tensor::scalar(2621440.0f)},
                                .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
