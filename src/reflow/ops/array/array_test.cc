// Cases of array ops beside those of TensorFlow's vectors (tests/golden_kernels_test.cc).

#include <gtest/gtest.h>

#include <algorithm>
#include <complex>
#include <limits>

#include "tests/kit/op_case.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using testing::OpCaseTest;
using testing::OpRunner;

Tensor matrix() { return Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}); }
Tensor ints(std::initializer_list<int32_t> values) { return Tensor::vector(values); }
Tensor pairs(std::initializer_list<int32_t> values) {
  return Tensor::from(values, {static_cast<int64_t>(values.size()) / 2, 2});
}

const OpCaseTest placeholder_with_default{{.op = "PlaceholderWithDefault",
                                           .attrs = {{"shape", Shape{2, -1}}},
                                           .inputs = {matrix()},
                                           .outputs = {matrix()},
                                           .shapes = {"[2,3] -> [2,?]"}}};

const OpCaseTest gather_of_batches{
    {.op = "GatherV2",
     .name = "Batches",
     .attrs = {{"batch_dims", 1}},
     .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}), pairs({2, 0, 1, 1}), Tensor::scalar(int32_t{1})},
     .outputs = {Tensor::from<float>({3, 1, 5, 5}, {2, 2})},
     .shapes = {"[2,3];[2,4];=1 -> [d0_0,d1_1]"}}};
const OpCaseTest gather_behind_a_batch{
    {.op = "GatherV2",
     .name = "BehindABatch",
     .attrs = {{"batch_dims", 1}},
     .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}), pairs({1, 1, 0, 1}), Tensor::scalar(int32_t{2})},
     .outputs = {Tensor::from<float>({2, 2, 4, 4, 5, 6, 7, 8}, {2, 2, 2})}}};
const OpCaseTest gather_of_batches_of_batches{
    {.op = "GatherV2",
     .name = "BatchesOfBatches",
     .attrs = {{"batch_dims", -1}},
     .inputs = {Tensor::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2, 1}),
                Tensor::from<int64_t>({1, 0, 0, 1}, {2, 2, 1}), Tensor::scalar(int32_t{2})},
     .outputs = {Tensor::from<float>({2, 3, 5, 8}, {2, 2, 1, 1})}}};

const OpCaseTest gather_along_no_axis{
    {.op = "GatherV2",
     .name = "AlongNoAxis",
     .bad_inputs = {Tensor::vector<float>({1, 2}), Tensor::scalar(int32_t{0}), Tensor::scalar(std::numeric_limits<int64_t>::min())},
     .error = "Expected axis in the range [-1, 1), but got -9223372036854775808"}};

// A transposition in blocks, not a multiple of their size, with a dimension outside of the two.
template <typename T>
Tensor counting(const Shape& shape) {
  Tensor t(dtype_of<T>, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<T>()[i] = static_cast<T>(i);
  return t;
}
template <typename T>
Tensor last_two_swapped(const Tensor& in) {
  const int64_t a = in.dim(0), b = in.dim(1), c = in.dim(2);
  Tensor out(dtype_of<T>, {a, c, b});
  for (int64_t i = 0; i < a; ++i) {
    for (int64_t j = 0; j < b; ++j) {
      for (int64_t k = 0; k < c; ++k) out.data<T>()[(i * c + k) * b + j] = in.data<T>()[(i * b + j) * c + k];
    }
  }
  return out;
}
const OpCaseTest transpose_in_blocks{{.op = "Transpose",
                                      .name = "InBlocks",
                                      .inputs = {counting<float>({3, 45, 70}), ints({0, 2, 1})},
                                      .outputs = {last_two_swapped<float>(counting<float>({3, 45, 70}))},
                                      .has_gradient_check = false}};
template <typename T>
void expect_transposed(const Shape& shape) {
  const Tensor in = counting<T>(shape);
  OpRunner op("Transpose", {in, ints({0, 2, 1})});
  ASSERT_TRUE(op.run().ok());
  const Tensor expected = last_two_swapped<T>(in);
  EXPECT_TRUE(std::ranges::equal(op.output().flat<T>(), expected.flat<T>())) << dtype_name(in.dtype()) << shape.str();
}
TEST(Transpose, ElementsOfAnySize) {
  for (const Shape& shape : {Shape{2, 16, 16}, Shape{2, 150, 141}, Shape{1, 3, 200}, Shape{1, 200, 3}}) {
    expect_transposed<uint8_t>(shape);
    expect_transposed<int16_t>(shape);
    expect_transposed<int32_t>(shape);
    expect_transposed<double>(shape);
    expect_transposed<std::complex<double>>(shape);
  }
}
TEST(Transpose, TooLargeForCaches) {
  expect_transposed<float>({1, 2064, 2050});
  expect_transposed<float>({2, 1030, 2060});
  expect_transposed<int64_t>({2, 1024, 1029});
}

TEST(RefIdentity, IsTheSameReference) {
  op::Variable variable(DType::kFloat32);
  OpRunner op("RefIdentity", {&variable});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.ref(), &variable);
}

TEST(StridedSliceAssign, WritesIntoTheVariable) {
  op::Variable variable(DType::kFloat32);
  variable.tensor = matrix();
  OpRunner op("StridedSliceAssign",
              {&variable, ints({0}), ints({1}), ints({1}), Tensor::from<float>({7, 8, 9}, {1, 3})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(variable.tensor.summarize(6), "[7 8 9][4 5 6]");
  op.set_input(4, Tensor::scalar(1.f));
  EXPECT_EQ(message_of(op.run()),
            "sliced l-value shape [1,3] does not match r-value shape []. Automatic broadcasting not yet implemented.");
}

TEST(Slice, OfAnEmptyTensorIsEmpty) {
  OpRunner op("Slice", {Tensor(DType::kFloat32, {0, 3}), ints({0, 1}), ints({0, 2})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.output().shape().str(), "[0,2]");
}

TEST(Unique, KeepsTheOrderOfStrings) {
  OpRunner op("Unique", {Tensor::vector<std::string>({"b", "a", "b"})});
  ASSERT_TRUE(op.run().ok());
  EXPECT_EQ(op.output(0).summarize(), "b a");
  EXPECT_EQ(op.output(1).summarize(), "0 1 0");
}

TEST(Range, TooLongForMemoryIsAnError) {
  OpRunner op("Range", {Tensor::scalar(0.0), Tensor::scalar(1e300), Tensor::scalar(1e-300)});
  EXPECT_EQ(op.run().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reflow::ops
