// What stands at the root of tf, small functions and classes.

#include "reflow/client/root_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "reflow/reflow.h"
#include "tests/kit/temporary_folder.h"

namespace tf = reflow;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class RootNames : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(RootNames, Versions) {
  EXPECT_EQ(tf::VERSION, "1.15.5");
  EXPECT_EQ(tf::GRAPH_DEF_VERSION, 134);
}

TEST_F(RootNames, DimensionsOfShapes) {
  EXPECT_EQ(tf::dimension_at_index({-1, 3}, 1), 3);
  EXPECT_EQ(tf::dimension_at_index({-1, 3}, -2), std::nullopt);
  EXPECT_THROW(tf::dimension_at_index({3}, 1), tf::IndexError);
}

TEST_F(RootNames, GradientsPassThroughWhatHasNone) {
  const tf::Output x = tf::constant(2.6);
  const tf::Output y = tf::grad_pass_through([](const tf::Output& v) { return tf::round(v); })(x);
  const tf::Output dx = tf::gradients(3. * y, x)[0];
  auto [value, slope] = tf::Session().run<2>({y, dx});
  EXPECT_EQ(value.item<float>(), 3);
  EXPECT_EQ(slope.item<float>(), 3);
}

TEST_F(RootNames, VectorizedMapOfSeveralTensors) {
  const auto sums = tf::vectorized_map(
      [](const std::vector<tf::Output>& rows) { return tf::TensorList{rows[0] + tf::cast(rows[1], tf::float32)}; },
      {tf::constant({1., 2.}), tf::constant({10, 20})});
  const tf::Tensor value = tf::Session().run(sums[0]);
  EXPECT_THAT(std::vector<float>(value.data<float>(), value.data<float>() + 2), ElementsAre(11, 22));
}

TEST_F(RootNames, FingerprintsAreTensorFlows) {
  const tf::Tensor value = tf::Session().run(tf::fingerprint({{1, 2}, {3, 4}}));
  EXPECT_THAT(std::vector<int>(value.data<uint8_t>(), value.data<uint8_t>() + 16),
              ElementsAre(76, 18, 253, 133, 168, 204, 240, 10, 254, 162, 60, 240, 103, 244, 53, 255));
}

TEST_F(RootNames, TensorProtosAndBack) {
  const tf::Tensor value = tf::make_ndarray(tf::make_tensor_proto({1.5, 2.5}, tf::float64, tf::Shape{3}));
  EXPECT_EQ(value.dtype(), tf::float64);
  EXPECT_THAT(std::vector<double>(value.data<double>(), value.data<double>() + 3), ElementsAre(1.5, 2.5, 2.5));
  EXPECT_THROW(tf::make_ndarray("\xff\xff"), tf::ValueError);
  EXPECT_THROW(tf::make_tensor_proto({1, 2, 3}, tf::int32, tf::Shape{2}), tf::ValueError);
}

TEST_F(RootNames, ResourceVariablesByDefault) {
  tf::enable_resource_variables();
  const bool by_default = tf::Variable(1., {.name = "v"}).is_resource();
  const bool by_scope = tf::get_variable("w", {2}).is_resource();
  tf::disable_resource_variables();
  EXPECT_TRUE(by_default && by_scope);
  EXPECT_FALSE(tf::Variable(1., {.name = "x"}).is_resource());
}

TEST_F(RootNames, InitScopeLeavesControlDependencies) {
  const tf::control_dependencies after({tf::no_op("first")});
  const tf::init_scope scope;
  EXPECT_TRUE(tf::constant(1.).op().control_inputs().empty());
}

TEST_F(RootNames, PrintWritesTensorsBetweenText) {
  const tf::testing::TemporaryFolder folder;
  const tf::Operation op = tf::print({"step:", 7, tf::constant({1., 2.})}, {.output_stream = "file://" + (folder / "log")});
  tf::Session().run(op);
  std::ifstream file(folder / "log");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "step: 7 [1 2]");
  EXPECT_THAT([] { tf::print({"x"}, {.output_stream = "nowhere"}); },
              ThrowsMessage<tf::ValueError>(HasSubstr("Unsupported output stream")));
}

TEST_F(RootNames, DevicesByTheirParts) {
  const auto spec = tf::DeviceSpec::from_string("/job:ps/task:1/device:CPU:0");
  EXPECT_EQ(spec.job, "ps");
  EXPECT_EQ(spec.device_index, 0);
  EXPECT_EQ(spec.to_string(), "/job:ps/task:1/device:CPU:0");
  EXPECT_EQ(tf::DeviceSpec::from_string("/gpu:*").to_string(), "/device:GPU:*");
  tf::DeviceSpec merged{.job = "a", .device_type = "GPU"};
  merged.merge_from(spec);
  EXPECT_EQ(merged, spec);
  EXPECT_THAT([] { tf::DeviceSpec::from_string("/x:1"); }, ThrowsMessage<tf::ValueError>("Unknown attribute: 'x' in '/x:1'"));
}

