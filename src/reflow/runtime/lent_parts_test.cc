// Parts of tensors that lie where the whole does: their values, and what is written, kept or handed out meanwhile.

#include "reflow/runtime/lent_parts.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "reflow/op/op.h"
#include "tests/kit/session_fixture.h"

namespace reflow::runtime {
namespace {

using graph::Endpoint;
using graph::Node;

// Where x lies.
class AddressOf : public op::Kernel {
 public:
  explicit AddressOf(op::KernelInit&) {}
  Status compute(op::KernelContext& c) override {
    c.output(0).data<int64_t>()[0] = reinterpret_cast<int64_t>(c.input(0).raw_data());
    return OkStatus();
  }
};
Status scalar_shape(graph::ShapeContext& c) {
  c.set_output(0, Shape{});
  return OkStatus();
}
REFLOW_OP("TestAddressOf").input("x: T").output("address: int64").attr("T: type").stateful().shape(scalar_shape).kernel<AddressOf>(
    op::kCpu);

constexpr int64_t kRow = 4096;

Tensor numbers(Shape shape, float first = 0) {
  Tensor t(DType::kFloat32, std::move(shape));
  for (float& v : t.flat<float>()) v = first++ / 256;
  return t;
}

class LentPartsTest : public reflow::testing::SessionFixture {
 protected:
  std::vector<Endpoint> unpack(Endpoint x, int64_t num, int64_t axis = 0) {
    Node* parts = node("Unpack", {x}, {{"num", num}, {"axis", axis}});
    std::vector<Endpoint> outputs;
    for (int i = 0; i < num; ++i) outputs.push_back(parts->output(i));
    return outputs;
  }
  Endpoint int32s(std::initializer_list<int32_t> values) { return constant(Tensor::vector(values)); }
  Endpoint address(Endpoint x) { return op("TestAddressOf", {x}); }
  int64_t distance(Endpoint a, Endpoint b, std::vector<std::pair<Endpoint, Tensor>> feeds = {}) {
    const std::vector<Tensor> at = run({address(a), address(b)}, std::move(feeds));
    return at[1].item<int64_t>() - at[0].item<int64_t>();
  }
  // All regimes give the same bits: passes or none, one thread or two, by the plan or traced, again and again.
  std::vector<Tensor> everywhere(const std::vector<Endpoint>& fetches, const std::vector<std::pair<Endpoint, Tensor>>& feeds) {
    std::vector<Tensor> first;
    for (const bool passes : {true, false}) {
      for (const int threads : {1, 2}) {
        session_.reset();
        options_.intra_op_parallelism_threads = threads;
        options_.disabled_passes = passes ? std::set<std::string>{} : std::set<std::string>{"all"};
        for (const bool traced : {false, true, false}) {
          std::vector<Tensor> values;
          RunMetadata metadata;
          const Status status = try_run(fetches, feeds, {}, &values, {.trace = traced}, &metadata);
          EXPECT_TRUE(status.ok()) << message_of(status);
          if (!status.ok()) return {};
          if (first.empty()) first = values;
          for (size_t i = 0; i < values.size(); ++i) expect_equal(values[i], first[i]);
        }
      }
    }
    return first;
  }
  static void expect_equal(const Tensor& a, const Tensor& b) {
    ASSERT_EQ(a.shape(), b.shape());
    EXPECT_EQ(std::memcmp(a.raw_data(), b.raw_data(), static_cast<size_t>(a.size_bytes())), 0);
  }
  static Tensor row(const Tensor& t, int64_t i) { return t.rows(i, i + 1).reshaped(t.shape().sub_shape(1, t.rank())); }
};

TEST_F(LentPartsTest, AreWhatTheyWouldBeAsCopies) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  for (const Endpoint whole : {x, y}) {
    std::vector<Endpoint> rows = unpack(whole, 4), fetches = {op("AddN", {rows})};
    Node* halves = node("Split", {constant(Tensor::scalar<int32_t>(0)), whole}, {{"num_split", int64_t{2}}});
    Node* thirds = node("SplitV", {whole, int32s({1, -1, 1}), constant(Tensor::scalar<int32_t>(-2))}, {{"num_split", int64_t{3}}});
    fetches.push_back(op("Sub", {halves->output(0), halves->output(1)}));
    fetches.push_back(op("Mul", {thirds->output(1), thirds->output(0)}));
    fetches.push_back(op("Mul", {op("Slice", {whole, int32s({1, 0}), int32s({2, -1})}), thirds->output(1)}));
    fetches.push_back(op("Mul", {op("StridedSlice", {whole, int32s({2}), int32s({3}), int32s({1})}, {{"shrink_axis_mask", int64_t{1}}}), rows[1]}));
    fetches.push_back(rows[3]);
    fetches.push_back(op("AddN", {unpack(whole, kRow, 1)}));
    const Tensor value = numbers({4, kRow});
    const std::vector<Tensor> results = everywhere(fetches, {{x, value}});
    ASSERT_EQ(results.size(), fetches.size());
    const float sign = whole == x ? 1.0f : -1.0f;
    const auto at = [&](int64_t i, int64_t k) { return sign * value.data<float>()[i * kRow + k]; };
    for (int64_t k = 0; k < kRow; ++k) {
      ASSERT_EQ(results[1].data<float>()[k], at(0, k) - at(2, k));
      ASSERT_EQ(results[1].data<float>()[kRow + k], at(1, k) - at(3, k));
      ASSERT_EQ(results[2].data<float>()[kRow + k], at(2, k) * at(0, k));
      ASSERT_EQ(results[3].data<float>()[kRow + k], at(2, k) * at(2, k));
      ASSERT_EQ(results[4].data<float>()[k], at(2, k) * at(1, k));
      ASSERT_EQ(results[5].data<float>()[k], at(3, k));
    }
  }
}

TEST_F(LentPartsTest, LieInTheWhole) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  const Tensor value = numbers({4, kRow});
  for (const Endpoint whole : {x, y}) {
    const std::vector<Endpoint> rows = unpack(whole, 4);
    EXPECT_EQ(distance(rows[0], rows[3], {{x, value}}), 3 * kRow * 4);
    EXPECT_EQ(distance(whole, op("Slice", {whole, int32s({1, 0}), int32s({3, -1})}), {{x, value}}), kRow * 4);
  }
}

