// RecordInput: batches of records of many TFRecord files, again and again, in random order.

#include <algorithm>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "reflow/io/matching_files.h"
#include "reflow/io/record_reader.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The records of all files, epoch after epoch. Files are read in a new order each time, the order of the first epoch rotated
// by a share of the files; of as many records as the buffer holds one is given out at random.
class Records {
 public:
  Records(std::vector<std::string> files, io::Compression compression, int64_t seed, double shift, int64_t buffer_size)
      : files_(std::move(files)), compression_(compression), random_(static_cast<uint64_t>(seed)), shift_(shift), size_(buffer_size) {}

  StatusOr<std::string> next() {
    while (static_cast<int64_t>(buffer_.size()) < size_ && !(ended_ && !buffer_.empty())) RETURN_IF_ERROR(read_one());
    if (buffer_.empty()) return out_of_range("RecordInput has no records: the files are empty");
    std::swap(buffer_[random_() % buffer_.size()], buffer_.back());
    std::string record = std::move(buffer_.back());
    buffer_.pop_back();
    if (ended_ && buffer_.empty()) ended_ = false;
    return record;
  }

 private:
  // One more record, or the end of an epoch: records of two of them aren't mixed.
  Status read_one() {
    if (reader_ == nullptr) {
      if (at_ == 0) start_epoch();
      ASSIGN_OR_RETURN(reader_, io::RecordReader::open(files_[(at_ + offset_) % files_.size()], compression_));
    }
    std::string_view record;
    const Status status = reader_->next(&record);
    if (status.ok()) {
      buffer_.emplace_back(record);
      found_ = true;
      return OkStatus();
    }
    if (status.code() != StatusCode::kOutOfRange) return status;
    reader_.reset();
    if (++at_ < files_.size()) return OkStatus();
    at_ = 0;
    if (!found_) return out_of_range("RecordInput has no records: the files are empty");
    ended_ = true;
    return OkStatus();
  }

  void start_epoch() {
    std::ranges::shuffle(files_, random_);
    offset_ = static_cast<size_t>(shift_ * static_cast<double>(epoch_++) * static_cast<double>(files_.size())) % files_.size();
    found_ = false;
  }

  std::vector<std::string> files_, buffer_;
  const io::Compression compression_;
  std::mt19937_64 random_;
  const double shift_;
  const int64_t size_;
  std::unique_ptr<io::RecordReader> reader_;
  size_t at_ = 0, offset_ = 0, epoch_ = 0;
  bool ended_ = false, found_ = false;
};

class RecordInput : public Kernel {
 public:
  explicit RecordInput(KernelInit& c)
      : pattern_(c.attr<std::string>("file_pattern")),
        seed_(c.attr<int64_t>("file_random_seed")),
        shift_(c.attr<float>("file_shuffle_shift_ratio")),
        buffer_size_(c.attr<int64_t>("file_buffer_size")),
        batch_size_(c.attr<int64_t>("batch_size")) {
    auto compression = io::compression_from_name(c.attr<std::string>("compression_type"));
    if (compression.ok()) compression_ = *compression;
    else c.fail(compression.status());
    if (batch_size_ < 1) c.fail(invalid_argument("batch_size must be positive, got {}", batch_size_));
    if (buffer_size_ < 1) c.fail(invalid_argument("file_buffer_size must be positive, got {}", buffer_size_));
    if (!(shift_ >= 0 && shift_ <= 1)) c.fail(invalid_argument("file_shuffle_shift_ratio must be in [0, 1], got {}", shift_));
  }

  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (records_ == nullptr) {
      ASSIGN_OR_RETURN(std::vector<std::string> files, io::matching_files(pattern_));
      if (files.empty()) return not_found("Found no files at {}", pattern_);
      records_ = std::make_unique<Records>(std::move(files), compression_, seed_, shift_, buffer_size_);
    }
    Tensor batch(DType::kString, Shape{batch_size_});
    for (std::string& record : batch.flat<std::string>()) {
      ASSIGN_OR_RETURN(record, records_->next());
    }
    c.set_output(0, std::move(batch));
    return OkStatus();
  }

 private:
  const std::string pattern_;
  const int64_t seed_;
  const double shift_;
  const int64_t buffer_size_, batch_size_;
  io::Compression compression_ = io::Compression::kNone;
  std::mutex mutex_;
  std::unique_ptr<Records> records_;
};

REFLOW_OP("RecordInput")
    .output("records: string")
    .attr("file_pattern: string")
    .attr("file_random_seed: int = 301")
    .attr("file_shuffle_shift_ratio: float = 0")
    .attr("file_buffer_size: int = 10000")
    .attr("file_parallelism: int = 16")
    .attr("batch_size: int = 32")
    .attr("compression_type: string = ''")
    .stateful()
    .doc("`batch_size` records of the TFRecord files that match the pattern. When all have been given out it begins anew; their order is "
         "random.")
    .shape(unknown_shape)
    .kernel<RecordInput>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
