#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cctype>

#include "reflow/graph/function_hash_proto.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "reflow/graph/graph_to_function.h"
#include "tensorflow/core/framework/function.pb.h"

namespace reflow::graph {
namespace {

// Names within a function: arguments, results and nodes share one set.
class Names {
 public:
  std::string unique(const std::string& name) {
    std::string candidate = name;
    for (int i = 0; !used_.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
    return candidate;
  }
  // An argument's name has lower-case letters, digits and underscores, and begins with a letter.
  std::string unique_argument(const std::string& name) {
    std::string normal;
    for (const char c : name) {
      const auto u = static_cast<unsigned char>(c);
      if (normal.empty() && !std::isalpha(u)) continue;
      normal += std::isalnum(u) ? static_cast<char>(std::tolower(u)) : '_';
    }
    return unique(normal.empty() ? "unknown" : normal);
  }

 private:
  absl::flat_hash_set<std::string> used_;
};

class FunctionWriter {
 public:
  FunctionWriter(const Graph& body, const FunctionOutline& outline) : body_(body), outline_(outline) {}

  Status run(tensorflow::FunctionDef* function) {
    tensorflow::OpDef& signature = *function->mutable_signature();
    signature.set_name(outline_.name);
    signature.set_description(outline_.description);
    if (!outline_.output_names.empty() && outline_.output_names.size() != outline_.outputs.size()) {
      return invalid_argument("Expected number of outputs ({}) and output names ({}) to match", outline_.outputs.size(),
                              outline_.output_names.size());
    }
    std::vector<std::string> results;  // which take their names before the inputs, as in TensorFlow
    for (size_t i = 0; i < outline_.outputs.size(); ++i) {
      const Endpoint& e = outline_.outputs[i];
      if (!e || &e.node->graph() != &body_) return invalid_argument("Output {} is not of the function's body", i);
      results.push_back(outline_.output_names.empty() ? names_.unique_argument(e.node->name())
                                                      : names_.unique(outline_.output_names[i]));
      tensorflow::OpDef::ArgDef& arg = *signature.add_output_arg();
      arg.set_name(results.back());
      arg.set_type(static_cast<tensorflow::DataType>(base_type(e.dtype())));
    }
    RETURN_IF_ERROR(add_inputs(function));
    for (const Node* node : body_.nodes()) {
      if (!is_input(*node)) node_names_.emplace(node, names_.unique(node->name()));
    }
    for (const Node* node : body_.nodes()) {
      if (!is_input(*node)) RETURN_IF_ERROR(add_node(*node, function));
    }
    for (size_t i = 0; i < results.size(); ++i) {
      ASSIGN_OR_RETURN((*function->mutable_ret())[results[i]], tensor_name(outline_.outputs[i]));
    }
    for (const Node* node : outline_.control_outputs) {
      if (!node_names_.contains(node)) return invalid_argument("Control output {} is not of the function's body", node->name());
      (*function->mutable_control_ret())[node->name()] = node_names_.at(node);
      signature.add_control_output(node->name());
    }
    for (const auto& [name, value] : outline_.attrs) attr_to_proto(value, &(*function->mutable_attr())[name]);
    return OkStatus();
  }

 private:
  bool is_input(const Node& node) const { return input_nodes_.contains(&node); }

  Status add_inputs(tensorflow::FunctionDef* function) {
    for (size_t i = 0; i < outline_.inputs.size(); ++i) {
      const Endpoint& e = outline_.inputs[i];
      if (!e || &e.node->graph() != &body_) return invalid_argument("Input {} is not of the function's body", i);
      if (is_ref(e.dtype())) return invalid_argument("Input {} ({}) is a reference", i, e.name());
      if (!input_nodes_.insert(e.node).second) return invalid_argument("TF_Output {} appears twice in the input list", e.name());
      if (e.node->num_inputs() > 0 || e.node->num_outputs() != 1) {
        return invalid_argument("Input {} ({}) has inputs of its own, or other outputs", i, e.name());
      }
      tensorflow::OpDef::ArgDef& arg = *function->mutable_signature()->add_input_arg();
      arg.set_name(names_.unique_argument(e.node->name()));
      arg.set_type(static_cast<tensorflow::DataType>(e.dtype()));
      node_names_.emplace(e.node, arg.name());
      auto& attrs = *(*function->mutable_arg_attr())[static_cast<uint32_t>(i)].mutable_attr();
      for (const auto& [attr, value] : e.node->attrs()) {
        if (attr.starts_with('_')) attr_to_proto(value, &attrs[attr]);  // the engine's own; the others are a placeholder's
      }
    }
    return OkStatus();
  }

  // "node:argument:1", or the argument's name.
  StatusOr<std::string> tensor_name(const Endpoint& e) const {
    const std::string& name = node_names_.at(e.node);
    if (is_input(*e.node)) return name;
    std::vector<int> sizes;
    RETURN_IF_ERROR(output_arg_sizes(e.node->op(), e.node->attrs(), &sizes));
    int index = e.index;
    for (size_t a = 0; a < sizes.size(); ++a) {
      if (index < sizes[a]) return fmt::format("{}:{}:{}", name, e.node->op().outputs[a].name, index);
      index -= sizes[a];
    }
    return internal_error("There is no output {} of node {}", e.index, e.node->name());
  }

  Status add_node(const Node& node, tensorflow::FunctionDef* function) {
    tensorflow::NodeDef& def = *function->add_node_def();
    node_to_proto(node, &def);
    def.set_name(node_names_.at(&node));
    def.clear_input();
    for (const Endpoint& input : node.inputs()) {
      if (!input) return invalid_argument("Node {} lacks an input", node.name());
      ASSIGN_OR_RETURN(*def.add_input(), tensor_name(input));
    }
    for (const Node* control : node.control_inputs()) def.add_input("^" + node_names_.at(control));
    function->mutable_signature()->set_is_stateful(function->signature().is_stateful() || node.op().is_stateful);
    return OkStatus();
  }

  const Graph& body_;
  const FunctionOutline& outline_;
  Names names_;
  absl::flat_hash_set<const Node*> input_nodes_;
  absl::flat_hash_map<const Node*, std::string> node_names_;
};

}  // namespace

StatusOr<std::string> add_function(const Graph& body, const FunctionOutline& outline, Graph* graph) {
  tensorflow::FunctionDef function;
  RETURN_IF_ERROR(FunctionWriter(body, outline).run(&function));
  if (outline.append_hash) function.mutable_signature()->set_name(outline.name + "_" + function_hash(function));
  tensorflow::FunctionDefLibrary called;
  body.functions().to_proto(&called);
  if (&body.functions() != &graph->functions()) RETURN_IF_ERROR(graph->functions().add_all(called));
  RETURN_IF_ERROR(graph->functions().add(function));
  return function.signature().name();
}

}  // namespace reflow::graph
