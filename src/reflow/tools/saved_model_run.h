#pragma once

#include <string>
#include <vector>

#include "reflow/base/status.h"

namespace reflow::tools {

struct RunSavedModelOptions {
  std::string tag_set = "serve";
  std::string signature_def = "serving_default";
  std::vector<std::string> inputs;          // KEY=FILE.npy
  std::vector<std::string> input_exprs;     // KEY=[[1, 2], [3, 4]]
  std::vector<std::string> input_examples;  // KEY=[{'age': [22], 'name': ['a']}]: serialized Examples
  std::string outdir;                       // where outputs are written as KEY.npy; "": nowhere
  bool overwrite = false;
  bool json = false;
};

// `reflow saved_model run DIR`: the outputs of a signature for these inputs. InvalidArgument: an input that the signature
// doesn't have or that isn't given, a value that isn't one of its type. AlreadyExists: a file that would be overwritten.
StatusOr<std::string> run_saved_model(const std::string& dir, const RunSavedModelOptions& options);

}  // namespace reflow::tools
