#include <regex>

#include "tests/kit/session_fixture.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;
using graph::Node;

class BarrierTest : public reflow::testing::SessionFixture {
 protected:
  const std::vector<DType> types = {DType::kFloat32, DType::kInt32};
  Endpoint barrier() {
    return op("Barrier", {}, {{"component_types", types}, {"shapes", std::vector<Shape>{Shape{}, Shape{2}}}}, "B");
  }
  Node* insert(Endpoint barrier, int64_t component, Tensor keys, Tensor values) {
    return node("BarrierInsertMany", {barrier, constant(std::move(keys)), constant(std::move(values))}, {{"component_index", component}});
  }
  Node* take(Endpoint barrier, int32_t n, bool allow_small = false) {
    return node("BarrierTakeMany", {barrier, constant(Tensor::scalar(n))}, {{"component_types", types}, {"allow_small_batch", allow_small}}, "take");
  }
  Node* close(Endpoint barrier, bool cancel) { return node("BarrierClose", {barrier}, {{"cancel_pending_enqueues", cancel}}); }
  int ready(Endpoint barrier) { return run({op("BarrierReadySize", {barrier})})[0].item<int32_t>(); }
  int incomplete(Endpoint barrier) { return run({op("BarrierIncompleteSize", {barrier})})[0].item<int32_t>(); }
  // The error without the node's place; the barrier is the first of the process.
  std::string failure(Node* node) {
    const std::string message = std::regex_replace(error({}, {}, {node}), std::regex("_[0-9]+_B"), "_0_B");
    return message.substr(0, message.find("\n\t [[{{node "));
  }
};

// As TensorFlow 1.15 gives it.
TEST_F(BarrierTest, TuplesLeaveWhenTheyAreWhole) {
  const Endpoint b = barrier();
  run({}, {}, {insert(b, 0, Tensor::vector<std::string>({"a", "b", "c"}), Tensor::vector<float>({1, 2, 3}))});
  run({}, {}, {insert(b, 1, Tensor::vector<std::string>({"c", "a"}), Tensor::from<int32_t>({1, 2, 3, 4}, {2, 2}))});
  EXPECT_EQ(ready(b), 2);
  EXPECT_EQ(incomplete(b), 1);
  Node* n = take(b, 2);
  const auto got = run({n->output(0), n->output(1), n->output(2), n->output(3)});
  EXPECT_EQ(got[0].summarize(), "-9223372036854775808 -9223372036854775808");
  EXPECT_EQ(got[1].summarize(), "c a");
  EXPECT_EQ(got[2].summarize(), "3 1");
  EXPECT_EQ(got[3].summarize(-1), "[1 2][3 4]");
}

TEST_F(BarrierTest, WrongInsertionsFail) {
  const Endpoint b = barrier();
  const Tensor key = Tensor::vector<std::string>({"q"});
  EXPECT_EQ(failure(insert(b, 5, key, Tensor::vector<int32_t>({1}))), "The component ID is out of range 5 > num_components (= 2)");
  EXPECT_EQ(failure(insert(b, 0, key, Tensor::vector<int32_t>({1}))),
            "Signature mismatch, have: string_ref, string, int32-> expected: string_ref, string, float->");
  EXPECT_EQ(failure(insert(b, 1, key, Tensor(DType::kInt32, {1, 0}))),
            "Tensors with no elements are not supported _0_B: received shape [1,0]");
  run({}, {}, {insert(b, 0, key, Tensor::vector<float>({1}))});
  EXPECT_EQ(failure(insert(b, 0, key, Tensor::vector<float>({1}))), "Key q already has a value for component 0 in barrier _0_B");
}

TEST_F(BarrierTest, ClosedOneTakesNoNewKeys) {
  const Endpoint b = barrier();
  run({}, {}, {insert(b, 0, Tensor::vector<std::string>({"a"}), Tensor::vector<float>({1}))});
  run({}, {}, {close(b, false)});
  EXPECT_EQ(failure(close(b, false)), "Barrier '_0_B' is already closed.");
  EXPECT_EQ(failure(insert(b, 0, Tensor::vector<std::string>({"z"}), Tensor::vector<float>({1}))),
            "Barrier _0_B is closed, but attempted to insert a brand new key: z.  Pending enqueues cancelled: 0.  Insertion index: "
            "0.  Number of incomplete keys: 1.");
  EXPECT_EQ(failure(take(b, 1, true)), "Barrier '_0_B' is closed and has insufficient elements (requested 0, total size 0)");
  run({}, {}, {insert(b, 1, Tensor::vector<std::string>({"a"}), Tensor::from<int32_t>({1, 2}, {1, 2}))});
  EXPECT_EQ(run({take(b, 5, true)->output(1)})[0].summarize(), "a");
  run({}, {}, {close(b, true)});
}

TEST_F(BarrierTest, FakeQueueGivesTheNameOfAQueue) {
  const Endpoint queue = op("FIFOQueueV2", {}, {{"component_types", std::vector<DType>{DType::kInt32}}, {"shared_name", std::string("q")}});
  EXPECT_EQ(run({op("Identity", {op("FakeQueue", {queue})})})[0].flat<std::string>()[1], "q");
}

}  // namespace
}  // namespace reflow::ops
