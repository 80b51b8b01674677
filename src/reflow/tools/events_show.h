#pragma once

#include <string>

#include "reflow/base/status.h"

namespace reflow::tools {

struct ShowEventsOptions {
  bool all = false;   // every event, not only what there is
  bool json = false;  // an object for each tag, or with `all` for each event
};

// `reflow events show PATH`: what the event files of a folder, or one file, hold: tags with their kind, number, steps and
// last value; graphs, traces and the rest by number. NotFound, DataLoss with the offset: the files.
StatusOr<std::string> show_events(const std::string& path, const ShowEventsOptions& options);

struct ExportEventsOptions {
  std::string tag;       // empty: all scalars
  std::string folder;    // where images and sounds go, one file each; empty: they are left out
  bool json = false;     // instead of comma-separated values
};

// `reflow events export PATH`: scalars as lines of tag, step, wall time and value. NotFound: no such tag.
StatusOr<std::string> export_events(const std::string& path, const ExportEventsOptions& options);

}  // namespace reflow::tools
