#pragma once

#include <string>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::tools {

struct FreezeGraphOptions {
  std::string saved_model, tag_set = "serve";  // a folder, or else:
  std::string meta_graph, checkpoint;          // a MetaGraphDef and the prefix of a checkpoint
  std::vector<std::string> outputs;            // names of nodes
  std::string out;
};
// `reflow graph freeze`: the graph of the outputs with the saved values of variables as constants.
StatusOr<std::string> freeze_graph(const FreezeGraphOptions& options);

struct OptimizeGraphOptions {
  std::string in, out;
  std::vector<std::string> inputs, outputs;
  std::string transforms;  // "": those for inference
  bool list = false;       // say which transforms there are
};
// `reflow graph optimize`: transforms, as TensorFlow's Transform Graph tool applies them.
StatusOr<std::string> optimize_graph(const OptimizeGraphOptions& options);

}  // namespace reflow::tools
