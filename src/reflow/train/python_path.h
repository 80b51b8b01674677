#pragma once

#include <string>
#include <string_view>

namespace reflow::train {

// Paths as Python's os.path has them. Not for users.
bool is_absolute(std::string_view path);
// `path` below `folder`; an absolute path is itself.
std::string join_path(const std::string& folder, const std::string& path);
// `path` as seen from the folder `start`, both as seen from the current folder.
std::string relative_path(const std::string& path, const std::string& start);
// What is before the last "/", and what is behind it.
std::string folder_name(std::string_view path);
std::string base_name(std::string_view path);

}  // namespace reflow::train
