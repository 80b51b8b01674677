#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "reflow/base/status.h"
#include "reflow/io/file.h"

namespace reflow::formats {

// Writes events to a file `events.out.tfevents.SECONDS.HOST` of a folder, from a thread of its own, so that training waits
// for no disk. Thread-safe. The file always consists of whole records up to the last flush, however the process ends.
// A disk that can't be written is reported once on stderr; what comes then is dropped, and training goes on.
class EventFileWriter {
 public:
  struct Options {
    int max_queue = 10;       // events that may wait; small ones may be more, up to a megabyte
    // After how many seconds at the latest what was written is handed to the operating system; a second is the most, so that
    // who is killed leaves what is older.
    double flush_secs = 120;
    std::string filename_suffix;
  };

  // Makes the folder where there is none. The file, which begins with the version, is made for the first event; at once
  // where there is a filename_suffix. An event is handed to the operating system at once if it is the first.
  static StatusOr<std::unique_ptr<EventFileWriter>> open(std::string_view logdir, const Options& options);
  ~EventFileWriter();

  // Adds a serialized Event. Waits while the queue is full. Does nothing after close().
  void add_event(std::string_view event);
  // Returns when all events are in the file.
  void flush();
  // Flushes and closes the file. reopen() begins another.
  void close();
  void reopen();
  bool closed() const;

  const std::string& logdir() const { return logdir_; }
  // The name of the file; empty while there is none.
  std::string path() const;

 private:
  EventFileWriter(std::string logdir, Options options) : logdir_(std::move(logdir)), options_(std::move(options)) {}
  void start();
  Status open_file(std::string* path);
  void run();
  void write_pending(std::unique_lock<std::mutex>& lock, bool flush);

  const std::string logdir_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable work_, done_;
  std::string pending_;        // whole records
  int64_t num_pending_ = 0;
  std::unique_ptr<io::WritableFile> file_;  // the thread's while it runs
  std::string path_;
  uint64_t flushes_wanted_ = 0, flushes_done_ = 0;
  bool closed_ = false, stopping_ = false, failed_ = false, writing_ = false;
  std::thread thread_;
  int process_ = 0;  // a child of fork leaves its parent's file alone
};

}  // namespace reflow::formats
