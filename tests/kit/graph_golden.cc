#include "tests/kit/graph_golden.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <nlohmann/json.hpp>
#include <tensorflow/core/framework/graph.pb.h>

#include "reflow/client/collections.h"
#include "reflow/graph/attr_value.h"
#include "reflow/graph/graph_def.h"
#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

constexpr int kMaxDifferences = 12;

// The differences found so far, as text.
class Differences {
 public:
  void add(const std::string& where, const std::string& expected, const std::string& actual) {
    if (++count_ > kMaxDifferences) return;
    text_ += where + "\n    golden: " + expected + "\n    built:  " + actual + "\n";
  }
  int count() const { return count_; }
  const std::string& text() const { return text_; }

 private:
  int count_ = 0;
  std::string text_;
};

std::string join(const google::protobuf::RepeatedPtrField<std::string>& list) {
  std::string out;
  for (const std::string& s : list) out += (out.empty() ? "" : ", ") + s;
  return out;
}

std::string value_text(const tensorflow::AttrValue& proto) {
  graph::AttrValue value;
  if (!graph::attr_from_proto(proto, &value).ok()) return proto.ShortDebugString();
  return value.str();
}

// `text` is `golden` with a UUID in place of {UUID}: tables are named at random.
bool same_but_for_uuid(const std::string& golden, const std::string& text) {
  const size_t at = golden.find("{UUID}");
  if (at == std::string::npos) return false;
  const std::string before = golden.substr(0, at), behind = golden.substr(at + 6);
  return text.size() == before.size() + 36 + behind.size() && text.starts_with(before) && text.ends_with(behind) &&
         text.find_first_not_of("0123456789abcdef-", before.size()) >= before.size() + 36;
}

// Attributes mean the same: tensors by their elements, however they are written.
bool same_value(const tensorflow::AttrValue& a, const tensorflow::AttrValue& b) {
  if (same_but_for_uuid(a.s(), b.s())) return true;
  graph::AttrValue x, y;
  if (!graph::attr_from_proto(a, &x).ok() || !graph::attr_from_proto(b, &y).ok()) return false;
  return x == y || google::protobuf::util::MessageDifferencer::Equals(a, b);
}

void compare_attrs(const tensorflow::NodeDef& golden, const tensorflow::NodeDef& built, Differences* differences) {
  for (const auto& [key, value] : golden.attr()) {
    const auto it = built.attr().find(key);
    if (it == built.attr().end()) {
      differences->add(golden.name() + "." + key, value_text(value), "(none)");
    } else if (!same_value(value, it->second)) {
      differences->add(golden.name() + "." + key, value_text(value), value_text(it->second));
    }
  }
  for (const auto& [key, value] : built.attr()) {
    if (!golden.attr().contains(key)) differences->add(golden.name() + "." + key, "(none)", value_text(value));
  }
}

void compare_node(int i, const tensorflow::NodeDef& golden, const tensorflow::NodeDef& built,
    Differences* differences) {
  const std::string where = "node " + std::to_string(i) + " " + golden.name();
  if (golden.name() != built.name() || golden.op() != built.op()) {
    differences->add(where, golden.name() + " (" + golden.op() + ")", built.name() + " (" + built.op() + ")");
    return;
  }
  if (join(golden.input()) != join(built.input())) differences->add(where + " inputs", join(golden.input()),
      join(built.input()));
  if (golden.device() != built.device()) differences->add(where + " device", golden.device(), built.device());
  compare_attrs(golden, built, differences);
}

void compare_shapes(const nlohmann::json& shapes, int num_nodes, Differences* differences) {
  int i = 0;
  for (const Operation& operation : get_default_graph().get_operations()) {
    if (i++ == num_nodes) break;
    for (const Output& output : operation.outputs()) {
      const auto it = shapes.find(output.name());
      if (it == shapes.end()) continue;
      Shape golden = Shape::unknown();
      if (!it->is_null()) {
        golden = Shape();
        for (const auto& d : *it) golden.add_dim(d.is_null() ? -1 : d.get<int64_t>());
      }
      if (!(golden == output.shape())) differences->add("shape of " + output.name(), golden.str(),
          output.shape().str());
    }
  }
}

void compare_collections(const nlohmann::json& collections, Differences* differences) {
  const Graph graph = get_default_graph();
  for (const auto& [key, names] : collections.items()) {
    if (key == "cond_context" || key == "while_context") continue;  // contexts are kept by the graph
    nlohmann::json built = nlohmann::json::array();
    for (const std::any& item : graph.get_items(key)) built.push_back(client::name_of_item(item));
    if (built != names) differences->add("collection " + key, names.dump(), built.dump());
  }
  for (const std::string& key : graph.get_all_collection_keys()) {
    if (!collections.contains(key)) differences->add("collection " + key, "(none)", "there");
  }
}

}  // namespace

void expect_golden_graph(const std::string& name, const GraphGoldenOptions& options) {
  tensorflow::GraphDef golden, built;
  // Graphs that were written for these tests may have their shapes in attributes.
  const std::string tensorflows = GraphGoldenOptions().folder;
  const bool is_own = options.folder == tensorflows && std::filesystem::exists(golden_path("graphs/" + name + ".pbtxt.gz"));
  const std::string folder = is_own ? "graphs" : options.folder;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(read_golden(folder + "/" + name + ".pbtxt"), &golden));
  const bool with_shapes = golden.node_size() > 0 && golden.node(0).attr().contains("_output_shapes");
  ASSERT_TRUE(built.ParseFromString(get_default_graph().as_graph_def(with_shapes)));
  if (!options.without.empty()) {
    auto& nodes = *golden.mutable_node();
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                               [&](const tensorflow::NodeDef& node) {
                                 return std::any_of(options.without.begin(), options.without.end(),
                                                    [&](const std::string& prefix) {
                                                      return node.name().starts_with(prefix);
                                                    });
                               }),
                nodes.end());
  }
  Differences differences;
  const int num_nodes = options.first_nodes < 0 ? golden.node_size() : options.first_nodes;
  if (options.first_nodes < 0 && golden.node_size() != built.node_size()) {
    differences.add("number of nodes", std::to_string(golden.node_size()), std::to_string(built.node_size()));
  }
  for (int i = 0; i < num_nodes && differences.count() < kMaxDifferences; ++i) {
    if (i >= built.node_size()) {
      differences.add("node " + std::to_string(i), golden.node(i).name(), "(none)");
      break;
    }
    compare_node(i, golden.node(i), built.node(i), &differences);
  }
  if (differences.count() == 0 && folder == tensorflows) {
    static const nlohmann::json facts = read_golden_json("tf-1.15/graphs/collections.json");
    compare_shapes(facts.at(name).at("shapes"), num_nodes, &differences);
    if (options.collections) compare_collections(facts.at(name).at("collections"), &differences);
  }
  EXPECT_EQ(differences.count(), 0) << name << " differs from TensorFlow's:\n" << differences.text();
}

}  // namespace reflow::testing
