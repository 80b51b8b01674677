#include "reflow/io/matching_files.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>

#include "reflow/io/file.h"
#include "reflow/io/os_error.h"

namespace reflow::io {
namespace {

bool is_folder(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Adds what matches the parts of a pattern, one for each level, below `folder`.
Status add_matches(const std::string& folder, std::span<const std::string> parts, bool must_exist,
                   std::vector<std::string>* found) {
  struct Close {
    void operator()(DIR* d) const { ::closedir(d); }
  };
  const std::unique_ptr<DIR, Close> directory(::opendir(folder.c_str()));
  if (!directory) return must_exist ? os_error(folder, errno) : OkStatus();
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || ::fnmatch(parts[0].c_str(), name.c_str(), FNM_PATHNAME) != 0) continue;
    const std::string path = folder.back() == '/' ? folder + name : folder + "/" + name;
    if (parts.size() == 1) {
      found->push_back(path);
    } else if (is_folder(path)) {
      RETURN_IF_ERROR(add_matches(path, parts.subspan(1), false, found));
    }
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::vector<std::string>> matching_files(std::string_view pattern) {
  ASSIGN_OR_RETURN(const std::string local, local_path(pattern));
  const std::string_view fixed = std::string_view(local).substr(0, local.find_first_of("*?[\\"));
  const size_t slash = fixed.rfind('/');
  const std::string folder = slash == fixed.npos ? "." : slash == 0 ? "/" : local.substr(0, slash);
  std::vector<std::string> parts, found;
  for (size_t begin = slash == fixed.npos ? 0 : slash + 1; begin <= local.size();) {
    const size_t end = std::min(local.find('/', begin), local.size());
    parts.push_back(local.substr(begin, end - begin));
    begin = end + 1;
  }
  if (parts.back().empty()) return found;
  RETURN_IF_ERROR(add_matches(folder, parts, true, &found));
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace reflow::io
