// TensorArrays and stacks of old graphs, whose handles are strings or references to such.

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;

class OldTensorArray : public reflow::testing::SessionFixture {
 protected:
  OldTensorArray() { graph_.versions.producer = 12; }
  Endpoint number(int32_t value) { return constant(Tensor::scalar(value)); }
  Endpoint flow() { return constant(0.0f); }
  std::string text(Endpoint e) { return run({e})[0].summarize(-1); }
  std::string failure(Endpoint e) {
    const std::string message = error({e});
    return message.substr(0, message.find("\n\t [[{{node "));
  }
  // The first version's names have no suffix, the second's V2.
  Endpoint array(const std::string& suffix, int size) { return op("TensorArray" + suffix, {number(size)}, {{"dtype", DType::kFloat32}}); }
  Endpoint write(const std::string& suffix, Endpoint array, int index, float value, Endpoint flow) {
    return op("TensorArrayWrite" + suffix, {array, number(index), constant(value), flow});
  }
};

TEST_F(OldTensorArray, ElementsAreWrittenAndRead) {
  for (const std::string suffix : {"", "V2"}) {
    const Endpoint handle = array(suffix, 2);
    const Endpoint written = write(suffix, handle, 1, 6, write(suffix, handle, 0, 5, flow()));
    EXPECT_EQ(text(op("TensorArrayRead" + suffix, {handle, number(1), written}, {{"dtype", DType::kFloat32}})), "6");
    EXPECT_EQ(text(op("TensorArraySize" + suffix, {handle, written})), "2");
  }
}

TEST_F(OldTensorArray, BlocksOfElements) {
  for (const std::string suffix : {"", "V2"}) {
    const Endpoint handle = array(suffix, 2), rows = constant(Tensor::from<float>({1, 2, 3, 4}, {2, 2}));
    const Endpoint indices = constant(Tensor::vector<int32_t>({1, 0}));
    const Endpoint scattered = op("TensorArrayScatter" + suffix, {handle, indices, rows, flow()});
    EXPECT_EQ(text(op("TensorArrayGather" + suffix, {handle, constant(Tensor::vector<int32_t>({0})), scattered}, {{"dtype", DType::kFloat32}})),
              "[3 4]");
    const Endpoint other = array(suffix, 2), lengths = constant(Tensor::vector<int64_t>({1, 1}));
    const Endpoint split = op("TensorArraySplit" + suffix, {other, rows, lengths, flow()});
    EXPECT_EQ(text(op("TensorArrayConcat" + suffix, {other, split}, {{"dtype", DType::kFloat32}})), "[1 2][3 4]");
  }
}

TEST_F(OldTensorArray, AllElementsAtOnce) {
  const Endpoint handle = array("", 2), rows = constant(Tensor::from<float>({1, 2, 3, 4}, {2, 2}));
  const Endpoint unpacked = op("TensorArrayUnpack", {handle, rows, flow()});
  EXPECT_EQ(text(op("TensorArrayPack", {handle, unpacked}, {{"dtype", DType::kFloat32}})), "[1 2][3 4]");
  EXPECT_EQ(failure(op("TensorArrayUnpack", {array("", 3), rows, flow()})),
            "Input value must have first dimension equal to the array size (2 vs. 3)");
}

TEST_F(OldTensorArray, NewGraphsMayHaveOnlyThisOne) {
  const Endpoint name = placeholder(DType::kString);
  graph_.versions.producer = 134;
  EXPECT_NO_THROW(op("TensorArrayConcatV2", {name, flow()}, {{"dtype", DType::kFloat32}}));
  EXPECT_THROW(op("TensorArrayReadV2", {name, number(0), flow()}, {{"dtype", DType::kFloat32}}), std::runtime_error);
}

TEST_F(OldTensorArray, GradientsAddUp) {
  const Endpoint handle = array("V2", 1);
  const Endpoint gradient = op("TensorArrayGradV2", {handle, flow()}, {{"source", "gradients"}});
  const Endpoint again = op("TensorArrayGradV2", {handle, flow()}, {{"source", "gradients"}});
  const Endpoint written = write("V2", again, 0, 6, write("V2", gradient, 0, 5, flow()));
  EXPECT_EQ(text(op("TensorArrayReadV2", {gradient, number(0), written}, {{"dtype", DType::kFloat32}})), "11");
}

TEST_F(OldTensorArray, IsGoneWithTheRunAndWhenItIsClosed) {
  const Endpoint handle = array("V2", 1), name = placeholder(DType::kString);
  const Tensor old = run({handle})[0];
  const Endpoint size = op("TensorArraySizeV2", {name, flow()});
  const Status status = try_run({size}, {{name, old}});
  EXPECT_EQ(status.code(), StatusCode::kNotFound) << message_of(status);
  Node* close = node("TensorArrayCloseV2", {handle});
  Node* later = node("TensorArraySizeV2", {handle, flow()}, {}, "", {close});
  EXPECT_NE(failure(later->output(0)).find("has already been closed."), std::string::npos);
}

TEST_F(OldTensorArray, Stacks) {
  const Endpoint stack = op("Stack", {}, {{"elem_type", DType::kFloat32}});
  const Endpoint pushed = op("StackPush", {stack, constant(3.0f)});
  Node* popped = node("StackPop", {stack}, {{"elem_type", DType::kFloat32}}, "", {pushed.node});
  EXPECT_EQ(text(popped->output(0)), "3");
  Node* empty = node("StackPop", {stack}, {{"elem_type", DType::kFloat32}}, "", {popped});
  EXPECT_NE(failure(empty->output(0)).find("is empty when calling Pop()."), std::string::npos);
  Node* close = node("StackClose", {stack});
  run({}, {}, {close});
}

}  // namespace
}  // namespace reflow::ops
