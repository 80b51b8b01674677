#include "reflow/formats/event_file_writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "reflow/base/logging.h"
#include "reflow/formats/event_bytes.h"
#include "reflow/io/matching_files.h"
#include "reflow/io/record_reader.h"
#include "tests/kit/forked_child.h"

namespace reflow::formats {
namespace {

std::string folder(const std::string& name) {
  const std::string path = ::testing::TempDir() + "event_file_writer_test_" + name;
  std::filesystem::remove_all(path);
  return path;
}

std::vector<std::string> files_of(const std::string& logdir) { return *io::matching_files(logdir + "/*"); }

// The steps of the events in a file; the version is left out. What can't be read ends them.
std::vector<int64_t> steps_of(const std::string& path) {
  std::vector<int64_t> steps;
  auto reader = io::RecordReader::open(path);
  std::string_view record;
  formats::EventView event;
  while ((*reader)->next(&record).ok()) {
    EXPECT_TRUE(formats::read_event(record, &event));
    if (event.field == formats::EventField::kFileVersion) {
      EXPECT_EQ(event.content, "brain.Event:2");
    } else {
      steps.push_back(event.step);
    }
  }
  return steps;
}

std::string event(int64_t step, size_t size = 10) {
  return formats::event_bytes(1.5, step, formats::EventField::kSummary, std::string(size, 'x'));
}

std::unique_ptr<EventFileWriter> open(const std::string& logdir, const EventFileWriter::Options& options = {}) {
  auto writer = EventFileWriter::open(logdir, options);
  EXPECT_TRUE(writer.ok()) << writer.status();
  return *std::move(writer);
}

TEST(EventFileWriter, EventsComeBackInOrder) {
  const std::string logdir = folder("order") + "/made/too";
  const auto writer = open(logdir);
  EXPECT_TRUE(files_of(logdir).empty());  // a file is made for the first event
  for (int64_t step = 0; step < 20000; ++step) writer->add_event(event(step));
  writer->close();
  ASSERT_EQ(files_of(logdir), std::vector<std::string>{writer->path()});
  const std::vector<int64_t> steps = steps_of(writer->path());
  ASSERT_EQ(steps.size(), 20000u);
  for (int64_t step = 0; step < 20000; ++step) ASSERT_EQ(steps[static_cast<size_t>(step)], step);
}

TEST(EventFileWriter, NamesAreTensorFlows) {
  const std::string logdir = folder("names");
  const auto writer = open(logdir, {.filename_suffix = ".end"});
  ASSERT_EQ(files_of(logdir).size(), 1u);
  const std::string name = files_of(logdir)[0].substr(logdir.size() + 1);
  EXPECT_TRUE(name.starts_with("events.out.tfevents.1") || name.starts_with("events.out.tfevents.2")) << name;
  EXPECT_TRUE(name.ends_with(".end")) << name;
}

TEST(EventFileWriter, FlushPutsAllEventsIntoTheFile) {
  const auto writer = open(folder("flush"));
  for (int64_t step = 1; step <= 3; ++step) {
    writer->add_event(event(step));
    writer->flush();
    EXPECT_EQ(steps_of(writer->path()).back(), step);
  }
}

// In good time, however long the interval: who is killed leaves what is older than a second.
TEST(EventFileWriter, FlushesByItself) {
  const auto writer = open(folder("interval"), {.flush_secs = 120});
  writer->add_event(event(1));
  writer->flush();
  writer->add_event(event(2));
  for (int i = 0; i < 200 && steps_of(writer->path()).size() < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(steps_of(writer->path()).size(), 2u);
}

TEST(EventFileWriter, EventsAfterCloseAreDroppedAndReopenBeginsAFile) {
  const std::string logdir = folder("reopen");
  const auto writer = open(logdir);
  writer->add_event(event(1));
  writer->close();
  EXPECT_TRUE(writer->closed());
  writer->add_event(event(2));
  writer->flush();
  const std::string first = writer->path();
  writer->reopen();
  writer->add_event(event(3));
  writer->close();
  EXPECT_EQ(steps_of(first), std::vector<int64_t>{1});
  EXPECT_EQ(steps_of(writer->path()), std::vector<int64_t>{3});
  EXPECT_EQ(files_of(logdir).size(), 2u);
}

TEST(EventFileWriter, KilledAtAnyMomentLeavesWholeRecordsUpToTheLastFlush) {
  SKIP_WITHOUT_THREADS_IN_CHILDREN();
  for (int round = 0; round < 5; ++round) {
    const std::string logdir = folder("killed");
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto writer = open(logdir);
      for (int64_t step = 0;; ++step) {
        writer->add_event(event(step, 3000));
        if (step == 100) {
          writer->flush();
          (void)!::write(ready[1], "x", 1);
        }
      }
    }
    ::close(ready[1]);
    char byte;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    const std::vector<int64_t> steps = steps_of(files_of(logdir).at(0));
    ASSERT_GT(steps.size(), 100u);
    for (size_t i = 0; i < steps.size(); ++i) ASSERT_EQ(steps[i], static_cast<int64_t>(i));
  }
}

int num_errors = 0;
void count_errors(LogLevel level, std::string_view) { num_errors += level == LogLevel::kError; }

TEST(EventFileWriter, FullDiskIsReportedOnceAndTheProgramGoesOn) {
  SKIP_WITHOUT_THREADS_IN_CHILDREN();
  const std::string logdir = folder("full");
  const pid_t child = ::fork();
  if (child == 0) {  // files of this process can't be larger
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100000, 100000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    set_log_sink(count_errors);
    const auto writer = open(logdir);
    for (int64_t step = 0; step < 1000; ++step) writer->add_event(event(step, 1000));
    writer->flush();
    for (int64_t step = 0; step < 1000; ++step) writer->add_event(event(step, 1000));
    writer->close();
    ::_exit(num_errors);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST(EventFileWriter, FolderThatCannotBeMadeIsAnError) {
  EXPECT_FALSE(EventFileWriter::open("/proc/no/such", {}).ok());
}

}  // namespace
}  // namespace reflow::formats
