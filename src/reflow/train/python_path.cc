#include "reflow/train/python_path.h"

#include <filesystem>

namespace reflow::train {
namespace {

std::filesystem::path normal(const std::string& path) {
  std::filesystem::path p = (std::filesystem::current_path() / path).lexically_normal();
  return p.has_filename() ? p : p.parent_path();  // without a slash at the end
}

}  // namespace

bool is_absolute(std::string_view path) { return !path.empty() && path[0] == '/'; }

std::string join_path(const std::string& folder, const std::string& path) {
  if (is_absolute(path) || folder.empty()) return path;
  return folder.back() == '/' ? folder + path : folder + '/' + path;
}

std::string relative_path(const std::string& path, const std::string& start) {
  return normal(path).lexically_relative(normal(start)).string();
}

std::string folder_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  std::string_view head = path.substr(0, slash);
  while (!head.empty() && head.back() == '/') head.remove_suffix(1);
  return head.empty() ? std::string(path.substr(0, slash + 1)) : std::string(head);
}

std::string base_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

}  // namespace reflow::train
