// Sparse tensors as strings and in maps; what TensorFlow 1.15 gives.

#include <gtest/gtest.h>

#include <string>

#include "reflow/op/device.h"
#include "tests/kit/op_runner.h"

namespace reflow::ops {
namespace {

using testing::OpRunner;

Tensor indices() { return Tensor::from<int64_t>({0, 1, 1, 0, 2, 2}, {3, 2}); }
Tensor values() { return Tensor::vector<float>({1, 2, 3}); }
Tensor sizes() { return Tensor::vector<int64_t>({3, 4}); }

class SerializedSparse : public ::testing::Test {
 protected:
  std::string run(std::string_view op, std::vector<OpRunner::Input> inputs, graph::AttrMap attrs = {}) {
    OpRunner runner(op, std::move(inputs), std::move(attrs), &device_);
    const Status status = runner.run();
    outputs_.clear();
    for (int i = 0; i < runner.node().num_outputs() && status.ok(); ++i) outputs_.push_back(runner.output(i));
    return std::string(message_of(status));
  }
  std::string text(int i) const { return outputs_[i].shape().str() + " " + outputs_[i].summarize(-1); }

  ThreadPool pool_{1};
  op::Device device_{"/job:localhost/replica:0/task:0/device:CPU:0", "CPU", &pool_};
  std::vector<Tensor> outputs_;
};

TEST_F(SerializedSparse, IsThreeTensorProtos) {
  ASSERT_EQ(run("SerializeSparse", {indices(), values(), sizes()}), "");
  ASSERT_EQ(outputs_[0].shape(), Shape{3});
  EXPECT_EQ(outputs_[0].data<std::string>()[1], std::string("\x08\x01\x12\x04\x12\x02\x08\x03\x22\x0c\x00\x00\x80\x3f"
                                                            "\x00\x00\x00\x40\x00\x00\x40\x40", 22));
  const Tensor serialized = outputs_[0];
  ASSERT_EQ(run("DeserializeSparse", {serialized}, {{"dtype", DType::kFloat32}}), "");
  EXPECT_EQ(text(0) + text(1) + text(2), "[3,2] [0 1][1 0][2 2][3] 1 2 3[2] 3 4");
  EXPECT_EQ(run("DeserializeSparse", {serialized}, {{"dtype", DType::kInt32}}),
            "Requested SparseTensor of type int32 but SparseTensor[0].values.dtype() == float");
  EXPECT_EQ(run("DeserializeSparse", {Tensor::vector<std::string>({"a", "b", "c"})}, {{"dtype", DType::kInt32}}),
            "Could not parse serialized proto");
}

TEST_F(SerializedSparse, AsVariants) {
  ASSERT_EQ(run("SerializeSparse", {indices(), values(), sizes()}, {{"out_type", DType::kVariant}}), "");
  const Tensor serialized = outputs_[0];
  ASSERT_EQ(run("DeserializeSparse", {serialized}, {{"dtype", DType::kFloat32}}), "");
  EXPECT_EQ(text(1), "[3] 1 2 3");
}

TEST_F(SerializedSparse, RowsAreSplitAndPutTogether) {
  ASSERT_EQ(run("SerializeManySparse", {indices(), values(), sizes()}), "");
  const Tensor rows = outputs_[0];
  EXPECT_EQ(rows.shape(), (Shape{3, 3}));
  ASSERT_EQ(run("DeserializeManySparse", {rows}, {{"dtype", DType::kFloat32}}), "");
  EXPECT_EQ(text(0) + text(2), "[3,2] [0 1][1 0][2 2][2] 3 4");
  EXPECT_EQ(run("SerializeManySparse", {indices(), values(), Tensor::vector<int64_t>({2, 4})}),
            "indices[2] = [2,2] is out of bounds: need 0 <= index < [2,4]");
}

TEST_F(SerializedSparse, MapsKeepTensorsUntilTheyAreTaken) {
  const graph::AttrMap map = {{"shared_name", "m"}};
  const graph::AttrMap take = {{"shared_name", "m"}, {"dtype", DType::kFloat32}};
  ASSERT_EQ(run("AddManySparseToTensorsMap", {indices(), values(), sizes()}, map), "");
  EXPECT_EQ(text(0), "[3] 0 1 2");
  ASSERT_EQ(run("AddSparseToTensorsMap", {Tensor::from<int64_t>({6}, {1, 1}), Tensor::vector<float>({9}),
                                          Tensor::vector<int64_t>({8})}, map), "");
  EXPECT_EQ(text(0), "[] 3");
  ASSERT_EQ(run("TakeManySparseFromTensorsMap", {Tensor::vector<int64_t>({3, 0})}, take), "");
  EXPECT_EQ(text(0) + text(1) + text(2), "[2,2] [0 6][1 1][2] 9 1[2] 2 8");
  EXPECT_EQ(run("TakeManySparseFromTensorsMap", {Tensor::vector<int64_t>({0})}, take),
            "Unable to find SparseTensor: 0 in map: m");
}

}  // namespace
}  // namespace reflow::ops
