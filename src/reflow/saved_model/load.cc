#include <fmt/format.h>
#include <tensorflow/core/protobuf/saved_model.pb.h>

#include <set>

#include "reflow/client/errors.h"
#include "reflow/io/file.h"
#include "reflow/saved_model/saved_model.h"
#include "reflow/saved_model/signature_proto.h"
#include "reflow/train/meta_graph.h"

namespace reflow::saved_model {
namespace {

using tensorflow::MetaGraphDef;

std::string quoted(const std::set<std::string>& tags) {
  std::string text;
  for (const std::string& tag : tags) text += (text.empty() ? "'" : ", '") + tag + "'";
  return "{" + text + "}";
}

const MetaGraphDef& find_meta_graph(const tensorflow::SavedModel& model, const std::set<std::string>& tags) {
  std::string available;
  for (const MetaGraphDef& meta_graph : model.meta_graphs()) {
    const auto& list = meta_graph.meta_info_def().tags();
    const std::set<std::string> its_tags(list.begin(), list.end());
    if (its_tags == tags) return meta_graph;
    available += (available.empty() ? "" : ", ") + quoted(its_tags);
  }
  throw RuntimeError(fmt::format(
      "MetaGraphDef associated with tags {} could not be found in SavedModel. To inspect available tag-sets in the SavedModel, please use "
      "the SavedModel CLI: `saved_model_cli`\navailable_tags: [{}]",
      quoted(tags), available));
}

// The constants that name assets, with the paths that they are fed.
FeedDict asset_feeds(const MetaGraphDef& meta_graph, const Graph& graph, const std::string& export_dir, const std::string& prefix) {
  std::vector<tensorflow::AssetFileDef> assets(meta_graph.asset_file_def().begin(), meta_graph.asset_file_def().end());
  const auto collection = meta_graph.collection_def().find("saved_model_assets");
  if (assets.empty() && collection != meta_graph.collection_def().end()) {
    for (const auto& packed : collection->second.any_list().value()) {
      tensorflow::AssetFileDef asset;
      if (packed.UnpackTo(&asset)) assets.push_back(asset);
    }
  }
  FeedDict feeds;
  std::set<std::string> fed;  // a constant may be listed more than once
  for (const tensorflow::AssetFileDef& asset : assets) {
    if (!fed.insert(asset.tensor_info().name()).second) continue;
    if (asset.filename().find("..") != std::string::npos || asset.filename().starts_with('/')) {
      throw ValueError("The asset '" + asset.filename() + "' is not below the SavedModel.");
    }
    feeds.add(graph.get_tensor_by_name(prefix + asset.tensor_info().name()), Tensor::scalar(export_dir + "/assets/" + asset.filename()));
  }
  return feeds;
}

// What is to be run when the graph has been loaded; "": nothing.
std::string main_op_of(const MetaGraphDef& meta_graph) {
  constexpr const char* kInitOp = "__saved_model_init_op";
  if (const auto it = meta_graph.signature_def().find(kInitOp); it != meta_graph.signature_def().end()) {
    const auto op = it->second.outputs().find(kInitOp);
    if (op != it->second.outputs().end()) return op->second.name();
  }
  for (const char* key : {"saved_model_main_op", "legacy_init_op"}) {
    const auto it = meta_graph.collection_def().find(key);
    if (it == meta_graph.collection_def().end()) continue;
    const auto& names = it->second.node_list().value();
    if (names.size() != 1) throw RuntimeError(fmt::format("Expected exactly one SavedModel init op. Found: [{}]", fmt::join(names, ", ")));
    return names[0];
  }
  return "";
}

}  // namespace

MetaGraphInfo load(const Session& session, const std::set<std::string>& tags, const std::string& export_dir, const std::string& import_scope) {
  tensorflow::SavedModel model;
  read_saved_model(export_dir, &model);
  const MetaGraphDef& meta_graph = find_meta_graph(model, tags);
  const Graph graph = session.graph();
  const auto scope = graph.as_default();
  const std::string prefix = import_scope.empty() ? "" : graph.unique_name(import_scope, false) + "/";
  const train::ImportedMetaGraph imported = train::import_meta_graph(meta_graph, {.import_scope = import_scope});
  const std::string variables = export_dir + "/variables/variables";
  // A model without variables may have no checkpoint.
  if (imported.saver_def && (!imported.variables.empty() || io::file_exists(variables + ".index") || io::file_exists(variables))) {
    session.run(graph.get_operation_by_name(imported.saver_def->restore_op_name),
                {{graph.get_tensor_by_name(imported.saver_def->filename_tensor_name), Tensor::scalar(variables)}});
  }
  if (const std::string main_op = main_op_of(meta_graph); !main_op.empty()) {
    session.run(graph.as_graph_element(prefix + main_op), asset_feeds(meta_graph, graph, export_dir, prefix));
  }
  return info_of(meta_graph);
}

}  // namespace reflow::saved_model
