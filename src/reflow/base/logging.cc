#include "reflow/base/logging.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "reflow/base/clock.h"

namespace reflow {
namespace {

constexpr EnvKnob kMinLevel("TF_CPP_MIN_LOG_LEVEL", "0",
                            "The lowest level of messages that are written: 0 info, 1 warnings, 2 errors, 3 fatal errors.");
const EnvKnob::Registration min_level_registration(kMinLevel);

std::atomic<LogSink> g_sink{nullptr};

int parse_min_level() {
  const std::string text = kMinLevel.text("0");  // not integer(), which would log
  return std::atoi(text.c_str());
}

std::string line_of(LogLevel level, const logging_internal::SourceLine& where, std::string_view text) {
  const int64_t now_us = wall_time_us();
  const std::time_t seconds = now_us / 1000000;
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}: {} {}:{}] {}", local.tm_year + 1900, local.tm_mon + 1,
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec, now_us % 1000000,
                     "IWEF"[static_cast<int>(level)], where.file, where.line, text);
}

}  // namespace

void set_log_sink(LogSink sink) { g_sink = sink; }

namespace logging_internal {

bool enabled(LogLevel level) {
  static const int min_level = parse_min_level();
  return static_cast<int>(level) >= min_level;
}

void write(LogLevel level, const SourceLine& where, std::string_view text) {
  std::string line = line_of(level, where, text);
  if (const LogSink sink = g_sink) return sink(level, line);
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: lines of several threads don't mix
}

void die(const SourceLine& where, std::string_view text) {
  write(LogLevel::kFatal, where, text);
  std::abort();
}

}  // namespace logging_internal
}  // namespace reflow
