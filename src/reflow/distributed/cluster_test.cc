#include "reflow/distributed/cluster.h"

#include <gtest/gtest.h>

#include "reflow/distributed/step_rendezvous.h"
#include "tensorflow/core/protobuf/cluster.pb.h"

namespace reflow::distributed {
namespace {

TEST(Cluster, ReadsAddressesWithBlanks) {
  tensorflow::ClusterDef def;
  tensorflow::JobDef* job = def.add_job();
  job->set_name("local");
  (*job->mutable_tasks())[0] = "localhost: 2222";
  (*job->mutable_tasks())[1] = " tf-worker1:1111";
  const Cluster cluster = *Cluster::parse(def);
  EXPECT_EQ(cluster.tasks(), (std::vector<std::string>{"/job:local/replica:0/task:0", "/job:local/replica:0/task:1"}));
  EXPECT_EQ(*cluster.address("/job:local/replica:0/task:0"), "localhost:2222");
  EXPECT_EQ(*cluster.address("/job:local/replica:0/task:1"), "tf-worker1:1111");
  EXPECT_EQ(cluster.address("/job:ps/replica:0/task:0"), nullptr);
}

TEST(Cluster, RefusesWhatIsNoAddress) {
  for (const char* address : {"", "localhost", "localhost:", "localhost:x", "localhost:-1", "localhost:70000"}) {
    EXPECT_EQ(message_of(port_of(address).status()),
              fmt::format("Could not interpret \"{}\" as a host-port pair.", address));
  }
}

TEST(RendezvousKey, HasItsParts) {
  const std::string key =
      op::Rendezvous::key("/job:a/replica:0/task:0/device:CPU:0", "/job:b/replica:0/task:1/device:CPU:0", "edge_1_x", 0, 0, 255);
  const RendezvousKey parsed = *RendezvousKey::parse(key);
  EXPECT_EQ(task_of_device(parsed.src_device), "/job:a/replica:0/task:0");
  EXPECT_EQ(task_of_device(parsed.dst_device), "/job:b/replica:0/task:1");
  EXPECT_EQ(parsed.edge, "edge_1_x");
  EXPECT_FALSE(RendezvousKey::parse("a;b;c").ok());
}

}  // namespace
}  // namespace reflow::distributed