// Rows that aren't multiples of 64 bytes are copies, which begin at such multiples.
TEST_F(LentPartsTest, AreAligned) {
  const Endpoint y = op("Neg", {constant(numbers({3, kRow + 4}))});
  options_.disabled_passes = {"all"};
  EXPECT_EQ(distance(unpack(y, 3)[0], unpack(y, 3)[1]) % 64, 0);
}

TEST_F(LentPartsTest, LieInFeedsAndVariablesOfBranches) {
  const Endpoint v = variable({4, kRow}, "v"), init = op("Assign", {v, constant(numbers({4, kRow}))});
  const Endpoint x = placeholder(DType::kFloat32), on = placeholder(DType::kBool);
  Node* zero = node("Assign", {v, op("Sub", {v, v})});
  for (const Endpoint source : {x, op("Identity", {v})}) {
    const Endpoint whole = node("Switch", {source, on})->output(1);
    const std::vector<Endpoint> rows = unpack(whole, 4);
    run({}, {}, {init.node});
    const std::vector<std::pair<Endpoint, Tensor>> feeds = {{x, numbers({4, kRow})}, {on, Tensor::scalar(true)}};
    EXPECT_EQ(distance(rows[0], rows[3], feeds), 3 * kRow * 4);
    graph_.add_control_input(zero, rows[0].node);
    Node* late = node("Identity", {rows[1]}, {}, "", {zero});
    EXPECT_EQ(run({op("Neg", {late->output(0)})}, feeds)[0].data<float>()[5], -(kRow + 5) / 256.0f);
  }
}

TEST_F(LentPartsTest, OfAVariableAreViewsWhereNothingWrites) {
  const Endpoint v = variable({4, kRow}, "v"), init = op("Assign", {v, constant(numbers({4, kRow}))});
  run({}, {}, {init.node});
  const std::vector<Endpoint> rows = unpack(op("Identity", {v}), 4);
  EXPECT_EQ(distance(rows[1], rows[2]), kRow * 4);
  expect_equal(run({rows[2]})[0], row(numbers({4, kRow}), 2));
}

