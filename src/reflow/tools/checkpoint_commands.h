#pragma once

// The commands on checkpoints: `checkpoint list|show|convert|diff`.

#include <CLI/CLI.hpp>
#include <string>

#include "reflow/base/status.h"
#include "reflow/tools/checkpoint_convert.h"
#include "reflow/tools/checkpoint_diff.h"
#include "reflow/tools/checkpoint_show.h"

namespace reflow::tools {

class CheckpointCommands {
 public:
  // Adds `checkpoint` to the program.
  explicit CheckpointCommands(CLI::App& app);
  CheckpointCommands(const CheckpointCommands&) = delete;  // options point into it

  // Whether one of them was given.
  bool chosen() const;
  // Runs it. `*exit_status`: 1 for checkpoints that differ.
  StatusOr<std::string> run(std::ostream& progress, int* exit_status) const;

 private:
  CLI::App *list_, *show_, *convert_, *diff_;
  std::string prefix_, tensor_, from_, to_, other_;
  ListCheckpointOptions list_options_;
  ShowTensorOptions show_options_;
  ConvertCheckpointOptions convert_options_;
  DiffCheckpointOptions diff_options_;
};

}  // namespace reflow::tools
