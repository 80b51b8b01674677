// Loops, arrays of tensors, functions over rows, and their gradients.

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <tensorflow/core/protobuf/control_flow.pb.h>

#include <nlohmann/json.hpp>

#include "reflow/graph/control_flow_proto.h"
#include "reflow/reflow.h"
#include "tests/kit/golden_file.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

using Vars = std::vector<tf::Output>;

// The contexts in `collection` of the default graph are those of TensorFlow.
template <typename Def>
void expect_golden_contexts(const std::string& name, const std::string& collection) {
  const nlohmann::json golden = reflow::testing::read_golden_json("graphs/" + name + ".contexts.json")[collection];
  const std::vector<std::any> items = tf::get_default_graph().get_items(collection);
  ASSERT_EQ(items.size(), golden.size());
  for (size_t i = 0; i < items.size(); ++i) {
    Def want, built;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(golden[i].get<std::string>(), &want));
    const auto* context = std::any_cast<reflow::graph::ControlFlowContext*>(items[i]);
    ASSERT_TRUE(built.ParseFromString(*reflow::graph::serialize_context(*context)));
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(want, built)) << want.context_name() << ":\n" << differences.substr(0, 1500);
  }
}

void expect_golden_contexts(const std::string& name) {
  expect_golden_contexts<tensorflow::WhileContextDef>(name, "while_context");
  expect_golden_contexts<tensorflow::CondContextDef>(name, "cond_context");
}

class GoldenLoops : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenLoops, WhileGradient) {
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  const tf::Variable w({1., 2.}, {.name = "w"});
  const Vars r = tf::while_loop([](const Vars& v) { return v[0] < 4; },
                                [&](const Vars& v) -> tf::TensorList {
                                  const tf::Output next = v[0] + 1;
                                  return {next, tf::tanh(v[1] * w)};
                                },
                                {0, x});
  tf::gradients(r[1], {x, w});
  expect_golden_graph("while_gradient");
}

TEST_F(GoldenLoops, WhileNestedAndArrays) {
  const tf::Output n = tf::placeholder(tf::int32, {}, {.name = "n"});
  const auto body = [](const Vars& v) -> tf::TensorList {
    const tf::Output i = v[0];
    const Vars inner = tf::while_loop([&](const Vars& w) { return w[0] < i; },
                                      [](const Vars& w) -> tf::TensorList {
                                        const tf::Output next = w[0] + 1;
                                        return {next, w[1] + tf::to_float(w[0])};
                                      },
                                      {0, v[1]});
    return {i + 1, inner[1]};
  };
  tf::while_loop([&](const Vars& v) { return v[0] < n; }, body, {0, 0.});
  tf::TensorArray ta(tf::float32, 3, {.name = "ta"});
  ta = ta.write(0, 1.).write(1, 2.).write(2, 3.);
  ta.stack(), ta.read(1), ta.size(), ta.gather({0, 2}), ta.concat();
  const tf::TensorArray tb =
      tf::TensorArray(tf::float32, 0, {.dynamic_size = true, .clear_after_read = false, .element_shape = {2}})
          .unstack(tf::ones({3, 2}));
  tb.split(tf::ones({4, 2}), {1, 3});
  const tf::TensorArray filled(tf::float32, 3);
  const Vars out = tf::while_loop([](const Vars& v) { return v[0] < 3; },
                                  [&](const Vars& v) -> tf::TensorList {
                                    const tf::Output next = v[0] + 1;
                                    return {next, filled.with_flow(v[1]).write(v[0], tf::to_float(v[0])).flow()};
                                  },
                                  {0, filled.flow()});
  filled.with_flow(out[1]).stack();
  expect_golden_graph("while_nested_and_arrays");
}

