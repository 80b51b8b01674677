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
  // Buffers that are to lie one behind the other, without gaps; all of them live as long as any. False: one of them has
  // neighbours already, or they can't be aligned so.
  bool join(const std::vector<int>& buffers);
  int64_t bytes(int buffer) const { return buffers_[buffer].bytes; }
  // The offset of each buffer, 64-byte aligned: in order of birth, each takes the tightest gap that is free.
  std::vector<int64_t> plan(int64_t* total_bytes) const;

 private:
  struct Life {
    int64_t bytes;
    int begin, end;
    int row = -1;  // of buffers that lie one behind the other
  };
  std::vector<Life> buffers_;
  std::vector<std::vector<int>> rows_;
};

}  // namespace reflow::runtime
