#include "reflow/io/buffered_input.h"

#include <algorithm>
#include <cstring>

namespace reflow::io {
namespace {

constexpr size_t kChunk = 256 << 10;

}  // namespace

// Makes room for what there is, up to n bytes and a chunk, and reads a chunk or more.
StatusOr<size_t> BufferedInput::read_more(size_t n) {
  const size_t available = end_ - begin_;
  const size_t missing = n - available;  // read at most as much as there is already, so that memory grows with the data
  const size_t amount = std::clamp(missing, kChunk, std::max(available, kChunk));
  if (available + amount > capacity_) {
    std::unique_ptr<char[]> larger(new char[available + amount]);
    if (available > 0) std::memcpy(larger.get(), buffer_.get() + begin_, available);
    buffer_ = std::move(larger);
    capacity_ = available + amount;
    begin_ = 0;
    end_ = available;
  } else if (end_ + amount > capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, available);
    begin_ = 0;
    end_ = available;
  }
  ASSIGN_OR_RETURN(const size_t got, stream_->read(amount, buffer_.get() + end_));
  end_ += got;
  stream_position_ += got;
  return got;
}

StatusOr<std::string_view> BufferedInput::peek(size_t n) {
  while (end_ - begin_ < n) {
    ASSIGN_OR_RETURN(const size_t got, read_more(n));
    if (got == 0) break;
  }
  return std::string_view(buffer_.get() + begin_, end_ - begin_);
}

Status BufferedInput::seek(uint64_t offset) {
  if (offset < stream_position_ - end_) {
    RETURN_IF_ERROR(stream_->rewind());
    begin_ = end_ = 0;
    stream_position_ = 0;
  }
  while (offset > stream_position_) {
    begin_ = end_;
    ASSIGN_OR_RETURN(const size_t got, read_more(1));
    if (got == 0) break;
  }
  begin_ = end_ - static_cast<size_t>(stream_position_ - std::min(offset, stream_position_));
  return OkStatus();
}

StatusOr<bool> BufferedInput::read_line(std::string* line, bool keep_newline) {
  line->clear();
  for (;;) {
    ASSIGN_OR_RETURN(const std::string_view view, peek(1));
    if (view.empty()) return !line->empty();
    const size_t newline = view.find('\n');
    if (newline == std::string_view::npos) {
      line->append(view);
      skip(view.size());
      continue;
    }
    line->append(view.substr(0, newline + (keep_newline ? 1 : 0)));
    skip(newline + 1);
    return true;
  }
}

}  // namespace reflow::io