TEST_F(GoldenLoops, FunctionsOverRows) {
  const tf::Output x = tf::placeholder(tf::float32, {5, 2}, {.name = "x"});
  tf::map_fn([](const tf::Output& row) { return tf::square(row); }, x);
  tf::map_fn([](const Vars& t) { return tf::TensorList{t[0] + 1, tf::reduce_sum(t[1])}; }, {tf::range(5), x},
             {.dtype = {tf::int32, tf::float32}});
  tf::foldl([](const tf::Output& a, const tf::Output& b) { return a + b; }, x);
  tf::foldr([](const tf::Output& a, const tf::Output& b) { return a - b; }, x, tf::zeros({2}));
  tf::scan([](const tf::Output& a, const tf::Output& b) { return a * b; }, x);
  expect_golden_graph("functional_loops");
}

// x -> y in each of n iterations.
tf::Output loop(const tf::TensorLike& n, const std::function<tf::Output(const tf::Output& i, const tf::Output& a)>& next,
                const tf::TensorLike& initial, const tf::WhileLoopOptions& options = {}) {
  return tf::while_loop([&](const Vars& v) { return v[0] < n; },
                        [&](const Vars& v) -> tf::TensorList {
                          const tf::Output i = v[0] + 1;
                          return {i, next(v[0], v[1])};
                        },
                        {0, initial}, options)[1];
}

TEST_F(GoldenLoops, Gradients) {
  const tf::Output x = tf::placeholder(tf::float32, {-1}, {.name = "x"});
  const tf::Output n = tf::placeholder(tf::int32, {}, {.name = "n"});
  const tf::Variable w = tf::get_variable("w", {2}, {.initializer = tf::constant_initializer({1.5, -0.5})});
  const tf::Variable r =
      tf::get_variable("r", {2}, {.initializer = tf::constant_initializer({0.5, 2.}), .use_resource = true});
  const tf::Variable e = tf::get_variable("e", {5, 2}, {.initializer = tf::constant_initializer({1., 2., 3.})});
  const tf::Output p = tf::placeholder(tf::bool_, {}, {.name = "p"});
  const Vars unknown = tf::while_loop([&](const Vars& v) { return v[0] < n; },
                                      [&](const Vars& v) -> tf::TensorList {
                                        const tf::Output i = v[0] + 1, a = v[1] * x;
                                        return {i, a, v[2] + v[1]};
                                      },
                                      {0, x, x}, {.name = "unknown"});
  tf::gradients(unknown[1], x);
  const auto inner = [&](const tf::Output& i, const tf::Output& a) {
    return loop(i, [&](auto&, const tf::Output& b) { return tf::sin(b) * w; }, a);
  };
  tf::gradients(loop(n, inner, tf::ones({2})), w, {.name = "gradients_nested"});
  const auto choose = [&](const tf::Output& i, const tf::Output& a) {
    return tf::cond(i < 2, [&] { return tf::sin(a); }, [&] { return a * w; });
  };
  tf::gradients(loop(n, choose, tf::ones({2})), w, {.name = "gradients_cond"});
  const auto choose_unknown = [&](const tf::Output& i, const tf::Output& a) {
    return tf::cond(i < 2, [&] { return tf::sin(a) + x; }, [&] { return a; });
  };
  tf::gradients(loop(n, choose_unknown, x), x, {.name = "gradients_cond_unknown"});
  const auto look_up = [&](const tf::Output& i, const tf::Output& a) {
    return a + tf::nn::embedding_lookup(e, tf::TensorLike{i});
  };
  tf::gradients(loop(3, look_up, tf::zeros({1, 2})), e, {.name = "gradients_slices"});
  tf::gradients(loop(3, [&](auto&, const tf::Output& a) { return a * r; }, tf::ones({2})), r,
                {.name = "gradients_resource"});
  loop(3, [&](auto&, const tf::Output& a) { return a - tf::Output(tf::gradients(tf::square(a) * w, a)[0]); }, tf::ones({2}));
  tf::gradients(loop(3, [&](auto&, auto&) { return w * 2.; }, tf::ones({2}), {.maximum_iterations = 5}), w,
                {.name = "gradients_constant"});
  tf::gradients(loop(3, [&](auto&, const tf::Output& a) { return a * w; }, tf::ones({2}),
                     {.parallel_iterations = 1, .back_prop = false, .swap_memory = true}),
                w, {.name = "gradients_none"});
  const auto in_branch = [&] { return loop(3, [&](auto&, const tf::Output& a) { return a * w; }, tf::ones({2})); };
  tf::gradients(tf::cond(p, in_branch, [&] { return w.value(); }), w, {.name = "gradients_branch"});
  expect_golden_graph("loop_gradients", {.folder = "graphs"});
  expect_golden_contexts("loop_gradients");
}

