#include "reflow/base/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <condition_variable>
#include <mutex>
#include <new>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace reflow {
namespace {

constexpr double kDear = 1e5;  // ns for each item: always worth a hand-over

// True when each of n items was given to the body once.
bool covers(ThreadPool& pool, int64_t n, double cost_ns) {
  std::vector<std::atomic<int>> seen(n);
  pool.parallel_for(n, cost_ns, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++seen[i];
  });
  return std::ranges::all_of(seen, [](const auto& count) { return count == 1; });
}

TEST(ThreadPool, CoversTheRangeOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    for (const int64_t n : {0, 1, 2, 3, 7, 100, 127, 128, 1000, 10007}) {
      for (const double cost : {0.0, 10.0, 1000.0, kDear}) EXPECT_TRUE(covers(pool, n, cost)) << threads << " " << n;
    }
  }
}

TEST(ThreadPool, SmallWorkIsOneCall) {
  ThreadPool pool(4);
  int calls = 0;
  pool.parallel_for(1000, 1, [&](int64_t, int64_t) { ++calls; });
  EXPECT_EQ(calls, 1);
}

TEST(ThreadPool, ChunkBordersAreTheSameEachTime) {
  ThreadPool pool(3);
  const auto borders = [&] {
    std::mutex mutex;
    std::set<std::pair<int64_t, int64_t>> all;
    pool.parallel_for(12345, 100, [&](int64_t begin, int64_t end) {
      const std::lock_guard lock(mutex);
      all.emplace(begin, end);
    });
    return all;
  };
  const auto first = borders();
  EXPECT_GT(first.size(), 2u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(borders(), first);
}

TEST(ThreadPool, OtherThreadsHelp) {
  ThreadPool pool(2);
  // Two chunks that wait for each other need two threads.
  std::atomic<int> arrived{0};
  pool.parallel_for(2, kDear, [&](int64_t, int64_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ThreadPool, ExceptionsOfAnyThreadReachTheCaller) {
  ThreadPool pool(3);
  for (const int64_t thrower : {0, 500, 999}) {
    const auto body = [&](int64_t begin, int64_t end) {
      if (begin <= thrower && thrower < end) throw std::bad_alloc();
    };
    EXPECT_THROW(pool.parallel_for(1000, kDear, body), std::bad_alloc);
    EXPECT_THROW(pool.parallel_for(1000, kDear, [&](int64_t, int64_t) { pool.parallel_for(1000, kDear, body); }), std::bad_alloc);
    EXPECT_TRUE(covers(pool, 1000, kDear));
  }
}

TEST(ThreadPool, NestedCallsRunOnTheSameThread) {
  ThreadPool pool(4);
  std::atomic<bool> same{true};
  pool.parallel_for(8, kDear, [&](int64_t, int64_t) {
    const auto me = std::this_thread::get_id();
    int calls = 0;
    pool.parallel_for(8, kDear, [&](int64_t begin, int64_t end) {
      ++calls;
      if (std::this_thread::get_id() != me || begin != 0 || end != 8) same = false;
    });
    if (calls != 1) same = false;
  });
  EXPECT_TRUE(same);
}

TEST(ThreadPool, ManyCallersAtOnce) {
  ThreadPool pool(3);
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int i = 0; i < 20; ++i) {
    callers.emplace_back([&] {
      for (int k = 0; k < 200; ++k) good += covers(pool, 50, kDear);
    });
  }
  for (auto& t : callers) t.join();
  EXPECT_EQ(good, 20 * 200);
}

TEST(ThreadPool, CallerWorksWhileAllThreadsAreBusy) {
  ThreadPool pool(2);
  std::atomic<int> inside{0};
  std::atomic<bool> release{false};
  std::thread holder([&] {
    pool.parallel_for(2, kDear, [&](int64_t, int64_t) {
      ++inside;
      while (!release) std::this_thread::yield();
    });
  });
  while (inside < 2) std::this_thread::yield();
  EXPECT_TRUE(covers(pool, 100, kDear));
  release = true;
  holder.join();
}

TEST(ThreadPool, ChunksKeepTheCallersRounding) {
  ThreadPool pool(4);
  std::fesetround(FE_UPWARD);
  std::atomic<int> upward{0};
  pool.parallel_for(64, kDear, [&](int64_t begin, int64_t end) {
    volatile float one = 1, tiny = 1e-10f;
    if (one + tiny > 1) upward += static_cast<int>(end - begin);
  });
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(upward, 64);
}

TEST(ThreadPool, ScheduledTasksNeverWaitForEachOther) {
  ThreadPool pool(1);
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0;
  std::atomic<int> ended{0};
  for (int i = 0; i < 30; ++i) {  // each waits until all run
    pool.schedule([&] {
      std::unique_lock lock(mutex);
      ++running;
      changed.notify_all();
      changed.wait(lock, [&] { return running == 30; });
      ++ended;
    });
  }
  while (ended < 30) std::this_thread::yield();
  EXPECT_TRUE(covers(pool, 100, kDear));
}

TEST(ThreadPool, ScheduleFromWithinATask) {
  std::atomic<int> ended{0};
  {
    ThreadPool pool(2);
    for (int i = 0; i < 10; ++i) {
      pool.schedule([&] {
        pool.schedule([&] {
          covers(pool, 10, kDear);
          ++ended;
        });
      });
    }
  }  // the destructor waits for all
  EXPECT_EQ(ended, 10);
}

TEST(ThreadPool, MakingAndEndingPools) {
  for (int i = 0; i < 100; ++i) {
    ThreadPool pool(3);
    if (i % 2) {
      EXPECT_TRUE(covers(pool, 10, kDear));
    }
    if (i % 3 == 0) pool.schedule([] {});
  }
}

#if !defined(__SANITIZE_THREAD__)  // which forbids threads in the child of a process that has some
TEST(ThreadPool, IsRebuiltInTheChildOfAFork) {
  ThreadPool& pool = ThreadPool::process_pool();
  ThreadPool other(3);
  EXPECT_TRUE(covers(pool, 100, kDear) && covers(other, 100, kDear));
  const pid_t child = fork();
  if (child == 0) {
    std::atomic<bool> ran{false};
    other.schedule([&] { ran = true; });
    while (!ran) std::this_thread::yield();
    bool good = true;
    for (int i = 0; i < 100; ++i) good = good && covers(pool, 100, kDear) && covers(other, 100, kDear);
    _exit(good ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(covers(pool, 100, kDear) && covers(other, 100, kDear));
}
#endif

TEST(ThreadPoolDeathTest, ExitWhileATaskWaits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        ThreadPool& pool = ThreadPool::process_pool();
        covers(pool, 100, kDear);
        std::atomic<bool> waits{false};
        pool.schedule([&] {
          waits = true;
          pause();
        });
        while (!waits) std::this_thread::yield();
        std::exit(3);
      },
      ::testing::ExitedWithCode(3), "");
}

}  // namespace
}  // namespace reflow
