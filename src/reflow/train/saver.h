#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "reflow/client/errors.h"
#include "reflow/client/session.h"
#include "reflow/train/checkpoint_history.h"
#include "reflow/train/saver_builder.h"

namespace reflow::train {

struct SaveOptions {
  std::variant<std::monostate, int64_t, Variable> global_step;  // "model" becomes "model-7"
  std::string latest_filename = "checkpoint";                   // the file in the same folder that names the newest
  std::string meta_graph_suffix = "meta";                       // of the file with the graph
  bool write_meta_graph = true;                                 // writes that, a MetaGraphDef
  bool write_state = true;                                      // names it the newest, and deletes old checkpoints
  bool strip_default_attrs = false;                             // of the graph; see ExportMetaGraphOptions
};

// Saves variables in checkpoints and restores them: tf.train.Saver. Makes its ops, in the default graph, when it is made;
// a session of that graph runs them. Not thread-safe.
//
//   tf::train::Saver saver(tf::train::SaverOptions{.max_to_keep = 3});
//   if (const auto last = tf::train::latest_checkpoint(folder)) saver.restore(sess, *last);
//   saver.save(sess, folder + "/model.ckpt", {.global_step = step});
class Saver {
 public:
  // All global variables. ValueError: "No variables to save".
  explicit Saver(const SaverOptions& options = {});
  // These, under their names; or under others: {{"old/name", v}}. Errors as of names_of_variables and saveables_of.
  explicit Saver(const std::vector<Variable>& var_list, const SaverOptions& options = {});
  explicit Saver(const NamedVariables& var_list, const SaverOptions& options = {});
  // Its ops are in the graph already.
  static Saver from_def(const SaverDef& saver_def, const SaverOptions& options = {});

  // Writes a checkpoint and returns its prefix ("": the saver is empty). A process that ends meanwhile leaves the
  // checkpoints that were complete. ValueError: "Parent directory of ... doesn't exist, can't save.", and bad arguments.
  std::string save(const Session& sess, const std::string& save_path, const SaveOptions& options = {});
  // Restores what a checkpoint has; the variables need not be initialised. ValueError: there is no such checkpoint.
  // NotFoundError, InvalidArgumentError: "Restoring from checkpoint failed. This is most likely due to ...".
  void restore(const Session& sess, const std::string& save_path) const;

  // The checkpoints that are kept, the oldest first.
  std::vector<std::string> last_checkpoints() const { return history_.paths(); }
  void set_last_checkpoints_with_time(std::vector<CheckpointHistory::Entry> entries) { history_.set_entries(std::move(entries)); }
  // After a restart: takes up those of an earlier process, so that they are deleted in their turn.
  void recover_last_checkpoints(const std::vector<std::string>& checkpoint_paths) { history_.recover(checkpoint_paths); }
  const SaverDef& as_saver_def() const { return def_; }

 private:
  struct Built {};
  Saver(Built, const SaverDef& saver_def, const SaverOptions& options);
  std::string save_variables(const Session& sess, const std::string& save_path, const std::string& path,
                             const SaveOptions& options);
  SaverDef def_;
  SaverOptions options_;
  bool empty_ = false;
  CheckpointHistory history_;
};

// "model-7", "model-00000007".
std::string checkpoint_path(const std::string& save_path, int64_t global_step, bool pad_step_number);
// The message for an error of a restoring run, which says what the mistake may be; other errors' own message.
std::string restore_error_message(errors::Code code, const std::string& message);

}  // namespace reflow::train