TEST_F(RootNames, TensorsStayInASession) {
  const tf::Output handle = tf::get_session_handle(tf::constant({1., 2.}));
  const tf::Session sess;
  const std::string name = sess.run(handle).item<std::string>();
  const auto [holder, tensor] = tf::get_session_tensor(name, tf::float32);
  EXPECT_EQ(sess.run(tensor * 2., {{holder, name}}).data<float>()[1], 4);
  const auto [of_deletion, deleter] = tf::delete_session_tensor(name);
  sess.run(deleter, {{of_deletion, name}});
  EXPECT_THROW(sess.run(tensor, {{holder, name}}), tf::OpError);
}

TEST_F(RootNames, ExamplesAsStructs) {
  const tf::train::Example example{
      {{{"label", {.int64_list = {{{7}}}}}, {"name", {.bytes_list = {{{"a", "b"}}}}}, {"x", {.float_list = {{{0.5f}}}}}}}};
  const std::string bytes = example.SerializeToString();
  const auto parsed = tf::parse_single_example(bytes, {{"label", tf::FixedLenFeature{{}, tf::int64, {}}}});
  EXPECT_EQ(tf::Session().run(parsed["label"]).item<int64_t>(), 7);
  EXPECT_EQ(tf::train::Example::FromString(bytes).features.feature.at("name").bytes_list->value[1], "b");
  EXPECT_THROW(tf::train::Example::FromString("\xff"), tf::ValueError);
}

TEST_F(RootNames, SequenceExamplesStepByStep) {
  tf::train::SequenceExample example;
  example.context.feature["length"] = {.int64_list = {{{2}}}};
  example.feature_lists.feature_list["words"].feature = {{.int64_list = {{{5}}}}, {.int64_list = {{{8}}}}};
  const std::string bytes = example.SerializeToString();
  const auto one = tf::parse_single_sequence_example(
      bytes, {.context_features = {{"length", tf::FixedLenFeature{{}, tf::int64, {}}}},
              .sequence_features = {{"words", tf::FixedLenSequenceFeature{{1}, tf::int64, {}}}}});
  auto [length, words] = tf::Session().run<2>({one.context["length"], one.feature_lists["words"]});
  EXPECT_EQ(length.item<int64_t>(), 2);
  EXPECT_EQ(words.shape(), (tf::Shape{2, 1}));
  const auto many = tf::parse_sequence_example(
      {bytes, bytes}, {.sequence_features = {{"words", tf::FixedLenSequenceFeature{{1}, tf::int64, {}}}}});
  EXPECT_EQ(tf::Session().run(many.feature_list_lengths.at("words")).data<int64_t>()[1], 2);
  EXPECT_THROW(tf::parse_sequence_example({bytes}, {}), tf::ValueError);
}

TEST_F(RootNames, SparseFeaturesAreMadeOfTwo) {
  const std::string bytes = tf::train::Example{{{{"at", {.int64_list = {{{1, 4}}}}}, {"v", {.float_list = {{{0.5f, 2.f}}}}}}}}.SerializeToString();
  const auto parsed =
      tf::parse_example({bytes}, {{"s", tf::SparseFeature{{"at"}, "v", tf::float32, {6}}}});
  const tf::Tensor dense = tf::Session().run(tf::sparse_tensor_to_dense(parsed.sparse("s")));
  EXPECT_EQ(dense.shape(), (tf::Shape{1, 6}));
  EXPECT_EQ(dense.data<float>()[4], 2);
  EXPECT_THROW(parsed.sparse("at"), tf::KeyError);
}

TEST_F(RootNames, ShapesThatAreAsked) {
  const tf::Output x = tf::placeholder(tf::float32, {-1, 2}, {.name = "x"}), known = tf::constant({1., 2., 3.});
  const tf::Output y = tf::contrib::framework::with_shape({3, 2}, x);
  EXPECT_EQ(y.shape(), (tf::Shape{3, 2}));
  EXPECT_THROW(tf::Session().run(y, {{x, {{1., 2.}}}}), tf::errors::InvalidArgumentError);
  EXPECT_EQ(tf::contrib::framework::with_same_shape(known, known), known);
  EXPECT_THAT([&] { tf::contrib::framework::with_shape({2}, known); },
              ThrowsMessage<tf::ValueError>("Invalid shape for tensor Const:0, expected [2], got (3,)."));
}

TEST_F(RootNames, CasesThatAreKnownChooseAtOnce) {
  const auto give = [](double value) { return [value] { return tf::constant(value); }; };
  EXPECT_EQ(tf::contrib::framework::smart_case({{false, give(1.)}, {true, give(2.)}}).op().type(), "Const");
  const tf::Output open = tf::contrib::framework::smart_case({{tf::placeholder_with_default(true, {}), give(3.)}}, give(4.));
  EXPECT_EQ(tf::Session().run(open).item<float>(), 3);
}

TEST_F(RootNames, ZeroInitializerFillsOnce) {
  const tf::Variable v(tf::ones({2}), {.name = "v"});
  const tf::Operation zero = tf::contrib::framework::zero_initializer(v);
  const tf::Session sess;
  sess.run(zero);
  EXPECT_EQ(sess.run(v).data<float>()[0], 0);
  EXPECT_THROW(sess.run(zero), tf::OpError);
}

}  // namespace
