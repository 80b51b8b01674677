#include <algorithm>
#include <string>
#include <unordered_map>

#include "reflow/graph/function_body.h"
#include "reflow/graph/function_library.h"
#include "reflow/graph/graph_def.h"
#include "tensorflow/core/framework/function.pb.h"
#include "tensorflow/core/framework/graph.pb.h"

namespace reflow::graph {
namespace {

// Puts the values of the function's attributes in where its nodes name them.
Status substitute(const AttrMap& attrs, std::string_view function, tensorflow::AttrValue* value) {
  if (value->value_case() == tensorflow::AttrValue::kPlaceholder) {
    const std::string name = value->placeholder();
    const AttrValue* given = attrs.find(name);
    if (given == nullptr) return invalid_argument("Attr {} of function {} is not given", name, function);
    value->Clear();
    attr_to_proto(*given, value);
    return OkStatus();
  }
  if (value->value_case() == tensorflow::AttrValue::kFunc) {
    for (auto& [name, inner] : *value->mutable_func()->mutable_attr()) RETURN_IF_ERROR(substitute(attrs, function, &inner));
  }
  if (value->value_case() == tensorflow::AttrValue::kList) {
    for (auto& f : *value->mutable_list()->mutable_func()) {
      for (auto& [name, inner] : *f.mutable_attr()) RETURN_IF_ERROR(substitute(attrs, function, &inner));
    }
  }
  return OkStatus();
}

// Writes the function as a GraphDef, in which inputs are "node:3" and not "node:argument:1".
class Flattener {
 public:
  Flattener(const Graph& library, const tensorflow::FunctionDef& function, const AttrMap& attrs)
      : library_(library), function_(function), attrs_(attrs) {}

  Status run(tensorflow::GraphDef* graph) {
    OpDef signature;
    RETURN_IF_ERROR(op_def_from_proto(function_.signature(), &signature));
    AttrMap attrs = attrs_;
    fill_defaults(signature, &attrs);
    RETURN_IF_ERROR(add_arguments(signature, attrs, graph));
    for (const auto& node : function_.node_def()) {
      *graph->add_node() = node;
      tensorflow::NodeDef& added = *graph->mutable_node(graph->node_size() - 1);
      for (auto& [name, value] : *added.mutable_attr()) RETURN_IF_ERROR(substitute(attrs, function_name(), &value));
      RETURN_IF_ERROR(note_outputs(added));
    }
    for (int i = num_arguments_; i < graph->node_size(); ++i) RETURN_IF_ERROR(rename_inputs(graph->mutable_node(i)));
    return note_results(signature);
  }

  int num_arguments() const { return num_arguments_; }
  const std::vector<std::string>& results() const { return results_; }  // "node:0"

 private:
  const std::string& function_name() const { return function_.signature().name(); }

  static void fill_defaults(const OpDef& op, AttrMap* attrs) {
    for (const AttrDef& attr : op.attrs) {
      if (attr.default_value.set() && attrs->find(attr.name) == nullptr) attrs->set(attr.name, attr.default_value);
    }
  }

  Status add_arguments(const OpDef& signature, const AttrMap& attrs, tensorflow::GraphDef* graph) {
    std::vector<DType> types;
    std::vector<int> sizes;
    RETURN_IF_ERROR(input_types_of(signature, attrs, &types));
    RETURN_IF_ERROR(input_arg_sizes(signature, attrs, &sizes));
    for (size_t a = 0; a < signature.inputs.size(); ++a) {
      const ArgDef& argument = signature.inputs[a];
      std::vector<std::string>& tensors = tensors_[argument.name];
      for (int k = 0; k < sizes[a]; ++k) {
        tensorflow::NodeDef& node = *graph->add_node();
        node.set_name(argument.is_list() ? fmt::format("{}_{}", argument.name, k) : argument.name);
        node.set_op("_Arg");
        (*node.mutable_attr())["T"].set_type(static_cast<tensorflow::DataType>(types[num_arguments_]));
        (*node.mutable_attr())["index"].set_i(num_arguments_++);
        tensors.push_back(node.name());
        tensors_[fmt::format("{}:{}", argument.name, k)].push_back(node.name());
      }
    }
    return OkStatus();
  }

