// Graphs that TensorFlow 1.15 wrote are imported and exported unchanged, where all of their ops are registered.

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/field_comparator.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/graph.pb.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

std::set<std::string> golden_names() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden_path("tf-1.15/graphs"))) {
    std::string name = entry.path().filename();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (name.ends_with(".pbtxt")) names.insert(name);
  }
  return names;
}

tensorflow::GraphDef read(const std::string& name) {
  tensorflow::GraphDef proto;
  if (!google::protobuf::TextFormat::ParseFromString(read_golden("tf-1.15/graphs/" + name), &proto)) {
    throw std::runtime_error(name + " does not parse");
  }
  return proto;
}

// The first op that isn't registered; "": none.
std::string missing_op(const tensorflow::GraphDef& proto) {
  std::set<std::string> functions;
  for (const auto& function : proto.library().function()) functions.insert(function.signature().name());
  for (const auto& node : proto.node()) {
    if (!functions.contains(node.op()) && !graph::OpRegistry::global().find(node.op())) return node.op();
  }
  return "";
}

// Nodes by name: inputs come before what reads them in ours, while TensorFlow makes the Switch of a cond later than its
// reader. Every graph has versions.
void put_in_order(tensorflow::GraphDef* proto) {
  std::sort(proto->mutable_node()->begin(), proto->mutable_node()->end(), [](const auto& a, const auto& b) { return a.name() < b.name(); });
  proto->mutable_versions();
  if (!proto->has_library()) return;
  auto* functions = proto->mutable_library()->mutable_function();
  std::sort(functions->begin(), functions->end(),
            [](const auto& a, const auto& b) { return a.signature().name() < b.signature().name(); });
}

class GoldenGraph : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenGraph, IsImportedAndExportedUnchanged) {
  tensorflow::GraphDef proto = read(GetParam());
  if (const std::string op = missing_op(proto); !op.empty()) GTEST_SKIP() << "no op " << op << " yet";
  graph::Graph graph;
  graph::ImportOptions options;
  options.prefix = "";
  const auto result = graph::import_graph_def(proto, options, &graph);
  ASSERT_TRUE(result.ok()) << result.status();
  tensorflow::GraphDef again;
  graph::export_graph_def(graph, {}, &again);
  put_in_order(&proto);
  put_in_order(&again);
  std::string differences;
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  differencer.ReportDifferencesToString(&differences);
  EXPECT_TRUE(differencer.Compare(proto, again)) << differences.substr(0, 2000);
}

INSTANTIATE_TEST_SUITE_P(TensorFlow, GoldenGraph, ::testing::ValuesIn(golden_names()), [](const auto& info) {
  return info.param.substr(0, info.param.find('.'));
});

}  // namespace
}  // namespace reflow::testing
