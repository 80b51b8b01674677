#include "reflow/formats/event_file_writer.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "reflow/base/logging.h"
#include "reflow/formats/event_bytes.h"
#include "reflow/io/record_format.h"
#include "reflow/formats/wall_time.h"

namespace reflow::formats {
namespace {

constexpr size_t kFreeBytes = 1 << 20;  // that may always wait
constexpr double kMostFlushSecs = 1;

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "localhost";
}

}  // namespace

StatusOr<std::unique_ptr<EventFileWriter>> EventFileWriter::open(std::string_view logdir, const Options& options) {
  std::unique_ptr<EventFileWriter> writer(new EventFileWriter(std::string(logdir), options));
  RETURN_IF_ERROR(io::create_folders(logdir.empty() ? "." : logdir));
  if (!options.filename_suffix.empty()) RETURN_IF_ERROR(writer->open_file(&writer->path_));
  writer->start();
  return writer;
}

void EventFileWriter::start() {
  closed_ = failed_ = stopping_ = false;
  process_ = ::getpid();
  thread_ = std::thread([this] { run(); });
}

Status EventFileWriter::open_file(std::string* path) {
  const double now = wall_time();
  const std::string folder = logdir_.empty() || logdir_.back() == '/' ? logdir_ : logdir_ + "/";
  const std::string end = fmt::format(".{}{}", host_name(), options_.filename_suffix);
  // A file of the same second is left alone.
  auto seconds = static_cast<int64_t>(now);
  do {
    *path = fmt::format("{}events.out.tfevents.{:010d}{}", folder, seconds++, end);
  } while (io::file_exists(*path));
  ASSIGN_OR_RETURN(file_, io::WritableFile::open(*path));
  std::string version;
  io::append_record(event_bytes(now, 0, EventField::kFileVersion, kEventFileVersion), &version);
  RETURN_IF_ERROR(file_->append(version));
  return file_->flush();
}

EventFileWriter::~EventFileWriter() {
  if (process_ != ::getpid() && thread_.joinable()) {
    thread_.detach();  // it never was in this process
    (void)file_.release();
    return;
  }
  close();
}

void EventFileWriter::add_event(std::string_view event) {
  std::unique_lock lock(mutex_);
  if (closed_ || failed_ || stopping_ || process_ != ::getpid()) return;
  done_.wait(lock, [&] { return num_pending_ < options_.max_queue || pending_.size() < kFreeBytes || failed_ || stopping_; });
  const bool was_empty = pending_.empty();
  io::append_record(event, &pending_);
  ++num_pending_;
  if (was_empty && !writing_) work_.notify_one();
}

// Takes what is pending, and writes it without the lock.
void EventFileWriter::write_pending(std::unique_lock<std::mutex>& lock, bool flush) {
  std::string records = std::exchange(pending_, {}), path;
  num_pending_ = 0;
  writing_ = true;
  lock.unlock();
  done_.notify_all();
  Status status;
  if (!records.empty() && !file_) status = open_file(&path);
  if (status.ok() && !records.empty()) status = file_->append(records);
  if (status.ok() && flush && file_) status = file_->flush();
  lock.lock();
  writing_ = false;
  if (!path.empty()) path_ = path;
  if (pending_.empty() && pending_.capacity() < records.capacity() && records.capacity() <= 4 * kFreeBytes) {
    records.clear();
    pending_.swap(records);  // its memory is used again
  }
  if (!status.ok() && !failed_) {
    failed_ = true;
    pending_.clear();
    log_error("Events can't be written any more: {}", message_of(status));
  }
}

void EventFileWriter::run() {
  using Clock = std::chrono::steady_clock;
  const auto interval = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(std::clamp(options_.flush_secs, 0.0, kMostFlushSecs)));
  auto next_flush = Clock::now();
  bool dirty = false;  // something was written since the last flush
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto has_work = [&] { return !pending_.empty() || flushes_wanted_ > flushes_done_ || stopping_; };
    if (dirty) {
      work_.wait_until(lock, next_flush, has_work);
    } else {
      work_.wait(lock, has_work);
    }
    const uint64_t wanted = flushes_wanted_;
    const bool last = stopping_;
    const bool flush = wanted > flushes_done_ || last || Clock::now() >= next_flush;
    dirty = dirty || !pending_.empty();
    if (!failed_) write_pending(lock, flush);
    if (flush) {
      next_flush = Clock::now() + interval;
      dirty = false;
      flushes_done_ = wanted;
    }
    done_.notify_all();
    if (last && (pending_.empty() || failed_)) return;
  }
}

void EventFileWriter::flush() {
  std::unique_lock lock(mutex_);
  if (closed_ || failed_ || stopping_ || process_ != ::getpid()) return;
  const uint64_t wanted = ++flushes_wanted_;
  work_.notify_one();
  done_.wait(lock, [&] { return flushes_done_ >= wanted || stopping_; });
}

void EventFileWriter::close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || stopping_ || process_ != ::getpid()) return;
    stopping_ = true;
  }
  work_.notify_one();
  done_.notify_all();
  thread_.join();
  const std::lock_guard lock(mutex_);
  const Status status = file_ ? file_->close() : OkStatus();
  if (!status.ok() && !failed_) log_error("Events can't be written any more: {}", message_of(status));
  file_ = nullptr;
  closed_ = true;
}

void EventFileWriter::reopen() {
  const std::lock_guard lock(mutex_);
  if (closed_) start();
}

bool EventFileWriter::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::string EventFileWriter::path() const {
  const std::lock_guard lock(mutex_);
  return path_;
}

}  // namespace reflow::formats
