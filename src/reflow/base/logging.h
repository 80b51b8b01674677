#pragma once

// Messages to whoever runs the program, on stderr, in TensorFlow's form:
// "2026-01-01 12:00:00.000000: W file.cc:12] text". TF_CPP_MIN_LOG_LEVEL leaves out the lower levels.

#include <fmt/core.h>

#include <string_view>
#include <type_traits>
#include <utility>

#include "reflow/base/env.h"

namespace reflow {

enum class LogLevel { kInfo = 0, kWarning = 1, kError = 2, kFatal = 3 };

// Receives each whole line, without its newline, instead of stderr; null: stderr again. May be called by any thread.
using LogSink = void (*)(LogLevel level, std::string_view line);
void set_log_sink(LogSink sink);

namespace logging_internal {

// The name of a source without its folders, as an array: a pointer into the compiler's path would keep all of it in the
// library, which must not know where it was built.
struct SourceLine {
  char file[48] = {};
  int line;
  static constexpr SourceLine current(std::string_view path = __builtin_FILE(), int line = __builtin_LINE()) {
    SourceLine here{.line = line};
    path.remove_prefix(path.rfind('/') + 1);
    path.substr(0, sizeof(here.file) - 1).copy(here.file, sizeof(here.file) - 1);
    return here;
  }
};

bool enabled(LogLevel level);
void write(LogLevel level, const SourceLine& where, std::string_view text);
[[noreturn]] void die(const SourceLine& where, std::string_view text);

// A format string that knows the line it stands in.
template <typename... Args>
struct LocatedFormat {
  template <typename S>
  consteval LocatedFormat(const S& text, SourceLine location = SourceLine::current())
      : format(text), where(location) {}
  fmt::format_string<Args...> format;
  SourceLine where;
};
template <typename... Args>
using Format = LocatedFormat<std::type_identity_t<Args>...>;

template <typename... Args>
void log(LogLevel level, const LocatedFormat<Args...>& f, Args&... args) {
  if (enabled(level)) write(level, f.where, fmt::vformat(f.format, fmt::make_format_args(args...)));
}

}  // namespace logging_internal

// log_warning("{} is deprecated", name), and its sisters.
template <typename... Args>
void log_info(logging_internal::Format<Args...> format, Args&&... args) {
  logging_internal::log<Args...>(LogLevel::kInfo, format, args...);
}
template <typename... Args>
void log_warning(logging_internal::Format<Args...> format, Args&&... args) {
  logging_internal::log<Args...>(LogLevel::kWarning, format, args...);
}
template <typename... Args>
void log_error(logging_internal::Format<Args...> format, Args&&... args) {
  logging_internal::log<Args...>(LogLevel::kError, format, args...);
}
// Only where REFLOW_DEBUG is `level` or more.
template <typename... Args>
void log_debug(int level, logging_internal::Format<Args...> format, Args&&... args) {
  if (debug_level() >= level) [[unlikely]] logging_internal::log<Args...>(LogLevel::kInfo, format, args...);
}
// Writes the message and ends the process: for bugs of our own only.
template <typename... Args>
[[noreturn]] void log_fatal(logging_internal::Format<Args...> format, Args&&... args) {
  logging_internal::die(format.where, fmt::vformat(format.format, fmt::make_format_args(args...)));
}

}  // namespace reflow

// Ends the process with a message when `condition` is false: for bugs of our own, never for what a caller did wrong.
#define REFLOW_CHECK(condition) \
  if (condition) [[likely]] {   \
  } else                        \
    ::reflow::log_fatal("Check failed: {}", #condition)
