#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

// The command `reflow profile FILE`: what a run's RunMetadata says of time and memory, by op and by node.
class ProfileCommand {
 public:
  // Adds `profile` to the program.
  explicit ProfileCommand(CLI::App& app);
  ProfileCommand(const ProfileCommand&) = delete;  // options point into it

  bool chosen() const { return command_->parsed(); }
  // The tables. NotFound, DataLoss: of the file. InvalidArgument: it has no StepStats, or no run of that tag.
  StatusOr<std::string> run() const;

 private:
  CLI::App* command_;
  std::string path_, tag_, trace_file_;
  int top_ = 20;
  bool json_ = false, memory_ = false;
};

}  // namespace reflow::tools
