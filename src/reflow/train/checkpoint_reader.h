#pragma once

// Reading checkpoints without a graph, V2 and V1; and waiting for new ones.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/tensor/shape.h"
#include "reflow/tensor/tensor.h"

namespace reflow::train {

// The tensors of a checkpoint. A handle; any thread may read.
class CheckpointReader {
 public:
  // NotFoundError: there is no such checkpoint. DataLossError: it is damaged.
  explicit CheckpointReader(const std::string& prefix);

  bool has_tensor(const std::string& name) const;
  // NotFoundError: "Key v not found in checkpoint".
  Tensor get_tensor(const std::string& name) const;
  std::map<std::string, Shape> get_variable_to_shape_map() const;
  std::map<std::string, DType> get_variable_to_dtype_map() const;
  // A line for each tensor: "weights (DT_FLOAT) [784,10]".
  std::string debug_string() const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};
inline CheckpointReader NewCheckpointReader(const std::string& filepattern) { return CheckpointReader(filepattern); }

// Of a prefix, or of the newest checkpoint of a folder. ValueError: "Couldn't find 'checkpoint' file or checkpoints in
// given directory ...".
CheckpointReader load_checkpoint(const std::string& ckpt_dir_or_file);
// The tensor "v" or "v:0".
Tensor load_variable(const std::string& ckpt_dir_or_file, const std::string& name);
// Names and shapes of all tensors, by name.
std::vector<std::pair<std::string, Shape>> list_variables(const std::string& ckpt_dir_or_file);

struct CheckpointsIteratorOptions {
  double min_interval_secs = 0;        // between two checkpoints
  std::optional<double> timeout_secs;  // for the next one; default: waits as long as it takes
  std::function<bool()> timeout_fn;    // asked when the time is over; false: goes on waiting
  double poll_secs = 1;                // looks for one so often
};
// The prefixes of the checkpoints of a folder as they come.
//   tf::train::checkpoints_iterator checkpoints(folder, {.timeout_secs = 600});
//   while (const auto prefix = checkpoints.next()) evaluate(*prefix);
class checkpoints_iterator {
 public:
  explicit checkpoints_iterator(std::string checkpoint_dir, CheckpointsIteratorOptions options = {});
  // Waits for one that it hasn't given yet. Unset: the time is over.
  std::optional<std::string> next();

 private:
  std::string folder_;
  CheckpointsIteratorOptions options_;
  std::optional<std::string> last_;
  double not_before_ = 0;  // seconds of the steady clock
};

}  // namespace reflow::train
