#include "reflow/client/critical_section.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "reflow/reflow.h"

namespace tf = reflow;

namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class CriticalSectionTest : public ::testing::Test {
 protected:
  tf::Graph graph_;
  tf::Graph::DefaultScope scope_ = graph_.as_default();
};

TEST_F(CriticalSectionTest, ReadingAndWritingIsOneStep) {
  const tf::Variable v(0., {.name = "v", .use_resource = true});
  const tf::CriticalSection section;
  const tf::Output next = section.execute([&] { return tf::identity(v.assign(v.read_value() + 1.)); });
  const tf::Session sess;
  sess.run(tf::global_variables_initializer());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) sess.run(next);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sess.run(v).item<float>(), 200);
}

TEST_F(CriticalSectionTest, LockingItselfIsAnError) {
  const tf::CriticalSection section;
  const auto nested = [&] { return section.execute([&] { return tf::constant(1.); }); };
  EXPECT_THAT([&] { section.execute(nested); },
              ThrowsMessage<tf::ValueError>(HasSubstr("attempts to directly access the CriticalSection")));
}

TEST_F(CriticalSectionTest, ResourcesOfAnotherSectionAreAnError) {
  const tf::Variable v(0., {.name = "v", .use_resource = true});
  const tf::CriticalSection one({.name = "one"}), two({.name = "two"});
  const auto read = [&] { return v.read_value(); };
  one.execute(read);
  EXPECT_THAT([&] { two.execute(read); }, ThrowsMessage<tf::ValueError>(HasSubstr("requested exclusive resource access")));
}

TEST_F(CriticalSectionTest, WhatTheFunctionNeedsIsThereBeforeTheLock) {
  const tf::Output x = tf::placeholder(tf::float32, {}, {.name = "x"}), before = x + 1.;
  const tf::CriticalSection section;
  const tf::Output y = section.execute([&] { return before * 2.; });
  EXPECT_EQ(tf::Session().run(y, {{x, 2.}}).item<float>(), 6);
}

}  // namespace
