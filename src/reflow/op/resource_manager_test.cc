#include "reflow/op/resource_manager.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace reflow::op {
namespace {

struct Table : Resource {
  std::string debug_string() const override { return "table"; }
};

std::shared_ptr<Variable> variable() { return std::make_shared<Variable>(DType::kFloat32); }

TEST(ResourceManager, FindsWhatWasCreated) {
  ResourceManager m;
  const auto v = variable();
  ASSERT_TRUE(m.create("", "v", v).ok());
  EXPECT_EQ(*m.lookup<Variable>("localhost", "v"), v);
  ASSERT_TRUE(m.create("", "v", std::make_shared<Table>()).ok());  // another type, another name space
  EXPECT_EQ((*m.lookup<Table>("", "v"))->debug_string(), "table");
}

TEST(ResourceManager, ErrorsAreTensorFlows) {
  ResourceManager m;
  EXPECT_EQ(message_of(m.lookup<Variable>("cc", "y").status()),
            "Container cc does not exist. (Could not find resource: cc/y)");
  EXPECT_EQ(message_of(m.erase<Variable>("cc", "y")), "Container cc does not exist.");
  ASSERT_TRUE(m.create("", "x", variable()).ok());
  EXPECT_EQ(message_of(m.lookup<Variable>("", "r").status()), "Resource localhost/r/N10tensorflow3VarE does not exist.");
  EXPECT_EQ(m.lookup<Variable>("", "r").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(message_of(m.create("", "x", variable())), "Resource localhost/x/N10tensorflow3VarE");
  EXPECT_EQ(m.create("", "x", variable()).code(), StatusCode::kAlreadyExists);
}

TEST(ResourceManager, OneCallerMakes) {
  ResourceManager m;
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 100; ++k) {
        const auto v = m.lookup_or_create<Variable>("c", std::to_string(k), [&]() -> StatusOr<std::shared_ptr<Variable>> {
          ++made;
          return variable();
        });
        ASSERT_TRUE(v.ok());
      }
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(made, 100);
}

TEST(ResourceManager, FailedMakerLeavesNothing) {
  ResourceManager m;
  const auto fails = []() -> StatusOr<std::shared_ptr<Variable>> { return invalid_argument("no"); };
  EXPECT_EQ(message_of(m.lookup_or_create<Variable>("", "v", fails).status()), "no");
  EXPECT_FALSE(m.lookup<Variable>("", "v").ok());
}

TEST(ResourceManager, ClearedContainerLeavesHeldResourcesAlone) {
  ResourceManager m;
  ASSERT_TRUE(m.create("a", "v", variable()).ok());
  ASSERT_TRUE(m.create("b", "v", variable()).ok());
  const auto held = *m.lookup<Variable>("a", "v");
  m.clear_container("a");
  EXPECT_FALSE(m.lookup<Variable>("a", "v").ok());
  EXPECT_TRUE(m.lookup<Variable>("b", "v").ok());
  EXPECT_EQ(held->debug_string(), "float/<uninitialized>");
  EXPECT_TRUE(m.erase<Variable>("b", "v").ok());
  m.clear();
  EXPECT_FALSE(m.lookup<Variable>("b", "v").ok());
}

TEST(ResourceManager, VariableText) {
  const auto v = variable();
  v->tensor = Tensor(DType::kFloat32, {2, 3});
  EXPECT_EQ(v->debug_string(), "float/[2,3]");
}

}  // namespace
}  // namespace reflow::op
