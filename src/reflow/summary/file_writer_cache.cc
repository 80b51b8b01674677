#include "reflow/summary/file_writer_cache.h"

#include <map>
#include <mutex>

namespace reflow::summary {
namespace {

struct Writers {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<FileWriter>> by_folder;
};

Writers& writers() {
  static Writers all;
  return all;
}

}  // namespace

std::shared_ptr<FileWriter> FileWriterCache::get(const std::string& logdir) {
  Writers& all = writers();
  const std::lock_guard lock(all.mutex);
  std::shared_ptr<FileWriter>& writer = all.by_folder[logdir];
  if (!writer) writer = std::make_shared<FileWriter>(logdir);
  return writer;
}

void FileWriterCache::clear() {
  Writers& all = writers();
  const std::lock_guard lock(all.mutex);
  all.by_folder.clear();
}

}  // namespace reflow::summary
