#include <tensorflow/core/protobuf/saved_model.pb.h>

#include <algorithm>
#include <memory>
#include <set>

#include "reflow/capi/session.h"
#include "reflow/saved_model/saved_model.h"
#include "reflow/saved_model/signature_proto.h"

using namespace reflow;
using namespace reflow::capi;

namespace {

Status check_tags(const std::string& folder, const std::set<std::string>& tags, TF_Buffer* meta_graph_def) {
  if (!saved_model::contains_saved_model(folder)) {
    return not_found("Could not find SavedModel .pb or .pbtxt at supplied export directory path: {}", folder);
  }
  tensorflow::SavedModel model;
  saved_model::read_saved_model(folder, &model);
  for (const tensorflow::MetaGraphDef& meta_graph : model.meta_graphs()) {
    const auto& list = meta_graph.meta_info_def().tags();
    if (std::set<std::string>(list.begin(), list.end()) != tags) continue;
    return meta_graph_def ? write_message(meta_graph, meta_graph_def) : OkStatus();
  }
  std::string text;
  for (const std::string& tag : tags) text += tag + " ";
  return not_found("Could not find meta graph def matching supplied tags: {{ {}}}. To inspect available tag-sets in the SavedModel, "
                   "please use the SavedModel CLI: `saved_model_cli`", text);
}

}  // namespace

TF_Session* TF_LoadSessionFromSavedModel(const TF_SessionOptions* session_options, const TF_Buffer*, const char* export_dir,
                                         const char* const* tags, int tags_len, TF_Graph* g, TF_Buffer* meta_graph_def,
                                         TF_Status* status) {
  std::unique_ptr<TF_Session> session;
  const bool ok = report(status, [&]() -> Status {
    if (std::lock_guard lock(g->impl().mutex()); g->impl().num_nodes() > 0) return invalid_argument("Graph is non-empty.");
    const std::set<std::string> wanted(tags, tags + tags_len);
    RETURN_IF_ERROR(check_tags(export_dir, wanted, meta_graph_def));
    session = std::make_unique<TF_Session>(*session_options, g->graph);
    saved_model::load(session->session, wanted, export_dir);
    return OkStatus();
  });
  return ok ? session.release() : nullptr;
}
