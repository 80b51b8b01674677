#include "reflow/train/meta_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tensorflow/core/protobuf/meta_graph.pb.h>

#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/gradients.h"
#include "reflow/client/session.h"
#include "reflow/reflow.h"

namespace reflow::train {
namespace {

using tensorflow::MetaGraphDef;
using testing::ElementsAre;
using testing::HasSubstr;

// y = x * v as often as x says, and collections of every kind.
void build() {
  const Output x = placeholder(float32, {}, {.name = "x"});
  const Variable v(2.f, {.name = "v"});
  const Output y = cond(greater(x, 0.f), [&] { return multiply(x, v); }, [&] { return negative(x); }, {.name = "y"});
  identity(y, {.name = "out"});
  add_to_collection("tensors", y);
  add_to_collection("texts", std::string("a"));
  add_to_collection("numbers", int64_t{3});
  add_to_collection("other", std::vector<int>{1});
}

MetaGraphDef exported(const ExportMetaGraphOptions& options = {}) {
  MetaGraphDef meta_graph;
  make_meta_graph(options, &meta_graph);
  return meta_graph;
}

class MetaGraph : public ::testing::Test {
 protected:
  Graph graph_;
  Graph::DefaultScope scope_{graph_};
};

TEST_F(MetaGraph, HasNodesShapesOpsAndCollections) {
  build();
  const MetaGraphDef meta_graph = exported({.tags = {"serve"}});
  EXPECT_EQ(meta_graph.meta_info_def().tensorflow_version(), "1.15.5");
  EXPECT_THAT(meta_graph.meta_info_def().tags(), ElementsAre("serve"));
  EXPECT_EQ(meta_graph.meta_info_def().stripped_op_list().op(0).name(), "Assign");
  EXPECT_TRUE(meta_graph.graph_def().node(0).attr().contains("_output_shapes"));
  EXPECT_THAT(meta_graph.collection_def().at("tensors").node_list().value(), ElementsAre("y/Merge:0"));
  EXPECT_THAT(meta_graph.collection_def().at("numbers").int64_list().value(), ElementsAre(3));
  EXPECT_EQ(meta_graph.collection_def().at("cond_context").bytes_list().value_size(), 2);
  EXPECT_FALSE(meta_graph.collection_def().contains("other"));
}

TEST_F(MetaGraph, ComesBackFromAFileBelowAScope) {
  build();
  for (const bool as_text : {false, true}) {
    const std::string file = ::testing::TempDir() + "meta_graph_test.meta";
    export_meta_graph({.filename = file, .as_text = as_text});
    const Graph other;
    const auto scope = other.as_default();
    const ImportedMetaGraph imported = import_meta_graph(file, {.import_scope = "in"});
    ASSERT_EQ(imported.variables.size(), 1u);
    EXPECT_EQ(imported.variables.at("v:0").name(), "in/v:0");
    EXPECT_EQ(get_collection("tensors")[0].name(), "in/y/Merge:0");
    EXPECT_EQ(get_collection<std::string>("texts"), std::vector<std::string>{"a"});
    const Session session;
    session.run(global_variables_initializer());
    EXPECT_EQ(session.run("in/out:0", {{other.get_tensor_by_name("in/x:0"), 3.f}}).item<float>(), 6.f);
    const Output gradient = gradients(other.get_tensor_by_name("in/out:0"), {other.get_tensor_by_name("in/x:0")})[0];
    EXPECT_EQ(session.run(gradient, {{other.get_tensor_by_name("in/x:0"), -3.f}}).item<float>(), -1.f);
  }
}

TEST_F(MetaGraph, LeavesOutDefaultsAndDevicesWhenAsked) {
  {
    const device on_cpu("/cpu:0");
    matmul(placeholder(float32, {2, 2}), placeholder(float32, {2, 2}), {.name = "product"});
  }
  const MetaGraphDef meta_graph = exported({.clear_devices = true, .strip_default_attrs = true});
  EXPECT_TRUE(meta_graph.meta_info_def().stripped_default_attrs());
  for (const auto& node : meta_graph.graph_def().node()) {
    EXPECT_EQ(node.device(), "");
    EXPECT_FALSE(node.attr().contains("transpose_a"));
  }
}

TEST_F(MetaGraph, DropsAttributesThatOnlyTheWriterKnows) {
  placeholder(float32, {}, {.name = "x"});
  MetaGraphDef meta_graph = exported();
  auto* attr = meta_graph.mutable_meta_info_def()->mutable_stripped_op_list()->mutable_op(0)->add_attr();
  attr->set_name("later");
  attr->mutable_default_value()->set_i(3);
  (*meta_graph.mutable_graph_def()->mutable_node(0)->mutable_attr())["later"].set_i(3);
  import_meta_graph(meta_graph, {.import_scope = "a"});
  (*meta_graph.mutable_graph_def()->mutable_node(0)->mutable_attr())["later"].set_i(4);
  EXPECT_THROW(import_meta_graph(meta_graph, {.import_scope = "b"}), ValueError);
}

TEST_F(MetaGraph, FilesThatAreNoneAreErrors) {
  EXPECT_THROW(import_meta_graph(::testing::TempDir() + "no_such_file.meta"), errors::NotFoundError);
  const std::string file = ::testing::TempDir() + "garbage.meta";
  {
    std::FILE* out = std::fopen(file.c_str(), "w");
    std::fputs("graph_def { nor", out);
    std::fclose(out);
  }
  EXPECT_THROW(import_meta_graph(file), ValueError);
}

}  // namespace
}  // namespace reflow::train