  // The names by which others know the outputs of a node.
  Status note_outputs(const tensorflow::NodeDef& node) {
    const OpDef* op = OpRegistry::global().find(node.op());
    if (op == nullptr) op = library_.functions().find_op(node.op());
    if (op == nullptr) return not_found("Op type not registered '{}' in function {}", node.op(), function_name());
    AttrMap attrs;
    for (const auto& [name, proto] : node.attr()) {
      AttrValue value;
      RETURN_IF_ERROR(attr_from_proto(proto, &value));
      attrs.set(name, std::move(value));
    }
    fill_defaults(*op, &attrs);
    std::vector<int> sizes;
    RETURN_IF_ERROR(output_arg_sizes(*op, attrs, &sizes));
    int output = 0;
    for (size_t a = 0; a < op->outputs.size(); ++a) {
      std::vector<std::string>& tensors = tensors_[fmt::format("{}:{}", node.name(), op->outputs[a].name)];
      for (int k = 0; k < sizes[a]; ++k, ++output) {
        tensors.push_back(fmt::format("{}:{}", node.name(), output));
        tensors_[fmt::format("{}:{}:{}", node.name(), op->outputs[a].name, k)].push_back(tensors.back());
      }
    }
    return OkStatus();
  }

  Status rename_inputs(tensorflow::NodeDef* node) {
    std::vector<std::string> inputs;
    for (const std::string& input : node->input()) {
      if (input.starts_with('^')) {
        inputs.push_back(input);
        continue;
      }
      const auto found = tensors_.find(input);
      if (found == tensors_.end()) {
        return invalid_argument("input {} is not found: {{{{node {}}}}}\n\tIn {{{{node {}}}}}", input, node->name(), node->name());
      }
      inputs.insert(inputs.end(), found->second.begin(), found->second.end());
    }
    node->clear_input();
    for (std::string& input : inputs) node->add_input(std::move(input));
    return OkStatus();
  }

  Status note_results(const OpDef& signature) {
    for (const ArgDef& output : signature.outputs) {
      const auto ret = function_.ret().find(output.name);
      if (ret == function_.ret().end()) {
        return invalid_argument("Return {} missing from function {}", output.name, function_name());
      }
      const auto found = tensors_.find(ret->second);
      if (found == tensors_.end()) {
        return invalid_argument("Return {} -> {} is not found.\n\tIn function output {}", output.name, ret->second, output.name);
      }
      for (const std::string& tensor : found->second) {
        results_.push_back(tensor.find(':') == std::string::npos ? tensor + ":0" : tensor);
      }
    }
    return OkStatus();
  }

  const Graph& library_;
  const tensorflow::FunctionDef& function_;
  const AttrMap& attrs_;
  std::unordered_map<std::string, std::vector<std::string>> tensors_;  // references to its values stay
  std::vector<std::string> results_;
  int num_arguments_ = 0;
};

// Copies of a graph share its library; of no nodes there is no copy.
std::unique_ptr<Graph> graph_with_library_of(const Graph& library) {
  const std::lock_guard lock(library.mutex());
  const std::vector<Node*> nodes = library.nodes();
  if (nodes.empty()) return library.copy();
  const auto source = std::ranges::find_if(nodes, [](const Node* node) { return node->num_inputs() == 0; });
  Node* const keep = source == nodes.end() ? nodes.front() : *source;
  std::unique_ptr<Graph> graph = library.copy({&keep, 1});
  graph->remove_node(graph->nodes().front());
  return graph;
}

}  // namespace

StatusOr<FunctionBody> instantiate_function(const Graph& library, std::string_view name, const AttrMap& attrs,
                                            std::span<const Shape> argument_shapes) {
  tensorflow::FunctionDef function;
  RETURN_IF_ERROR(library.functions().find(name, &function));
  tensorflow::GraphDef proto;
  Flattener flattener(library, function, attrs);
  RETURN_IF_ERROR(flattener.run(&proto));
  proto.mutable_versions()->set_producer(library.versions.producer);
  for (int i = 0; i < std::min(flattener.num_arguments(), static_cast<int>(argument_shapes.size())); ++i) {
    attr_to_proto(argument_shapes[i], &(*proto.mutable_node(i)->mutable_attr())["_shape"]);
  }

  FunctionBody body;
  body.graph = graph_with_library_of(library);
  ImportOptions options;
  options.prefix = "";
  options.return_elements = flattener.results();
  ASSIGN_OR_RETURN(const ImportResult imported, import_graph_def(proto, options, body.graph.get()));
  body.arguments.assign(imported.nodes.begin(), imported.nodes.begin() + flattener.num_arguments());
  body.results = imported.return_endpoints;
  for (const auto& [output, node] : function.control_ret()) {
    Node* const found = body.graph->find(node);
    if (found == nullptr) return invalid_argument("Control return {} is not found in function {}", node, name);
    body.side_effects.push_back(found);
  }
  for (Node* node : imported.nodes) {
    if (!node->op().is_stateful || node->type() == "_Arg") continue;
    if (std::ranges::find(body.side_effects, node) == body.side_effects.end()) body.side_effects.push_back(node);
  }
  return body;
}

}  // namespace reflow::graph
