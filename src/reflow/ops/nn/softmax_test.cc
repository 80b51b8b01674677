#include <limits>

#include "tests/kit/op_case.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Tensor logits() { return Tensor::from<float>({1, 2, 3, -1, 0, 0.5f}, {2, 3}); }

// A row longer than any piece that the kernels work in: all logits are equal.
Tensor long_row(float value) {
  Tensor t(DType::kFloat32, {2, 5000});
  for (float& v : t.flat<float>()) v = value;
  return t;
}

const OpCaseTest softmax{
    {.op = "Softmax",
     .inputs = {logits()},
     .outputs = {Tensor::from<float>({0.09003057f, 0.2447285f, 0.6652409f, 0.1219517f, 0.331499f, 0.5465494f}, {2, 3})},
     .shapes = {"[2,?] -> in0", "? -> ?", "[] -> error: Shape must be at least rank 1 but is rank 0"},
     .bad_inputs = {Tensor::scalar(1.0f)},
     .error = "logits must have >= 1 dimension, got []"}};
const OpCaseTest softmax_specials{
    {.op = "Softmax",
     .name = "Specials",
     .inputs = {Tensor::from<float>({kNaN, 1, 2, kInf, 1, 2, -kInf, 1, 2, 1000, -1000, 0}, {4, 3})},
     .outputs = {Tensor::from<float>({kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, 0, 0.26894143f, 0.7310586f, 1, 0, 0}, {4, 3})},
     .has_gradient_check = false}};
const OpCaseTest softmax_long{{.op = "Softmax",
                               .name = "LongRow",
                               .inputs = {long_row(7)},
                               .outputs = {long_row(1.0f / 5000)},
                               .has_gradient_check = false}};
const OpCaseTest softmax_half{
    {.op = "Softmax",
     .name = "Half",
     .inputs = {Tensor::vector<Half>({Half(1), Half(2), Half(3)})},
     .outputs = {Tensor::vector<Half>({Half(0.09003057f), Half(0.2447285f), Half(0.6652409f)})},
     .has_gradient_check = false}};

const OpCaseTest log_softmax{
    {.op = "LogSoftmax",
     .inputs = {logits()},
     .outputs = {Tensor::from<float>({-2.407606f, -1.407606f, -0.4076059f, -2.104131f, -1.104131f, -0.6041306f}, {2, 3})},
     .shapes = {"[2,?] -> in0", "? -> ?", "[] -> error: Shape must be at least rank 1 but is rank 0"},
     .bad_inputs = {Tensor::scalar(1.0f)},
     .error = "logits must have >= 1 dimension, got []"}};
const OpCaseTest log_softmax_long{{.op = "LogSoftmax",
                                   .name = "LongRow",
                                   .inputs = {long_row(-3)},
                                   .outputs = {long_row(-8.517193f)},
                                   .has_gradient_check = false}};

const OpCaseTest sparse_cross_entropy{
    {.op = "SparseSoftmaxCrossEntropyWithLogits",
     .inputs = {logits(), Tensor::vector<int64_t>({2, 0})},
     .outputs = {Tensor::vector<float>({0.4076059f, 2.104131f}),
                 Tensor::from<float>({0.09003057f, 0.2447285f, -0.3347591f, -0.8780484f, 0.331499f, 0.5465494f}, {2, 3})},
     .shapes = {"[?,3];[2] -> [d1_0];[d1_0,d0_1]", "?;? -> [?];[?,?]",
                "[2,3];[3] -> error: Dimensions must be equal, but are 2 and 3"},
     .gradient_outputs = {0},
     .bad_inputs = {logits(), Tensor::vector<int32_t>({0, 10})},
     .error = "Received a label value of 10 which is outside the valid range of [0, 3).  Label values: 0 10"}};

// The first of two long rows has the first label, the second the last.
Tensor long_gradient() {
  Tensor t = long_row(1.0f / 5000);
  t.data<float>()[0] = t.data<float>()[9999] = 1.0f / 5000 - 1;
  return t;
}
const OpCaseTest sparse_cross_entropy_long{{.op = "SparseSoftmaxCrossEntropyWithLogits",
                                            .name = "LongRow",
                                            .inputs = {long_row(7), Tensor::vector<int32_t>({0, 4999})},
                                            .outputs = {Tensor::vector<float>({8.517193f, 8.517193f}), long_gradient()},
                                            .has_gradient_check = false}};

const OpCaseTest cross_entropy{
    {.op = "SoftmaxCrossEntropyWithLogits",
     .inputs = {logits(), Tensor::from<float>({0.2f, 0.3f, 0.5f, 0, 0.9f, 0.1f}, {2, 3})},
     .outputs = {Tensor::vector<float>({1.107606f, 1.054131f}),
                 Tensor::from<float>({-0.1099694f, -0.05527154f, 0.1652409f, 0.1219517f, -0.568501f, 0.4465494f}, {2, 3})},
     .shapes = {"[?,3];[2,?] -> [d1_0];[d1_0,d0_1]", "[2,3];[1,3] -> [2];[2,3]", "?;? -> [?];[?,?]",
                "[4];[?] -> error: Shape must be broadcasted with rank 2, but is rank 1"},
     .gradient_outputs = {0},
     .bad_inputs = {logits(), Tensor::from<float>({1, 2, 3, 4}, {1, 4})},
     .error = "logits and labels must be broadcastable: logits_size=[2,3] labels_size=[1,4]"}};
const OpCaseTest cross_entropy_broadcast{
    {.op = "SoftmaxCrossEntropyWithLogits",
     .name = "Broadcast",
     .inputs = {logits(), Tensor::from<float>({0.2f, 0.3f, 0.5f}, {1, 3})},
     .outputs = {Tensor::vector<float>({1.107606f, 1.054131f}),
                 Tensor::from<float>({-0.1099694f, -0.05527154f, 0.1652409f, -0.07804835f, 0.03149894f, 0.04654938f},
                                     {2, 3})},
     .has_gradient_check = false}};
// Of 5,000 classes that are equally likely, the labels of an example add up to a half and to two.
Tensor long_cross_entropy_gradient() {
  Tensor t(DType::kFloat32, {2, 5000});
  std::fill_n(t.data<float>(), 5000, 1.0f / 5000 - 0.0001f);
  std::fill_n(t.data<float>() + 5000, 5000, 1.0f / 5000 - 0.0004f);
  return t;
}
const OpCaseTest cross_entropy_long{{.op = "SoftmaxCrossEntropyWithLogits",
                                     .name = "LongRow",
                                     .inputs = {long_row(7), Tensor::from<float>({0.0001f, 0.0004f}, {2, 1})},
                                     .outputs = {Tensor::vector<float>({8.517193f / 2, 8.517193f * 2}), long_cross_entropy_gradient()},
                                     .has_gradient_check = false}};

}  // namespace
}  // namespace reflow::ops
