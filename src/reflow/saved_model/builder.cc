#include "reflow/saved_model/builder.h"

#include <tensorflow/core/protobuf/saved_model.pb.h>

#include <filesystem>

#include "reflow/client/collections.h"
#include "reflow/client/errors.h"
#include "reflow/client/graph.h"
#include "reflow/client/status_errors.h"
#include "reflow/graph/read_proto.h"
#include "reflow/io/file.h"
#include "reflow/saved_model/signature_proto.h"
#include "reflow/train/meta_graph.h"
#include "reflow/train/saver.h"

namespace reflow::saved_model {
namespace {

constexpr const char* kMainOp = "saved_model_main_op";

// The path in a constant.
std::string path_of(const Output& asset) {
  if (asset.op().type() != "Const") throw TypeError("Asset path tensor must be of type constant.");
  if (asset.dtype() != DType::kString) throw TypeError("Asset path tensor must be of dtype string.");
  const Tensor value = asset.op().get_attr<Tensor>("value");
  if (value.num_elements() != 1) throw TypeError("Asset path tensor must be a scalar.");
  const std::string path = value.item<std::string>();
  if (path.empty()) throw ValueError("Invalid asset filepath tensor " + asset.name());
  return path;
}

}  // namespace

struct SavedModelBuilder::State {
  std::string export_dir;
  tensorflow::SavedModel model;
  std::map<std::string, std::string> assets;  // name in the model -> the file that was copied
  bool has_variables = false;

  // The name that a file has, or gets, in the model.
  std::string add_asset(const std::string& path) {
    const std::string base = std::filesystem::path(path).filename();
    const std::string content = check_building(io::read_file(path));
    std::string name = base;
    for (int n = 1;; ++n) {
      const auto it = assets.find(name);
      if (it == assets.end()) break;
      if (it->second == path || check_building(io::read_file(it->second)) == content) return name;
      name = base + "_" + std::to_string(n);
    }
    errors::throw_if_error(io::create_folders(export_dir + "/assets"));
    errors::throw_if_error(io::write_file(export_dir + "/assets/" + name, content));
    assets[name] = path;
    return name;
  }
};

TensorInfo build_tensor_info(const Output& tensor) { return {.name = tensor.name(), .dtype = base_type(tensor.dtype()), .shape = tensor.shape()}; }

SignatureDef predict_signature_def(const std::map<std::string, Output>& inputs, const std::map<std::string, Output>& outputs) {
  if (inputs.empty()) throw ValueError("Prediction inputs cannot be None or empty.");
  if (outputs.empty()) throw ValueError("Prediction outputs cannot be None or empty.");
  SignatureDef signature{.inputs = {}, .outputs = {}, .method_name = kPredictMethod};
  for (const auto& [name, tensor] : inputs) signature.inputs[name] = build_tensor_info(tensor);
  for (const auto& [name, tensor] : outputs) signature.outputs[name] = build_tensor_info(tensor);
  return signature;
}

SavedModelBuilder::SavedModelBuilder(std::string export_dir) : state_(std::make_unique<State>()) {
  std::error_code error;
  if (std::filesystem::exists(export_dir, error) && !std::filesystem::is_empty(export_dir, error)) {
    throw RuntimeError(
        "Export directory already exists, and isn't empty. Please choose a different export directory, or delete all the contents of the "
        "specified directory: " + export_dir);
  }
  errors::throw_if_error(io::create_folders(export_dir));
  state_->export_dir = std::move(export_dir);
  state_->model.set_saved_model_schema_version(1);
}

SavedModelBuilder::~SavedModelBuilder() = default;

void SavedModelBuilder::add(const std::vector<std::string>& tags, const AddMetaGraphOptions& options, const Session* session) {
  const Graph graph = get_default_graph();
  for (const char* key : {"__saved_model_init_op", "__saved_model_train_op"}) {
    if (options.signature_def_map.contains(key)) {
      throw KeyError(std::string("SignatureDef map key \"") + key + "\" is reserved. Please use a different key.");
    }
  }
  if (options.main_op) {
    for (const char* key : {kMainOp, "legacy_init_op"}) {
      if (!graph.get_items(key).empty()) {
        throw ValueError(std::string("Graph already contains one or more main ops under the collection ") + key + ".");
      }
    }
    graph.add_item(kMainOp, *options.main_op);
  }
  std::optional<train::SaverDef> saver;
  if (const std::vector<Variable> variables = global_variables(); !variables.empty()) {
    saver = train::build_saver(train::names_of_variables(variables), {.sharded = true});
    if (session) {
      const std::string folder = state_->export_dir + "/variables";
      errors::throw_if_error(io::create_folders(folder));
      session->run(saver->save_tensor_name, {{graph.get_tensor_by_name(saver->filename_tensor_name), Tensor::scalar(folder + "/variables")}});
    }
  }
  tensorflow::MetaGraphDef* meta_graph = state_->model.add_meta_graphs();
  for (const Output& asset : options.assets) {
    tensorflow::AssetFileDef* def = meta_graph->add_asset_file_def();
    def->set_filename(state_->add_asset(path_of(asset)));
    def->mutable_tensor_info()->set_name(asset.name());
  }
  train::make_meta_graph({.saver_def = saver, .tags = tags, .clear_devices = options.clear_devices,
                          .strip_default_attrs = options.strip_default_attrs},
                         meta_graph);
  for (const auto& [name, signature] : options.signature_def_map) {
    signature_to_proto(signature, &(*meta_graph->mutable_signature_def())[name]);
  }
}

void SavedModelBuilder::add_meta_graph_and_variables(const Session& session, const std::vector<std::string>& tags, const AddMetaGraphOptions& options) {
  if (state_->has_variables) {
    throw RuntimeError("Graph state including variables and assets has already been saved. Please invoke `add_meta_graph()` instead.");
  }
  add(tags, options, &session);
  state_->has_variables = true;
}

void SavedModelBuilder::add_meta_graph(const std::vector<std::string>& tags, const AddMetaGraphOptions& options) {
  if (!state_->has_variables) {
    throw RuntimeError(
        "Graph state including variables and assets has not been saved yet. Please invoke `add_meta_graph_and_variables()` first.");
  }
  add(tags, options, nullptr);
}

std::string SavedModelBuilder::save(bool as_text) {
  const std::string path = state_->export_dir + (as_text ? "/saved_model.pbtxt" : "/saved_model.pb");
  errors::throw_if_error(graph::write_proto(path, state_->model, as_text));
  return path;
}

void simple_save(const Session& session, const std::string& export_dir, const std::map<std::string, Output>& inputs,
                 const std::map<std::string, Output>& outputs) {
  const auto scope = session.graph().as_default();
  SavedModelBuilder builder(export_dir);
  builder.add_meta_graph_and_variables(
      session, {kServing}, {.signature_def_map = {{kDefaultServingSignature, predict_signature_def(inputs, outputs)}}, .clear_devices = true});
  builder.save();
}

}  // namespace reflow::saved_model
