#pragma once

#include <cstdint>
#include <vector>

namespace reflow::runtime {

// Gives buffers whose lives are known places in one block of memory, so that those that live at the same time don't
// overlap. Lives are counted in instructions.
class ArenaPlanner {
 public:
  // A buffer that is written by instruction `at`. Returns its number.
  int add(int64_t bytes, int at);
  // Buffer `buffer` is needed until instruction `at`.
  void extend(int buffer, int at);
  int64_t bytes(int buffer) const { return buffers_[buffer].bytes; }
  // The offset of each buffer, 64-byte aligned: in order of birth, each takes the tightest gap that is free.
  std::vector<int64_t> plan(int64_t* total_bytes) const;

 private:
  struct Life {
    int64_t bytes;
    int begin, end;
  };
  std::vector<Life> buffers_;
};

}  // namespace reflow::runtime
