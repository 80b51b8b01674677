#include "reflow/train/saver.h"

#include <fmt/format.h>

#include <filesystem>

#include "reflow/base/logging.h"
#include "reflow/train/checkpoint_management.h"
#include "reflow/train/global_step.h"
#include "reflow/train/meta_graph.h"
#include "reflow/train/python_path.h"

namespace reflow::train {
namespace {

SaverDef build(const NamedVariables& variables, const SaverOptions& options) {
  if (!variables.empty()) return build_saver(variables, options);
  if (!options.allow_empty) throw ValueError("No variables to save");
  return {};
}

}  // namespace

std::string checkpoint_path(const std::string& save_path, int64_t global_step, bool pad_step_number) {
  return pad_step_number ? fmt::format("{}-{:08d}", save_path, global_step) : fmt::format("{}-{}", save_path, global_step);
}

std::string restore_error_message(errors::Code code, const std::string& message) {
  const char* cause = code == errors::NOT_FOUND          ? "a Variable name or other graph key that is missing"
                      : code == errors::INVALID_ARGUMENT ? "a mismatch between the current graph and the graph"
                                                         : nullptr;
  if (!cause) return message;
  return fmt::format("Restoring from checkpoint failed. This is most likely due to {} from the checkpoint. Please ensure "
                     "that you have not altered the graph expected based on the checkpoint. Original error:\n\n{}",
                     cause, message);
}

Saver::Saver(const SaverOptions& options) : Saver(global_variables(), options) {}

Saver::Saver(const std::vector<Variable>& var_list, const SaverOptions& options)
    : Saver(names_of_variables(var_list), options) {}

Saver::Saver(const NamedVariables& var_list, const SaverOptions& options) : Saver(Built(), build(var_list, options), options) {
  empty_ = var_list.empty();
}

Saver Saver::from_def(const SaverDef& saver_def, const SaverOptions& options) { return Saver(Built(), saver_def, options); }

Saver::Saver(Built, const SaverDef& saver_def, const SaverOptions& options)
    : def_(saver_def),
      options_(options),
      history_(saver_def.max_to_keep, saver_def.keep_checkpoint_every_n_hours, saver_def.version) {}

std::string Saver::save(const Session& sess, const std::string& save_path, const SaveOptions& options) {
  if (options.latest_filename.find('/') != std::string::npos) {
    throw ValueError("'latest_filename' must not contain path components");
  }
  std::string path = save_path;
  if (const auto* step = std::get_if<int64_t>(&options.global_step)) {
    path = checkpoint_path(save_path, *step, options_.pad_step_number);
  } else if (const auto* variable = std::get_if<Variable>(&options.global_step)) {
    path = checkpoint_path(save_path, global_step(sess, *variable), options_.pad_step_number);
  } else if (base_name(save_path) == options.latest_filename && !def_.sharded) {
    throw ValueError(fmt::format("'latest_filename' collides with 'save_path': '{}' and '{}'", options.latest_filename,
                                 save_path));
  }
  const std::string saved = empty_ ? "" : save_variables(sess, save_path, path, options);
  if (options.write_meta_graph) {
    const Graph graph = sess.graph();
    const Graph::DefaultScope scope(graph);
    ExportMetaGraphOptions graph_options{.filename = meta_graph_filename(path, options.meta_graph_suffix)};
    if (!empty_) graph_options.saver_def = def_;
    graph_options.strip_default_attrs = options.strip_default_attrs;
    export_meta_graph(graph_options);
  }
  return saved;
}

std::string Saver::save_variables(const Session& sess, const std::string& save_path, const std::string& path,
                                  const SaveOptions& options) {
  const std::string folder = folder_name(save_path);
  try {
    const Graph graph = sess.graph();
    const Tensor saved = sess.run(graph.get_tensor_by_name(def_.save_tensor_name),
                                  {{graph.get_tensor_by_name(def_.filename_tensor_name), Tensor::scalar(path)}});
    const std::string& model_checkpoint_path = saved.item<std::string>();
    if (!options.write_state) return model_checkpoint_path;
    history_.record(model_checkpoint_path);
    update_checkpoint_state(folder, {model_checkpoint_path, history_.paths(), {}, 0},
                            {options.latest_filename, options_.save_relative_paths});
    history_.delete_old(options.meta_graph_suffix);
    return model_checkpoint_path;
  } catch (const errors::OpError& e) {
    const bool may_be_missing = e.error_code() == errors::FAILED_PRECONDITION || e.error_code() == errors::NOT_FOUND;
    if (!may_be_missing || std::filesystem::is_directory(folder.empty() ? "." : folder)) throw;
    throw ValueError(fmt::format("Parent directory of {} doesn't exist, can't save.", save_path));
  }
}

void Saver::restore(const Session& sess, const std::string& save_path) const {
  if (empty_) return;
  if (!checkpoint_exists(save_path)) throw ValueError("The passed save_path is not a valid checkpoint: " + save_path);
  log_debug(1, "Restoring parameters from {}", save_path);
  try {
    const Graph graph = sess.graph();
    sess.run(graph.get_operation_by_name(def_.restore_op_name),
             {{graph.get_tensor_by_name(def_.filename_tensor_name), Tensor::scalar(save_path)}});
  } catch (const errors::OpError& e) {
    errors::raise(e.error_code(), restore_error_message(e.error_code(), e.message()), e.node_name());
  }
}

}  // namespace reflow::train
