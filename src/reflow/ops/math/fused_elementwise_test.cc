#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "reflow/graph/node_builder.h"
#include "reflow/op/fused_program.h"
#include "reflow/op/kernel_registry.h"

namespace reflow::ops {
namespace {

using graph::Endpoint;
using graph::Node;
using op::FusedProgram;
using op::VecOp;

constexpr int kAdd = static_cast<int>(VecOp::kAdd), kMul = static_cast<int>(VecOp::kMul), kNeg = static_cast<int>(VecOp::kNeg),
              kExp = static_cast<int>(VecOp::kExp), kSub = static_cast<int>(VecOp::kSub);

Tensor ramp(const Shape& shape, float start = 0) {
  Tensor t(DType::kFloat32, shape);
  for (int64_t i = 0; i < t.num_elements(); ++i) t.data<float>()[i] = start + 0.25f * static_cast<float>(i % 1000);
  return t;
}

StatusOr<std::vector<Tensor>> evaluate(const FusedProgram& program, std::vector<Tensor> inputs) {
  graph::Graph graph;
  std::vector<Endpoint> feeds;
  for (size_t i = 0; i < inputs.size(); ++i) {
    ASSIGN_OR_RETURN(Node * feed, graph::create_op(graph, "_Feed", {}, {{"T", DType::kFloat32}, {"index", static_cast<int>(i)}},
                                                         {.name = "feed"}));
    feeds.push_back(feed->output(0));
  }
  graph::AttrMap attrs{{"M", program.num_outputs()}};
  program.to_attrs(&attrs);
  ASSIGN_OR_RETURN(Node * node, graph::create_op(graph, "_FusedElementwise", {graph::OpInput(feeds)}, attrs, {.name = "fused"}));
  return op::evaluate(*node, inputs);
}

// y = exp(-(x * s)) + x * s, with both results.
FusedProgram two_results() {
  FusedProgram p;
  p.num_inputs = 2;
  p.constants = {};
  p.steps = {{kMul, 0, 1}, {kNeg, 2, -1}, {kExp, 3, -1}, {kAdd, 4, 2}};
  p.results = {5, 2};
  return p;
}

// Every shape of the second operand gives what broadcasting it first gives.
struct Layouts {
  Shape x, s;
  friend std::ostream& operator<<(std::ostream& out, const Layouts& l) { return out << l.x.str() << " and " << l.s.str(); }
};
class FusedLayouts : public testing::TestWithParam<Layouts> {};

TEST_P(FusedLayouts, AsBroadcastFirst) {
  const auto& [x_shape, s_shape] = GetParam();
  const Tensor x = ramp(x_shape, -3), s = ramp(s_shape, 0.5f);
  FusedProgram add;
  add.num_inputs = 2;
  add.constants = {0};
  add.steps = {{kMul, 0, 2}, {kAdd, 3, 1}};
  add.results = {4};
  const auto broadcast = evaluate(add, {x, s});  // s in the shape of x
  ASSERT_TRUE(broadcast.ok()) << broadcast.status();
  const auto direct = evaluate(two_results(), {x, s}), expected = evaluate(two_results(), {x, (*broadcast)[0]});
  ASSERT_TRUE(direct.ok()) << direct.status();
  ASSERT_TRUE(expected.ok());
  for (int o = 0; o < 2; ++o) {
    ASSERT_EQ((*direct)[o].shape(), x_shape);
    for (int64_t i = 0; i < x.num_elements(); ++i) {
      ASSERT_EQ((*direct)[o].data<float>()[i], (*expected)[o].data<float>()[i]) << "result " << o << " at " << i;
    }
  }
  if (x.num_elements() == 0) return;
  const float product = x.data<float>()[0] * s.data<float>()[0];
  EXPECT_NEAR((*direct)[0].data<float>()[0], std::exp(-product) + product, 1e-5);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FusedLayouts,
    testing::Values(Layouts{{}, {}}, Layouts{{7}, {}}, Layouts{{5000}, {5000}},
                    Layouts{{100, 10}, {10}}, Layouts{{100, 10}, {1, 10}},
                    Layouts{{100, 10}, {100, 1}}, Layouts{{3, 5000}, {5000}},
                    Layouts{{3, 5000}, {3, 1}}, Layouts{{4, 5, 6}, {5, 6}},
                    Layouts{{4, 5, 6}, {4, 1, 1}}, Layouts{{4, 5, 6}, {5, 1}},
                    Layouts{{4, 5, 6}, {4, 1, 6}}, Layouts{{0, 3}, {3}},
                    Layouts{{700, 784}, {784}}));

// A scalar that is only combined with scalars before it meets the tensor.
TEST(FusedElementwise, ScalarSubexpressions) {
  FusedProgram p;
  p.num_inputs = 2;
  p.constants = {2};
  p.steps = {{kExp, 1, -1}, {kMul, 3, 2}, {kMul, 0, 4}};
  p.results = {5};
  const auto y = evaluate(p, {ramp({1500}), Tensor::scalar(0.0f)});
  ASSERT_TRUE(y.ok()) << y.status();
  EXPECT_EQ((*y)[0].data<float>()[3], 1.5f);
}

// What looked like one shape when the graph was compiled may be several.
TEST(FusedElementwise, ResultsOfDifferentShapes) {
  FusedProgram p;
  p.num_inputs = 2;
  p.steps = {{kNeg, 0, -1}, {kSub, 2, 1}};
  p.results = {2, 3};
  const auto y = evaluate(p, {ramp({1, 3}), ramp({2, 3}, 1)});
  ASSERT_TRUE(y.ok()) << y.status();
  EXPECT_EQ((*y)[0].shape(), (Shape{1, 3}));
  EXPECT_EQ((*y)[1].shape(), (Shape{2, 3}));
  EXPECT_EQ((*y)[0].data<float>()[2], -0.5f);
  EXPECT_EQ((*y)[1].data<float>()[5], -0.5f - 2.25f);
}

// y0 = exp(a) * b, y1 = b - c, y2 = -a, where a and c are columns of x and b is s.
class FusedParts : public testing::TestWithParam<Layouts> {
 protected:
  static FusedProgram program() {
    FusedProgram p;
    p.num_inputs = 3;
    p.steps = {{kExp, 0, -1}, {kMul, 3, 1}, {kSub, 1, 2}, {kNeg, 0, -1}};
    p.results = {4, 5, 6};
    return p;
  }
  static Tensor columns(const Tensor& x, int64_t first, int64_t size) {
    const int64_t all = x.dim(x.rank() - 1);
    Tensor part(DType::kFloat32, op::with_last_dim(x.shape(), size));
    for (int64_t i = 0; i < part.num_elements(); ++i) part.data<float>()[i] = x.data<float>()[i / size * all + first + i % size];
    return part;
  }
  static void expect_equal(const Tensor& x, const Tensor& y) {
    ASSERT_EQ(x.shape(), y.shape());
    EXPECT_EQ(std::memcmp(x.raw_data(), y.raw_data(), x.size_bytes()), 0);
  }
};

TEST_P(FusedParts, AsCopiesOfThem) {
  const auto& [x_shape, s_shape] = GetParam();
  const int64_t size = (x_shape.dim(x_shape.rank() - 1) - 3) / 2;
  const Tensor x = ramp(x_shape, -3), s = ramp(s_shape, 0.5f);
  FusedProgram parts = program();
  parts.parts = {{1, size}, {}, {size + 2, size}};
  parts.joins = {2, 1};
  const auto got = evaluate(parts, {x, s, x}), expected = evaluate(program(), {columns(x, 1, size), s, columns(x, size + 2, size)});
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_TRUE(expected.ok()) << expected.status();
  expect_equal(columns((*got)[0], 0, size), (*expected)[0]);
  expect_equal(columns((*got)[0], size, size), (*expected)[1]);
  expect_equal((*got)[1], (*expected)[2]);
}

INSTANTIATE_TEST_SUITE_P(Shapes, FusedParts,
                         testing::Values(Layouts{{20, 603}, {20, 300}}, Layouts{{20, 603}, {300}}, Layouts{{20, 603}, {20, 1}},
                                         Layouts{{20, 603}, {}}, Layouts{{4, 5, 13}, {4, 5, 5}}, Layouts{{4, 5, 13}, {5, 5}},
                                         Layouts{{4, 5, 13}, {4, 1, 5}}, Layouts{{700, 5}, {700, 1}}, Layouts{{3, 9003}, {3, 4500}},
                                         Layouts{{3, 9003}, {4500}}, Layouts{{3, 9003}, {3, 1}}, Layouts{{1, 5}, {1, 1}},
                                         Layouts{{0, 13}, {0, 5}}));

// y1 is [2, 3] here, and y2 [1, 3].
TEST(FusedElementwise, PartsAndResultsOfDifferentShapes) {
  FusedProgram p;
  p.num_inputs = 2;
  p.parts = {{1, 3}, {}};
  p.steps = {{kSub, 0, 1}, {kAdd, 0, 1}, {kNeg, 0, -1}};
  p.results = {2, 3, 4};
  p.joins = {2, 1};
  const auto y = evaluate(p, {ramp({1, 5}), ramp({2, 3}, 1)});
  ASSERT_TRUE(y.ok()) << y.status();
  EXPECT_EQ((*y)[0].shape(), (Shape{2, 6}));
  EXPECT_EQ((*y)[1].shape(), (Shape{1, 3}));
  EXPECT_EQ((*y)[0].data<float>()[7], 0.5f - 2.0f);
  EXPECT_EQ((*y)[0].data<float>()[10], 0.5f + 2.0f);
  EXPECT_EQ((*y)[1].data<float>()[2], -0.75f);
}

TEST(FusedElementwise, PartsThatAreNotThere) {
  FusedProgram p = two_results();
  p.parts = {{1, 3}, {}};
  EXPECT_EQ(message_of(evaluate(p, {ramp({2, 3}), ramp({2, 3})}).status()), "Elements 1 to 4 of the last dimension of [2,3]");
  EXPECT_EQ(message_of(evaluate(p, {ramp({}), ramp({2, 3})}).status()), "A number has no columns");
  p = two_results();
  p.joins = {2};
  EXPECT_EQ(message_of(evaluate(p, {ramp({}), ramp({})}).status()), "Numbers have no columns to be joined");
  p.joins = {1, 2};
  EXPECT_EQ(evaluate(p, {ramp({2}), ramp({2})}).status().code(), StatusCode::kInvalidArgument);
}

TEST(FusedElementwise, ErrorsNameTheNodeThatTheStepWas) {
  FusedProgram p;
  p.num_inputs = 2;
  p.steps = {{kNeg, 0, -1}, {kSub, 2, 1}};
  p.results = {3};
  p.names = {"neg", "sub"};
  const auto y = evaluate(p, {ramp({2}), ramp({3})});
  EXPECT_EQ(message_of(y.status()), "Incompatible shapes: [2] vs. [3]\n\t [[{{node sub}}]]");
}

TEST(FusedElementwise, MalformedProgramsAreRefused) {
  FusedProgram p = two_results();
  p.steps[1].a = 17;
  EXPECT_EQ(evaluate(p, {ramp({2}), ramp({2})}).status().code(), StatusCode::kInvalidArgument);
}

// More values live at once than fit into the scratch memory at the usual size of a part.
TEST(FusedElementwise, ManyValuesAtOnce) {
  FusedProgram p;
  p.num_inputs = 1;
  constexpr int kCount = 120;
  for (int i = 0; i < kCount; ++i) p.steps.push_back({kAdd, 0, i == 0 ? 0 : i});  // (i + 2) x
  int sum = 1;
  for (int i = 1; i < kCount; ++i) {
    p.steps.push_back({kAdd, sum, 1 + i});
    sum = p.num_values() - 1;
  }
  p.results = {sum};
  const auto y = evaluate(p, {ramp({3000})});
  ASSERT_TRUE(y.ok()) << y.status();
  EXPECT_EQ((*y)[0].data<float>()[2999], ramp({3000}).data<float>()[2999] * (kCount * (kCount + 3) / 2));
}

}  // namespace
}  // namespace reflow::ops
