#pragma once

// tf.train.Checkpoint: variables, optimizers and groups of them, saved and restored by their place in a graph of objects
// instead of by the names of variables. TensorFlow reads what this writes, and the other way round.

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "reflow/client/session.h"
#include "reflow/client/variable.h"
#include "reflow/train/checkpoint_history.h"
#include "reflow/train/optimizer.h"

namespace reflow::train {

class CheckpointReader;

// What a checkpoint knows by name: a variable, an optimizer (with the slots that it has for variables of the checkpoint,
// and its other variables), or a group of these, as an object with attributes is in Python. A handle: copies of a group
// are the same group.
class Trackable {
 public:
  using Children = std::vector<std::pair<std::string, Trackable>>;
  // ValueError: a partitioned variable. A template, so that lists are only taken for groups.
  template <std::same_as<Variable> T>
  Trackable(const T& variable) : object_(variable) {
    check(variable);
  }
  Trackable(Optimizer& optimizer);  // has to outlive this
  Trackable(Children children);
  // Adds to a group, as setting an attribute does in Python. ValueError: it is none, or has something of this name.
  void add(const std::string& name, const Trackable& child);

  const Variable* variable() const { return std::get_if<Variable>(&object_); }
  Optimizer* optimizer() const {
    const auto* optimizer = std::get_if<Optimizer*>(&object_);
    return optimizer ? *optimizer : nullptr;
  }
  // What it depends on, by name: of an optimizer the variables that belong to no other.
  Children children() const;
  // Which object it is.
  const void* identity() const;

 private:
  static void check(const Variable& variable);
  std::variant<Variable, Optimizer*, std::shared_ptr<Children>> object_;
};

// A restoring: what it has found, and what is still to come. What is added to the checkpoint later, and slots that optimizers
// make later, get their values by run_restore_ops() or initialize_or_restore(). A handle; good as long as the checkpoint
// and its file.
class LoadStatus {
 public:
  // All that the checkpoint has was found by an object, and all objects were in it. ValueError: "Unresolved object in
  // checkpoint: ...".
  const LoadStatus& assert_consumed() const;
  // All objects were found in the checkpoint, which may have more.
  const LoadStatus& assert_existing_objects_matched() const;
  // Gives the objects that have come since the values that the checkpoint has for them. Errors as of Checkpoint::restore.
  const LoadStatus& run_restore_ops(const Session& session) const;
  // The same, and runs the initializers of variables that the checkpoint doesn't have.
  void initialize_or_restore(const Session& session) const;
  std::vector<Variable> unmatched_variables() const;

 private:
  friend class Checkpoint;
  struct State;
  explicit LoadStatus(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Not for several threads at once.
//
//   tf::train::Checkpoint checkpoint({{"model", tf::train::Trackable({{"w", w}, {"b", b}})}, {"optimizer", optimizer}});
//   checkpoint.restore(sess, tf::train::latest_checkpoint(folder)).initialize_or_restore(sess);
//   checkpoint.save(sess, folder + "/ckpt");
class Checkpoint {
 public:
  // Makes the variable that counts savings, in the default graph.
  explicit Checkpoint(Trackable::Children children);
  // Adds an object. ValueError: there is one of this name.
  void add(const std::string& name, const Trackable& child);

  // Writes the checkpoint file_prefix-NUMBER, and the file `checkpoint` beside it; gives its prefix.
  std::string save(const Session& session, const std::string& file_prefix);
  // Writes a checkpoint under exactly this prefix, and nothing else.
  std::string write(const Session& session, const std::string& file_prefix);
  // Gives the variables that there are the values that the checkpoint has; where that was written by a Saver, by their
  // names. The result does so for those that come later. Unset: there is no checkpoint, and nothing is restored. NotFoundError, DataLossError: as CheckpointReader.
  // ValueError: a value of another shape or type, a damaged graph of objects.
  LoadStatus restore(const Session& session, const std::optional<std::string>& save_path) const;
  const Variable& save_counter() const { return save_counter_; }

 private:
  friend class LoadStatus;
  struct Named;
  struct Matches;
  std::vector<Named> objects() const;
  Matches match(const CheckpointReader* reader) const;
  Trackable root_;
  Variable save_counter_;
  Output is_counting_, count_;  // has the counter a value; adds one
  std::vector<std::pair<Variable, Output>> reads_;
};

struct CheckpointManagerOptions {
  int max_to_keep = 5;  // 0: all
  std::optional<double> keep_checkpoint_every_n_hours;  // one that max_to_keep would delete stays, so often
  std::string checkpoint_name = "ckpt";
};
// Keeps the newest checkpoints of a Checkpoint, which has to outlive it, in a folder.
class CheckpointManager {
 public:
  // Takes up what an earlier process has left in the folder.
  CheckpointManager(Checkpoint& checkpoint, std::string directory, const CheckpointManagerOptions& options = {});
  // Writes DIRECTORY/NAME-NUMBER, NUMBER the given one or that of the saving; deletes old ones.
  std::string save(const Session& session, std::optional<int64_t> checkpoint_number = std::nullopt);
  std::optional<std::string> latest_checkpoint() const;
  std::vector<std::string> checkpoints() const { return history_.paths(); }

 private:
  Checkpoint& checkpoint_;
  std::string directory_, name_;
  CheckpointHistory history_;
};

}  // namespace reflow::train
