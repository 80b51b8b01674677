#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reflow {

// An environment variable that the process obeys. Define it as a constant beside the code that reads it, with a
// registration after it, which puts it into the list of `reflow env` and docs/env_vars.md:
//
//   constexpr EnvKnob kNumThreads("REFLOW_NUM_THREADS", "all cores", "Threads of the process's pool.");
//   const EnvKnob::Registration registration(kNumThreads);
//
// Reading needs no registration, so that code which runs before main() may.
class EnvKnob {
 public:
  constexpr EnvKnob(const char* name, const char* default_text, const char* sentence)
      : name_(name), default_text_(default_text), sentence_(sentence) {}

  const char* name() const { return name_; }
  const char* default_text() const { return default_text_; }  // what holds when it isn't set, for readers
  const char* sentence() const { return sentence_; }

  // The value, or `otherwise` where it isn't set, or empty.
  std::string text(const std::string& otherwise = "") const;
  // Likewise; a value that is no integer is reported once on stderr and counts as not set.
  int64_t integer(int64_t otherwise) const;
  // Set to anything but "", "0", "false".
  bool flag() const;

  class Registration {
   public:
    explicit Registration(const EnvKnob& knob);
  };

 private:
  const char* name_;
  const char* default_text_;
  const char* sentence_;
};

// All registered knobs, by name.
std::vector<EnvKnob> env_knobs();

// REFLOW_DEBUG, read once: 0 (silent) to 5.
int debug_level();
// REFLOW_DUMP_GRAPH: where passes write the graph; empty: nowhere.
std::string graph_dump_directory();

}  // namespace reflow
