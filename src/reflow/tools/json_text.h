#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace reflow::tools {

// `text` as a JSON string, quotes included. Bytes that are no UTF-8 stay as they are.
inline std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += {'\\', c};
    else if (c == '\n') result += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20) result += fmt::format("\\u{:04x}", static_cast<int>(c));
    else result += c;
  }
  return result + '"';
}

}  // namespace reflow::tools
