#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reflow/saved_model/saved_model.h"

namespace reflow::saved_model {

struct AddMetaGraphOptions {
  std::map<std::string, SignatureDef> signature_def_map;
  std::vector<Output> assets;        // constants with the paths of files, which are copied into the model
  std::optional<Operation> main_op;  // run when the model has been loaded
  bool clear_devices = false;
  bool strip_default_attrs = false;
};

// Builds a SavedModel: graphs that share one checkpoint and one set of assets. Not thread-safe.
class SavedModelBuilder {
 public:
  // Makes the folder. RuntimeError: "Export directory already exists, and isn't empty. ...".
  explicit SavedModelBuilder(std::string export_dir);
  ~SavedModelBuilder();

  // Adds the default graph, which is the first, and saves the variables of the session.
  void add_meta_graph_and_variables(const Session& session, const std::vector<std::string>& tags, const AddMetaGraphOptions& options = {});
  // Adds the default graph. RuntimeError: no variables have been saved yet.
  void add_meta_graph(const std::vector<std::string>& tags, const AddMetaGraphOptions& options = {});
  // Writes the model; gives the path of its file.
  std::string save(bool as_text = false);

 private:
  void add(const std::vector<std::string>& tags, const AddMetaGraphOptions& options, const Session* session);
  struct State;
  std::unique_ptr<State> state_;
};

// Saves the default graph and the variables of a session for serving, as TensorFlow's simple_save.
void simple_save(const Session& session, const std::string& export_dir, const std::map<std::string, Output>& inputs,
                 const std::map<std::string, Output>& outputs);

}  // namespace reflow::saved_model
