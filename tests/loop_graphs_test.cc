// Graphs with loops, conds and TensorArrays that TensorFlow made, run: values as TensorFlow's; and their contexts, read
// and written.

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <tensorflow/core/framework/graph.pb.h>
#include <tensorflow/core/protobuf/control_flow.pb.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reflow/client/graph_state.h"
#include "reflow/graph/control_flow_proto.h"
#include "reflow/reflow.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

using Json = nlohmann::json;

Tensor tensor_of(DType type, const Shape& shape, const Json& values) {
  Tensor tensor(type, shape);
  with_type(Types<float, int32_t, bool>{}, type, [&]<typename T>() {
    for (size_t i = 0; i < values.size(); ++i) tensor.data<T>()[i] = values[i].get<T>();
  });
  return tensor;
}

// As JSON of Python: a scalar, or lists of lists.
void flatten(const Json& j, Shape* shape, Json* values) {
  if (!j.is_array()) return values->push_back(j);
  for (const Json* level = &j; level->is_array(); level = &level->front()) shape->add_dim(static_cast<int64_t>(level->size()));
  const Json flat = j.flatten();
  for (const Json& value : flat) values->push_back(value);
}

class LoopGraph : public ::testing::TestWithParam<const char*> {
 protected:
  void import() {
    tensorflow::GraphDef proto;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(read_golden(path("pbtxt")), &proto));
    import_graph_def(proto.SerializeAsString(), {.name = ""});
  }
  std::string path(const std::string& ending) { return std::string("graphs/") + GetParam() + "." + ending; }
  Graph graph_;
  Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_P(LoopGraph, GivesTensorFlowsValues) {
  import();
  const Json golden = read_golden_json(path("values.json"));
  FeedDict feeds;
  for (const auto& [name, feed] : golden["feeds"].items()) {
    Shape shape;
    Json values = Json::array();
    flatten(feed["value"], &shape, &values);
    feeds.add(graph_.get_tensor_by_name(name), tensor_of(dtype_from_name(feed["dtype"].get<std::string>()), shape, values));
  }
  Session session;
  for (const Operation& op : graph_.get_operations()) {
    if (op.name().ends_with("/Assign")) session.run(op);
  }
  std::vector<GraphElement> fetches;
  for (const auto& [name, value] : golden["values"].items()) fetches.emplace_back(graph_.get_tensor_by_name(name));
  const std::vector<Tensor> results = session.run(fetches, feeds);
  size_t i = 0;
  for (const auto& [name, value] : golden["values"].items()) {
    const Tensor& actual = results[i++];
    SCOPED_TRACE(name);
    const Shape shape(std::span<const int64_t>(value["shape"].get<std::vector<int64_t>>()));
    ASSERT_EQ(actual.shape().str(), shape.str());
    const bool is_float = value["dtype"] == "float32";
    for (int64_t k = 0; k < actual.num_elements(); ++k) {
      const double want = value["value"][k];
      const double got = is_float ? actual.data<float>()[k]
                         : value["dtype"] == "int64" ? static_cast<double>(actual.data<int64_t>()[k])
                                                     : actual.data<int32_t>()[k];
      EXPECT_NEAR(got, want, 2e-6 * std::max(1., std::fabs(want))) << "element " << k;
    }
  }
}

template <typename Def>
void expect_same_context(const std::string& bytes, const std::string& golden_text) {
  Def golden, written;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(golden_text, &golden));
  ASSERT_TRUE(written.ParseFromString(bytes));
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  EXPECT_TRUE(differencer.Compare(golden, written)) << golden.context_name() << ":\n" << differences.substr(0, 1500);
}

TEST_P(LoopGraph, ContextsAreReadAndWrittenUnchanged) {
  import();
  const Json golden = read_golden_json(path("contexts.json"));
  for (const auto& text : golden["while_context"]) {
    tensorflow::WhileContextDef def;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text.get<std::string>(), &def));
    const auto context = graph::parse_while_context(client::default_graph(), def.SerializeAsString());
    ASSERT_TRUE(context.ok()) << context.status();
    expect_same_context<tensorflow::WhileContextDef>(*graph::serialize_context(**context), text);
  }
  for (const auto& text : golden["cond_context"]) {
    tensorflow::CondContextDef def;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text.get<std::string>(), &def));
    const auto context = graph::parse_cond_context(client::default_graph(), def.SerializeAsString());
    ASSERT_TRUE(context.ok()) << context.status();
    expect_same_context<tensorflow::CondContextDef>(*graph::serialize_context(**context), text);
  }
}

INSTANTIATE_TEST_SUITE_P(TensorFlow, LoopGraph, ::testing::Values("loop_gradients", "array_gradients", "cases"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace reflow::testing
