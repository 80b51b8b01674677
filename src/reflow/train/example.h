#pragma once

// Examples and SequenceExamples as structs: tf.train.Example and what it is made of. ExampleBuilder makes the bytes of many
// Examples faster.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reflow::train {

struct BytesList {
  std::vector<std::string> value;
};
struct FloatList {
  std::vector<float> value;
};
struct Int64List {
  std::vector<int64_t> value;
};
// One of the three, or nothing.
struct Feature {
  std::optional<BytesList> bytes_list;
  std::optional<FloatList> float_list;
  std::optional<Int64List> int64_list;
};
struct Features {
  std::map<std::string, Feature> feature;
};
struct FeatureList {
  std::vector<Feature> feature;
};
struct FeatureLists {
  std::map<std::string, FeatureList> feature_list;
};

//   writer.write(tf::train::Example{{{{"label", {.int64_list = {{7}}}}}}}.SerializeToString());
struct Example {
  Features features;

  // The bytes of the message, features in the order of their keys.
  std::string SerializeToString() const;
  // ValueError: the bytes aren't an Example.
  static Example FromString(std::string_view bytes);
};
struct SequenceExample {
  Features context;
  FeatureLists feature_lists;

  std::string SerializeToString() const;
  static SequenceExample FromString(std::string_view bytes);
};

}  // namespace reflow::train
