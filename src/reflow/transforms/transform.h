#pragma once

// Rewrites of GraphDefs that go to a device or a server: what TensorFlow's Transform Graph tool does. They keep the
// names of inputs and outputs, and what the outputs compute. The op types needn't be known, but for fold_constants.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"

namespace tensorflow {
class GraphDef;
}

namespace reflow::transforms {

// A transform that is asked for: fold_constants(ignore_errors=true).
struct TransformCall {
  std::string name;
  std::map<std::string, std::vector<std::string>> parameters;  // each may be given several times

  bool has(const std::string& parameter) const { return parameters.contains(parameter); }
  // The value that is given once. InvalidArgument: it is given several times. Not given: `otherwise`.
  StatusOr<std::string> one(const std::string& parameter, std::string_view otherwise = "") const;
  // "true" or "1", "false" or "0". InvalidArgument: anything else.
  StatusOr<bool> flag(const std::string& parameter, bool otherwise) const;
  StatusOr<int64_t> number(const std::string& parameter, int64_t otherwise) const;
};

// The calls in `text`, with blanks between them: `strip_unused_nodes(type=float, shape="1,299,299,3") remove_device`.
// InvalidArgument: "Looking for =, but found )", and the like.
StatusOr<std::vector<TransformCall>> parse_transforms(std::string_view text);

// Nodes, or tensors, that the graph is fed and that are fetched.
struct Ends {
  std::vector<std::string> inputs, outputs;
};

// Applies the transforms in their order. InvalidArgument: "Transform 'x' not recognized.", a parameter that a transform
// doesn't understand, a node that isn't there. With ignore_errors=true a transform that fails changes nothing.
Status transform_graph(const Ends& ends, const std::vector<TransformCall>& calls, tensorflow::GraphDef* graph);

// The same for a serialized GraphDef and transforms as text. InvalidArgument also: it is none.
StatusOr<std::string> transform_serialized_graph(const Ends& ends, std::string_view transforms, std::string_view graph_def);

// What there is, with a sentence and the parameters of each.
struct TransformInfo {
  std::string_view name, parameters, summary;
};
std::vector<TransformInfo> list_transforms();

}  // namespace reflow::transforms
