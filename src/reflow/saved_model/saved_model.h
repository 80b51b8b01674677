#pragma once

// SavedModels (docs/formats/saved_model.md): a folder with MetaGraphs, which tags tell apart, one checkpoint and assets.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/session.h"
#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"

namespace reflow::saved_model {

constexpr const char* kServing = "serve";
constexpr const char* kTraining = "train";
constexpr const char* kDefaultServingSignature = "serving_default";
constexpr const char* kPredictMethod = "tensorflow/serving/predict";

// A tensor of a signature. Of a sparse tensor the names of its three parts are known, and `name` is empty.
struct TensorInfo {
  std::string name;
  DType dtype = DType::kInvalid;  // kInvalid: an operation
  Shape shape;
  std::string values_name, indices_name, dense_shape_name;
};
TensorInfo build_tensor_info(const Output& tensor);

// What a model takes and gives, by names that don't change with the graph.
struct SignatureDef {
  std::map<std::string, TensorInfo> inputs, outputs;
  std::string method_name;
};
// The signature of these tensors; ValueError: "Prediction inputs cannot be None or empty.", and the like.
SignatureDef predict_signature_def(const std::map<std::string, Output>& inputs, const std::map<std::string, Output>& outputs);

// What is known of one of a SavedModel's graphs without loading it.
struct MetaGraphInfo {
  std::vector<std::string> tags;
  std::map<std::string, SignatureDef> signature_def;
  std::string tensorflow_version;
  std::vector<std::string> assets;  // files
  int num_nodes = 0, num_functions = 0;
};

// Whether the folder has the file of a SavedModel.
bool contains_saved_model(const std::string& export_dir);
// The graphs of a SavedModel. NotFoundError: the folder has none. DataLossError: its file can't be read.
std::vector<MetaGraphInfo> read_meta_graphs(const std::string& export_dir);

// Adds the graph that has exactly these tags to the session's graph, below `import_scope`, restores its variables and
// runs its main op, with the assets where they are now.
// RuntimeError: "MetaGraphDef associated with tags ... could not be found in SavedModel. ...". Others as of
// train::import_meta_graph and Session::run.
MetaGraphInfo load(const Session& session, const std::set<std::string>& tags, const std::string& export_dir,
                   const std::string& import_scope = "");

}  // namespace reflow::saved_model
