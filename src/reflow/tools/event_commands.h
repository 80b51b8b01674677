#pragma once

// The commands on event files: `events show|export`.

#include <CLI/CLI.hpp>
#include <string>

#include "reflow/base/status.h"
#include "reflow/tools/events_show.h"

namespace reflow::tools {

class EventCommands {
 public:
  // Adds `events` to the program.
  explicit EventCommands(CLI::App& app);
  EventCommands(const EventCommands&) = delete;  // options point into it

  bool chosen() const;
  StatusOr<std::string> run() const;

 private:
  CLI::App *show_, *export_;
  std::string path_;
  ShowEventsOptions show_options_;
  ExportEventsOptions export_options_;
};

}  // namespace reflow::tools