TEST_F(LentPartsTest, DontChangeWithTheVariable) {
  const Endpoint v = variable({2, kRow}, "v"), init = op("Assign", {v, constant(numbers({2, kRow}))});
  const std::vector<Endpoint> rows = unpack(op("Identity", {v}), 2);
  Node* zero = node("Assign", {v, constant(Tensor::from<float>(std::vector<float>(2 * kRow), {2, kRow}))}, {}, "", {rows[0].node});
  Node* late = node("Identity", {rows[1]}, {}, "", {zero});
  const Endpoint twice = op("AddV2", {late->output(0), late->output(0)});
  for (const bool passes : {true, false}) {
    session_.reset();
    if (!passes) options_.disabled_passes = {"all"};
    run({}, {}, {init.node});
    EXPECT_EQ(run({twice})[0].data<float>()[5], 2 * (kRow + 5) / 256.0f);
    EXPECT_EQ(run({v})[0].data<float>()[5], 0);
  }
}

TEST_F(LentPartsTest, DontChangeWithTheResourceVariable) {
  const AttrMap type = {{"dtype", DType::kFloat32}};
  const Endpoint v = op("VarHandleOp", {}, {{"dtype", DType::kFloat32}, {"shape", Shape{2, kRow}}, {"shared_name", "v"}});
  Node* init = node("AssignVariableOp", {v, constant(numbers({2, kRow}))}, type);
  const std::vector<Endpoint> rows = unpack(op("ReadVariableOp", {v}, type), 2);
  Node* zero = node("AssignVariableOp", {v, constant(Tensor::from<float>(std::vector<float>(2 * kRow), {2, kRow}))}, type, "", {rows[0].node});
  Node* late = node("Identity", {rows[1]}, {}, "", {zero});
  run({}, {}, {init});
  EXPECT_EQ(run({op("Neg", {late->output(0)})})[0].data<float>()[5], -(kRow + 5) / 256.0f);
}

// What comes after could take the memory of the whole, and of a part.
TEST_F(LentPartsTest, AreNotWrittenInto) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  const std::vector<Endpoint> rows = unpack(y, 2);
  const Endpoint z = op("Square", {y}), late = op("AddV2", {z, rows[0]});
  Node* first = node("Split", {constant(Tensor::scalar<int32_t>(0)), z}, {{"num_split", int64_t{1}}});
  const Endpoint more = op("AddV2", {op("Neg", {op("Neg", {rows[1]})}), rows[1]});
  const std::vector<Tensor> results = everywhere({late, more, op("AddV2", {op("Square", {first->output(0)}), z})},
                                                 {{x, numbers({2, kRow}, 1)}});
  ASSERT_EQ(results.size(), 3);
  for (int64_t k = 0; k < kRow; ++k) {
    const float a = static_cast<float>(k + 1) / 256, b = static_cast<float>(kRow + k + 1) / 256;
    ASSERT_EQ(results[0].data<float>()[kRow + k], b * b - a);
    ASSERT_EQ(results[1].data<float>()[k], -2 * b);
    ASSERT_EQ(results[2].data<float>()[k], a * a * (a * a) + a * a);
  }
}