TEST_F(GoldenLoops, ArrayGradients) {
  const tf::Output x = tf::placeholder(tf::float32, {3, 2}, {.name = "x"});
  const tf::Variable w = tf::get_variable("w", {2}, {.initializer = tf::constant_initializer({1.5, -0.5})});
  const tf::TensorArray ta = tf::TensorArray(tf::float32, 3).unstack(x).identity();
  const tf::Output first = ta.read(1);
  tf::gradients(first + ta.read(2), x);
  const tf::TensorArray tb = tf::TensorArray(tf::float32, 3, {.infer_shape = false}).split(x, {1, 0, 2});
  tf::gradients(tb.concat(), x, {.name = "gradients_split"});
  tf::TensorArray tc(tf::float32, 2, {.clear_after_read = false});
  tc = tc.write(0, x[0]), tc = tc.write(1, x[1]);
  const tf::Output stacked = tc.stack();
  tf::gradients({stacked, tc.gather({1})}, x, {.name = "gradients_write"});
  tf::gradients(tf::map_fn([&](const tf::Output& row) { return row * w; }, x), {x, w}, {.name = "gradients_map"});
  const auto step = [&](const tf::Output& a, const tf::Output& row) { return a * row + w; };
  tf::gradients(tf::scan(step, x, w, {.reverse = true}), {x, w}, {.name = "gradients_scan"});
  const auto product = [](const tf::Output& a, const tf::Output& row) { return a * row; };
  tf::gradients(tf::foldl(product, x, {}, {.name = "fold"}), x, {.name = "gradients_foldl"});
  expect_golden_graph("array_gradients", {.folder = "graphs"});
  expect_golden_contexts("array_gradients");
}

TEST_F(GoldenLoops, Cases) {
  const tf::Output p = tf::placeholder(tf::bool_, {}, {.name = "p"}), q = tf::placeholder(tf::bool_, {}, {.name = "q"});
  const tf::Output x = tf::placeholder(tf::float32, {2}, {.name = "x"});
  tf::case_({{p, [] { return tf::constant(1); }}, {q, [] { return tf::constant(2); }}}, {}, {.exclusive = true});
  tf::case_({{p, [&] { return x * 2.; }}, {q, [&] { return x + 1.; }}}, [&] { return x; },
            {.exclusive = true, .name = "with_default"});
  tf::case_lists({{p, [&] { return Vars{x, x}; }}, {q, [&] { return Vars{x * 2., x}; }}}, [&] { return Vars{x, x + 1.}; });
  const tf::Variable e = tf::get_variable("e", {5, 2}, {.initializer = tf::constant_initializer({1., 2., 3.})});
  const tf::Output z = tf::cond(p, [&] { return tf::nn::embedding_lookup(e, {1}); },
                                [&] { return tf::Output(e.value())[tf::Slice(std::nullopt, 1)]; });
  tf::gradients(z, e);
  const tf::control_dependencies control({x});
  tf::while_loop([](const Vars& v) { return v[0] < 3; }, [](const Vars& v) -> tf::TensorList { return {v[0] + 1}; }, {0});
  const auto body = [&](const Vars& v) -> tf::TensorList {
    tf::Output j;
    {
      const tf::control_dependencies after({q});
      j = v[0] + 1;
    }
    return {tf::cond(p, [&] { return j; }, [] { return tf::constant(3); })};
  };
  tf::while_loop([](const Vars& v) { return v[0] < 3; }, body, {0});
  expect_golden_graph("cases", {.folder = "graphs"});
  expect_golden_contexts("cases");
}

}  // namespace
