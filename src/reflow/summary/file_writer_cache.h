#pragma once

#include <memory>
#include <string>

#include "reflow/summary/file_writer.h"

namespace reflow::summary {

// The writers that all parts of a program share who write events to the same folder. Thread-safe.
class FileWriterCache {
 public:
  // The writer of the folder, made for the first who asks.
  static std::shared_ptr<FileWriter> get(const std::string& logdir);
  // Forgets the writers; they close with the last of those who hold them.
  static void clear();
};

}  // namespace reflow::summary