// Who keeps a part, keeps a tensor of its size, and of the run's values.
TEST_F(LentPartsTest, AreCopiedByWhoKeepsThem) {
  const Endpoint x = placeholder(DType::kFloat32), y = op("Neg", {x});
  const Endpoint v = variable({kRow}, "v");
  Node* keep = node("Assign", {v, unpack(y, 4)[2]});
  const Endpoint queue = op("FIFOQueueV2", {}, {{"component_types", std::vector<DType>{DType::kFloat32}}});
  Node* enqueue = node("QueueEnqueueV2", {queue, std::vector<Endpoint>{unpack(y, 4)[1]}});
  const Endpoint out = op("QueueDequeueV2", {queue}, {{"component_types", std::vector<DType>{DType::kFloat32}}});
  Node* from_feed = node("QueueEnqueueV2", {queue, std::vector<Endpoint>{unpack(x, 4)[1]}});
  Tensor value = numbers({4, kRow});
  run({}, {{x, value}}, {keep, enqueue});
  run({}, {{x, value}}, {from_feed});
  const Tensor fetched = run({unpack(y, 4)[3]}, {{x, value}})[0];
  const Tensor before = value.copy();
  for (float& number : value.flat<float>()) number = -1;
  run({op("Square", {y})}, {{x, value}});
  run({unpack(y, 4)[3]}, {{x, value}});
  EXPECT_EQ(fetched.buffer()->size_bytes(), kRow * 4u);
  EXPECT_EQ(fetched.data<float>()[7], -row(before, 3).data<float>()[7]);
  EXPECT_EQ(run({v})[0].data<float>()[7], -row(before, 2).data<float>()[7]);
  EXPECT_EQ(run({out})[0].data<float>()[7], -row(before, 1).data<float>()[7]);
  EXPECT_EQ(run({out})[0].data<float>()[7], row(before, 1).data<float>()[7]);
}

// Graphs with branches aren't planned.
TEST_F(LentPartsTest, LieInWholesThatArentPlanned) {
  const Endpoint x = placeholder(DType::kFloat32), on = placeholder(DType::kBool);
  Node* branches = node("Switch", {x, on});
  const Endpoint whole = op("Neg", {branches->output(1)});
  const std::vector<Endpoint> rows = unpack(whole, 4);
  const Tensor value = numbers({4, kRow}), yes = Tensor::scalar(true);
  EXPECT_EQ(distance(rows[0], rows[3], {{x, value}, {on, yes}}), 3 * kRow * 4);
  const Endpoint sum = op("AddN", {std::vector<Endpoint>{op("Neg", {rows[0]}), rows[1], op("Square", {rows[3]})}});
  const std::vector<Tensor> results = everywhere({sum, rows[2], op("Square", {whole})}, {{x, value}, {on, yes}});
  ASSERT_EQ(results.size(), 3);
  EXPECT_EQ(results[1].buffer()->size_bytes(), kRow * 4u);
  const auto at = [&](int64_t i) { return -value.data<float>()[i * kRow + 9]; };
  EXPECT_EQ(results[0].data<float>()[9], -at(0) + at(1) + at(3) * at(3));
  EXPECT_EQ(results[1].data<float>()[9], at(2));
}

// In a graph that is planned they are copies; else they lie in the whole, until they are handed out.
TEST_F(LentPartsTest, OfATensorArray) {
  const Endpoint x = placeholder(DType::kFloat32), on = placeholder(DType::kBool);
  Node* branches = node("Switch", {x, on});
  const Tensor value = numbers({4, kRow}), yes = Tensor::scalar(true);
  for (const Endpoint source : {x, branches->output(1)}) {
    const Endpoint whole = op("Neg", {source});
    Node* array = node("TensorArrayV3", {constant(Tensor::scalar<int32_t>(4))}, {{"dtype", DType::kFloat32}, {"clear_after_read", false}});
    const Endpoint flow = op("TensorArrayScatterV3", {array->output(0), int32s({3, 2, 1, 0}), whole, array->output(1)});
    const auto read = [&](int32_t i) {
      return op("TensorArrayReadV3", {array->output(0), constant(Tensor::scalar(i)), flow}, {{"dtype", DType::kFloat32}});
    };
    const std::vector<Tensor> results = everywhere({read(1), op("Neg", {read(0)}), read(1)}, {{x, value}, {on, yes}});
    ASSERT_EQ(results.size(), 3);
    EXPECT_EQ(results[0].buffer()->size_bytes(), kRow * 4u);
    EXPECT_EQ(results[0].data<float>()[3], -row(value, 2).data<float>()[3]);
    EXPECT_EQ(results[1].data<float>()[3], row(value, 3).data<float>()[3]);
    if (source == x) continue;
    EXPECT_EQ(distance(read(3), read(1), {{x, value}, {on, yes}}), 2 * kRow * 4);
  }
}

}  // namespace
}  // namespace reflow::runtime
