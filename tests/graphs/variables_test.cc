// Variables, their scopes, and what changes them.

#include <optional>

#include <gtest/gtest.h>

#include "reflow/reflow.h"
#include "tests/kit/graph_golden.h"

namespace tf = reflow;
using reflow::testing::expect_golden_graph;

namespace {

class GoldenVariables : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(GoldenVariables, Ref) {
  const tf::Variable v1(1.0);
  const tf::Variable v2({{1, 2}, {3, 4}}, {.trainable = false, .name = "v2"});
  const tf::Variable v3(tf::truncated_normal({3, 4}, {.stddev = 0.1}), {.name = "v3"});
  const tf::Variable v4([] { return tf::ones({2}); }, {.name = "v4", .dtype = tf::float32});
  const tf::Variable v5(v3.initialized_value() * 2, {.name = "v5"});
  const tf::Variable v6("s", {.name = "v6"});
  const tf::Variable v7(tf::placeholder(tf::float32), {.validate_shape = false, .name = "v7"});
  tf::Variable v8, v9;
  {
    const tf::name_scope sc("sc");
    v8 = tf::Variable(0, {.name = "v"});
    v9 = tf::Variable(0, {.name = "v"});
  }
  tf::assign(v1, 2.0);
  v1.assign_add(1.0);
  v1.assign_sub(1.0);
  tf::assign_add(v8, 3, {.name = "up"});
  tf::scatter_update(v2, {0}, {{5, 6}});
  tf::scatter_add(v2, {1}, {{5, 6}});
  v1 + v1;
  tf::is_variable_initialized(v1);
  tf::report_uninitialized_variables();
  tf::global_variables_initializer();
  tf::local_variables_initializer();
  tf::variables_initializer({v1, v3}, "some");
  tf::count_up_to(v8, 5);
  expect_golden_graph("variables_ref", {.collections = true});
}

TEST_F(GoldenVariables, Resource) {
  const tf::Variable v1(1.0, {.use_resource = true});
  const tf::Variable v2(tf::random_normal({3, 2}, {.seed = 1}), {.trainable = false, .name = "w",
      .use_resource = true});
  tf::Variable v3;
  {
    const tf::variable_scope s("s", {.use_resource = true});
    v3 = tf::get_variable("v3", {2, 2});
  }
  v1 + 1.;
  v3.read_value();
  v1.assign(3.), v1.assign_add(2.), v1.assign_sub(1.);
  const tf::Output rows = tf::ones({1, 2}), indices = tf::constant({0});
  tf::scatter_update(v3, indices, rows);
  tf::gather(v3, {1, 0});
  tf::nn::embedding_lookup(v3, {1, 1});
  const tf::Output row = v2[0];
  tf::assign_slice(row, {1., 2.}), tf::global_variables_initializer(), tf::report_uninitialized_variables();
  tf::is_variable_initialized(v1);
  expect_golden_graph("variables_resource", {.collections = true});
}

TEST_F(GoldenVariables, Scopes) {
  std::optional<tf::VariableScope> bar;
  {
    const tf::variable_scope foo("foo");
    tf::get_variable("v", {1}, {.initializer = tf::constant_initializer(1.0)});
    {
      const tf::name_scope ns("ns");
      const tf::Variable w = tf::get_variable("w", {2});
      const tf::Variable x(0., {.name = "x"});
      tf::add(w, x);
    }
    const tf::variable_scope entered("bar");
    bar = entered.scope();
    tf::get_variable("u", {2, 3});
  }
  {
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::identity(tf::get_variable("v", {1}));
  }
  {
    const tf::variable_scope foo("foo", {.reuse = tf::AUTO_REUSE});
    tf::get_variable("v", {1});
    tf::get_variable("new", {1}, {.dtype = tf::int32});
    tf::constant(0);
  }
  {
    const tf::variable_scope again(*bar);
    tf::constant(0, {.name = "in_bar"});
    tf::get_variable("t", {.initializer = tf::constant({1., 2.})});
  }
  {
    const tf::variable_scope again(*bar, {.reuse = true, .auxiliary_name_scope = false});
    tf::constant(0, {.name = "no_scope"});
    tf::get_variable("u", {2, 3});
  }
  {
    const tf::variable_scope other("other");
    const tf::variable_scope again(*bar);
    tf::constant(0, {.name = "z"});
    tf::get_variable("t2", {});
  }
  for (int i = 0; i < 2; ++i) {
    const tf::variable_scope layer(nullptr, {.default_name = "layer"});
    tf::get_variable("k", {1});
  }
  {
    const tf::variable_scope top("", {.reuse = false});
    tf::get_variable("root", {1});
  }
  {
    const tf::variable_scope ab("a/b");
    tf::get_variable("c", {1});
  }
  {
    const tf::variable_scope current(tf::get_variable_scope());
    tf::get_variable("root2", {1});
  }
  {
    const tf::name_scope n("n");
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::get_variable("v", {1}) + 1.;
  }
  {
    const tf::variable_scope foo("foo", {.reuse = true});
    tf::get_variable_scope().reuse_variables();
    tf::get_variable("bar/u", {2, 3});
  }
  expect_golden_graph("get_variable_scopes", {.collections = true});
}

TEST_F(GoldenVariables, Partitioned) {
  tf::Variable w;
  {
    const tf::variable_scope a("a", {.partitioner = tf::fixed_size_partitioner(3)});
    w = tf::get_variable("w", {10, 4}, {.initializer = tf::glorot_uniform_initializer({.seed = 1})});
    tf::get_variable("s", {});
    tf::get_variable("k", {2, 2}, {.initializer = tf::constant_initializer(2.)});
  }
  const tf::Variable v = tf::get_variable("v", {4, 6}, {.initializer = tf::zeros_initializer(),
                                                        .regularizer = tf::contrib::layers::l2_regularizer(0.1),
                                                        .partitioner = tf::fixed_size_partitioner(2, {.axis = 1})});
  const tf::Variable one =
      tf::get_variable("one", {4}, {.trainable = false, .partitioner = tf::fixed_size_partitioner(1)});
  const tf::Output c = tf::constant({{1., 2.}, {3., 4.}, {5., 6.}});
  tf::get_variable("c", {3, 2}, {.initializer = c, .partitioner = tf::fixed_size_partitioner(2)});
  tf::get_variable("m", {100, 100}, {.initializer = tf::ones_initializer(),
                                     .partitioner = tf::variable_axis_size_partitioner(16384)});
  const tf::Partitioner mm = tf::min_max_variable_partitioner({.max_partitions = 5, .min_slice_size = 16 << 10});
  tf::get_variable("mm", {128, 64}, {.dtype = tf::float64, .initializer = tf::ones_initializer(), .partitioner = mm});
  tf::matmul(tf::convert_to_tensor(w), v), tf::identity(one);
  {
    const tf::variable_scope a("a", {.reuse = true, .partitioner = tf::fixed_size_partitioner(3)});
    EXPECT_EQ(tf::get_variable("w", {10, 4}), w);
  }
  {
    const tf::variable_scope a("a", {.reuse = true});
    EXPECT_EQ(tf::get_variable("w", {10, 4}), w);
  }
  tf::PartitionedVariable(v).assign(tf::ones({4, 6}));
  const tf::Output left = tf::ones({4, 3}), right = tf::ones({4, 3});
  tf::PartitionedVariable(v).assign_add({left, right});
  tf::nn::embedding_lookup(w, {1, 5, 2});
  tf::nn::embedding_lookup(w.parts(), {1, 5, 2}, {.partition_strategy = "div", .name = "div"});
  tf::global_variables_initializer();
  const tf::Variable r =
      tf::get_variable("r", {5, 2}, {.initializer = tf::ones_initializer(), .use_resource = true,
                                     .partitioner = tf::fixed_size_partitioner(2)});
  tf::nn::embedding_lookup(r, {1, 4});
  const tf::Output value = tf::random_normal({4, 2}, {.seed = 3});
  EXPECT_EQ(tf::create_partitioned_variables({4, 2}, {2, 1}, value, {.name = "parts"}).size(), 2u);
  expect_golden_graph("partitioned");
  EXPECT_EQ(w.parts()[1].save_slice_info()->spec(), "10 4 4,3:0,4");
}

TEST_F(GoldenVariables, Methods) {
  const tf::Variable v({{1., 2.}, {3., 4.}}, {.name = "v"}), r({{1., 2.}, {3., 4.}}, {.name = "r", .use_resource = true});
  for (const tf::Variable& x : {v, r}) {
    const tf::TensorLike ones{{1., 1.}, {1., 1.}};
    x.assign_add(ones, {.name = "aa"}), x.assign_sub_op(ones);
    x.assign_op({{0., 0.}, {0., 0.}}, {.name = "as"});
    const tf::Output values = tf::constant({{1., 1.}}), indices = tf::constant({0});
    const tf::IndexedSlices s{values, indices, {}};
    x.scatter_add(s), x.scatter_sub(s), x.scatter_mul(s), x.scatter_div(s), x.scatter_max(s), x.scatter_min(s);
    x.scatter_update(s);
    const tf::TensorLike row{{0}}, update{{1., 2.}};
    x.scatter_nd_add(row, update), x.scatter_nd_sub(row, update), x.scatter_nd_update(row, update);
    if (x.is_resource()) x.sparse_read({0}), x.gather_nd({{0, 1}});
    x.initialized_value(), x.read_value();
    tf::assign_slice(x[{0, 1}], 5.), tf::assign_slice(x[{tf::Slice(), 0}], {1., 2.}, {"col"});
    tf::assign(x[1], {1., 1.});
    tf::shape(x), tf::rank(x), tf::size(x);
  }
  for (const tf::Variable& x : {v, r}) {
    const tf::Output values = tf::constant({{1.}, {1.}}), indices = tf::constant({{0}, {1}});
    x.batch_scatter_update({values, indices, {}});
  }
  tf::Variable(0, {.name = "n"}).count_up_to(3), tf::Variable(0, {.name = "nr", .use_resource = true}).count_up_to(3);
  r.is_initialized();
  const tf::TensorLike update{{1., 2.}};
  tf::scatter_nd_add(v, {{0}}, update), tf::scatter_nd_sub(v, {{0}}, update), tf::scatter_nd_update(r, {{0}}, update);
  tf::scatter_max(v, {0}, update), tf::scatter_min(r, {0}, update), tf::batch_scatter_update(v, {{0}, {1}}, {{1.}, {2.}});
  tf::scatter_add(v, {0}, update), tf::scatter_mul(r, {0}, update);
  tf::variables_initializer({v, r});
  tf::train::get_or_create_global_step();
  expect_golden_graph("variable_methods");
}

TEST_F(GoldenVariables, GettersAndCreators) {
  const tf::CustomGetter scale = [](const tf::VariableGetter& getter, const std::string& name,
                                    const tf::GetVariableCall& call) -> tf::TensorLike {
    const tf::TensorLike raw = getter(name + "_raw", call);
    return tf::client::binary_operator("Mul", "mul", raw, 2.);
  };
  const tf::CustomGetter outer = [](const tf::VariableGetter& getter, const std::string& name,
                                    const tf::GetVariableCall& call) {
    tf::GetVariableCall changed = call;
    changed.options.trainable = false;
    return getter(name, changed);
  };
  const tf::GetVariableOptions ones{.initializer = tf::ones_initializer()};
  {
    const tf::variable_scope s("s", {.custom_getter = scale});
    tf::get_variable_or_tensor("a", tf::Shape{2}, ones);
    {
      const tf::variable_scope t("t", {.custom_getter = outer});
      tf::get_variable_or_tensor("b", tf::Shape{2}, ones);
    }
    const tf::Variable c =
        tf::get_variable("c", {2}, {.initializer = tf::ones_initializer(), .custom_getter = outer});
    EXPECT_FALSE(c.trainable());
    EXPECT_THROW(tf::get_variable("d", {2}, ones), tf::TypeError);
  }
  EXPECT_EQ(tf::trainable_variables().size(), 2u);
}

TEST_F(GoldenVariables, AGetterThatThrowsLeavesTheScopesAsTheyWere) {
  const tf::variable_scope s("s", {.custom_getter = [](const auto&, const auto&, const auto&) -> tf::TensorLike {
                               throw tf::ValueError("no");
                             }});
  EXPECT_THROW(tf::get_variable("a", {2}), tf::ValueError);
  EXPECT_EQ(tf::constant(1).name(), "s/Const:0");
}

TEST_F(GoldenVariables, Creators) {
  const tf::variable_creator_scope by([](const tf::VariableMaker& next, const tf::VariableCreation& creation) {
    tf::VariableCreation changed = creation;
    changed.options.name = (creation.options.name.empty() ? "made" : creation.options.name) + "_by";
    return next(changed);
  });
  EXPECT_EQ(tf::Variable(1., {.name = "v"}).name(), "v_by:0");
  const tf::variable_creator_scope fixed([](const tf::VariableMaker& next, const tf::VariableCreation& creation) {
    tf::VariableCreation changed = creation;
    changed.options.trainable = false;
    return next(changed);
  });
  EXPECT_EQ(tf::Variable(2.).name(), "made_by:0");
  EXPECT_EQ(tf::get_variable("g", {2}, {.initializer = tf::zeros_initializer()}).name(), "g_by:0");
  EXPECT_EQ(tf::trainable_variables().size(), 1u);
}

TEST_F(GoldenVariables, Initializers) {
  using tf::get_variable;
  get_variable("id", {3, 4}, {.initializer = tf::identity_initializer({.gain = 2.})});
  get_variable("uu", {3, 4}, {.initializer = tf::uniform_unit_scaling_initializer({.seed = 2})});
  const tf::VarianceScalingOptions scaling{.scale = 2., .mode = "fan_out", .distribution = "uniform", .seed = 1};
  get_variable("vs", {3, 4}, {.initializer = tf::variance_scaling_initializer(scaling)});
  get_variable("ru", {2}, {.dtype = tf::int32, .initializer = tf::random_uniform_initializer(
                                                   {.minval = 0, .maxval = 10, .seed = 2, .dtype = tf::int32})});
  get_variable("c", {2, 2}, {.initializer = tf::constant_initializer({1, 2, 3, 4})});
  get_variable("cv", {}, {.initializer = tf::constant_initializer(3, {.verify_shape = true})});
  get_variable("li", {5}, {.initializer = tf::lecun_uniform_initializer({.seed = 4})});
  expect_golden_graph("initializers");
}

TEST_F(GoldenVariables, VariableDefsGoBothWays) {
  const tf::Variable v(1., {.trainable = false, .name = "v"});
  const tf::Variable r(2., {.name = "r", .use_resource = true, .aggregation = tf::VariableAggregation::MEAN});
  const tf::Variable part = tf::get_variable("p", {4}, {.partitioner = tf::fixed_size_partitioner(2)}).parts()[1];
  for (const tf::Variable& x : {v, r, part}) {
    const tf::Variable again = tf::Variable::from_proto(x.to_proto());
    EXPECT_EQ(again.name(), x.name());
    EXPECT_EQ(again.trainable(), x.trainable());
    EXPECT_EQ(again.is_resource(), x.is_resource());
    EXPECT_EQ(again.aggregation(), x.aggregation());
    EXPECT_EQ(again.initializer(), x.initializer());
    EXPECT_EQ(again.initial_value(), x.initial_value());
    EXPECT_EQ(again.to_proto(), x.to_proto());
  }
  EXPECT_EQ(tf::Variable::from_proto(part.to_proto()).save_slice_info()->spec(), "4 2,2");
  EXPECT_EQ(v.to_proto("other"), "");
  EXPECT_THROW(tf::Variable::from_proto("\xff"), tf::ValueError);
  EXPECT_THROW(tf::Variable::from_proto(v.to_proto(), "missing"), tf::KeyError);
}

TEST_F(GoldenVariables, LoadSetsTheValue) {
  const tf::Variable v({1., 2.}, {.name = "v"});
  EXPECT_THROW(v.load(tf::Tensor::vector<float>({5, 6})), tf::ValueError);
  tf::Session session;
  const auto scope = session.as_default();
  v.load(tf::Tensor::vector<float>({5, 6}));
  EXPECT_EQ(v.eval().flat<float>()[1], 6.f);
}

}  // namespace
