#pragma once

#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct ShowSavedModelOptions {
  std::string tag_set;        // of a MetaGraph, separated by commas; "": list the tags of all
  std::string signature_def;  // of the MetaGraph; "": list their names
  bool all = false;           // everything of all MetaGraphs
  bool json = false;          // as JSON: everything of all MetaGraphs, or of the one with tag_set
};

// `reflow saved_model show DIR`, with the words of TensorFlow's saved_model_cli.
StatusOr<std::string> show_saved_model(const std::string& dir, const ShowSavedModelOptions& options);

}  // namespace reflow::tools
